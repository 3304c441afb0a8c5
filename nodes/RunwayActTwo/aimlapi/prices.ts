/**
 * What a generation will cost, from AI/ML API's model catalogue, and what the account has left. Pure.
 * A price is known only where the catalogue is clear about it: a guess would let a sum through.
 * Source: the documentation's pages “Models” (`include=pricing`) and “Billing”.
 */
import type { Model } from './model';
import { own, plainText, readAmount } from './untrusted';

export const BALANCE_PATH = '/v2/billing';

/** Of one model, by its ID or alias. */
export const pricePath = ({ id }: Model): string =>
	`/v1/models?id=${encodeURIComponent(id)}&include=pricing`;

/** US dollars for one second of video, or for one video however long it is. */
export type Price =
	| { kind: 'perSecond' | 'perVideo'; usd: number }
	/** `reason` ends the sentence “The price is not known: …”. */
	| { kind: 'unknown'; reason: string };

const SECONDS_IN: Record<string, number> = { second: 1, seconds: 1, minute: 60, minutes: 60 };
const WHOLE_VIDEO = new Set(['generation', 'video', 'request']);

const unknown = (reason: string): Price => ({ kind: 'unknown', reason });

/**
 * The price of a request according to the catalogue's answer.
 * @param parameters of the request, under AIMLAPI's own names, such as `frame_size`
 */
export function readPrice(body: unknown, { id }: Model, parameters: object): Price {
	const pricing = own(entryOf(body, id), 'pricing');
	if (pricing === undefined || pricing === null) {
		return unknown("AIMLAPI's model catalogue does not show it");
	}
	switch (own(pricing, 'kind')) {
		case 'fixed': {
			const units = own(pricing, 'units');
			return Array.isArray(units) && units.length === 1
				? readRate(units[0], pricing)
				: unknown('AIMLAPI charges by several units');
		}
		case 'variants':
			return readVariants(pricing, parameters);
		case 'variable':
			return unknown('AIMLAPI has no fixed price for this model');
		default:
			return unknown("AIMLAPI's model catalogue shows it in an unknown form");
	}
}

function entryOf(body: unknown, id: string): unknown {
	const data = own(body, 'data');
	const entries: unknown[] = Array.isArray(data) ? data : [];
	const isNamed = (entry: unknown) => {
		const aliases = own(entry, 'aliases');
		return Array.isArray(aliases) && aliases.includes(id);
	};
	return entries.find((entry) => own(entry, 'id') === id) ?? entries.find(isNamed);
}

/** The variant that the request's parameters choose; of several, only where they agree. */
function readVariants(pricing: unknown, parameters: object): Price {
	const variants = own(pricing, 'variants');
	const chosen = (Array.isArray(variants) ? variants : []).filter((variant) =>
		Object.entries(own(variant, 'when') ?? {}).every(
			([name, wanted]) => String(own(parameters, name)) === String(wanted),
		),
	);
	const prices = chosen.map((variant) => readRate(variant, pricing));
	const [first] = prices;
	if (first === undefined || prices.some((price) => !isSame(price, first))) {
		return unknown('AIMLAPI lists no single price for these settings');
	}
	return first;
}

function isSame(a: Price, b: Price): boolean {
	return a.kind === b.kind && (a.kind === 'unknown' || b.kind === 'unknown' || a.usd === b.usd);
}

function readRate(rate: unknown, pricing: unknown): Price {
	const currency = own(rate, 'currency') ?? own(pricing, 'currency') ?? 'USD';
	if (plainText(currency).toUpperCase() !== 'USD') {
		return unknown(`AIMLAPI shows it in ${plainText(currency) || 'another currency'}`);
	}
	const price = readAmount(own(rate, 'price'));
	const per = readAmount(own(rate, 'per'));
	// A video that costs nothing is more likely a gap in the list than a gift.
	if (!price) return unknown("AIMLAPI's model catalogue does not show it");
	if (!per) return unknown('AIMLAPI does not say for how many units it is');
	const unit = plainText(own(rate, 'unit')).toLowerCase();
	const seconds = Object.hasOwn(SECONDS_IN, unit) ? SECONDS_IN[unit] : undefined;
	if (seconds !== undefined) return { kind: 'perSecond', usd: price / per / seconds };
	return WHOLE_VIDEO.has(unit)
		? { kind: 'perVideo', usd: price / per }
		: unknown(`AIMLAPI charges by “${unit}”`);
}

/**
 * US dollars for one video; undefined where its length is needed and not known. In whole hundredths of
 * a cent, because AIMLAPI counts in credits of 0.00005 cents and nobody pays for rounding.
 * @param seconds of the reference video, which the result is as long as
 */
export function costOf(price: Price, seconds: number | undefined): number | undefined {
	if (price.kind === 'unknown') return undefined;
	if (price.kind === 'perVideo') return toHundredthsOfACent(price.usd);
	return seconds === undefined ? undefined : toHundredthsOfACent(price.usd * seconds);
}

export function toHundredthsOfACent(usd: number): number {
	return Math.round(usd * 10_000) / 10_000;
}

/** The account's balance in US dollars; undefined in any other shape or currency. */
export function readBalance(body: unknown): number | undefined {
	const isUsd = plainText(own(body, 'currency')).toUpperCase() === 'USD';
	const balance = own(body, 'current_balance');
	const usd = typeof balance === 'string' && balance.trim() !== '' ? Number(balance) : balance;
	return isUsd && typeof usd === 'number' && Number.isFinite(usd) ? usd : undefined;
}
