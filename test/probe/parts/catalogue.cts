import { CREATION_EXAMPLE } from '../../support/contract/documented.cts';
import { at } from '../api.cts';
import type { Answer, Api } from '../api.cts';
import { highestPrice } from '../price.cts';
import type { Price } from '../price.cts';
import { dollars } from '../report.cts';
import type { Report } from '../report.cts';

const MODEL = CREATION_EXAMPLE.model;

/** An answer that is not a success, for people. */
export function refusalOf({ status, text }: Answer): string {
	const json = /^\s*[[{]/.test(text);
	return `HTTP ${status}, ${json ? text.slice(0, 400) : `${text.length} characters that are not JSON`}`;
}

export const isSuccess = ({ status }: Answer): boolean => status >= 200 && status < 300;

/** Whether the model is there, and what it costs; these requests are free and need no key. */
export async function readCatalogue(
	api: Api,
	report: Report,
): Promise<{ price?: Price; schemaUrl?: string }> {
	const query = `id=${encodeURIComponent(MODEL)}&include=pricing`;
	const answer = await api.ask(`/v1/models?${query}`, { withKey: false });
	if (!isSuccess(answer)) throw new Error(refusalOf(answer));
	const list = at(answer.json, 'data');
	const entry = (Array.isArray(list) ? (list as unknown[]) : []).find((one) =>
		[at(one, 'id'), ...[at(one, 'aliases') ?? []].flat()].includes(MODEL),
	);
	report.answer('offered', entry ? 'The catalogue lists it.' : 'The catalogue does not list it.');
	const pricing = at(entry, 'pricing');
	const price = highestPrice(pricing);
	report.answer(
		'price',
		price
			? `At most ${dollars(price.usd)} a ${price.per} (${String(at(pricing, 'kind'))}).`
			: `Not in a form that can be read: ${JSON.stringify(pricing) ?? 'none'}.`,
	);
	const schemaUrl = at(entry, 'info', 'docsJson');
	return { price, ...(typeof schemaUrl === 'string' && { schemaUrl }) };
}

/** Whether the model is on the list of those that will go. */
export async function readDeprecations(api: Api, report: Report): Promise<void> {
	const answer = await api.ask('/v1/models/deprecations', { withKey: false });
	if (!isSuccess(answer) || answer.json === undefined) {
		report.answer('offered', `The list of retired models: ${refusalOf(answer)}.`);
		return;
	}
	const entry = entryOf(answer.json);
	report.answer(
		'offered',
		entry === undefined
			? 'It is not on the list of retired models.'
			: `The list of retired models names it: ${JSON.stringify(entry).slice(0, 400)}.`,
	);
}

/** The smallest object of the list that names the model, however the list is built. */
function entryOf(value: unknown): unknown {
	if (typeof value !== 'object' || value === null) return undefined;
	const inner = Object.values(value);
	return (
		inner.map(entryOf).find((entry) => entry !== undefined) ??
		(inner.includes(MODEL) ? value : undefined)
	);
}

/** What the key may read, and the balance; undefined where it is not said. */
export async function readBalance(api: Api, report?: Report): Promise<number | undefined> {
	const answer = await api.ask('/v2/billing');
	const balance = at(answer.json, 'current_balance');
	const isKnown = typeof balance === 'number';
	report?.answer('key', isKnown ? 'The balance.' : `Not the balance: ${refusalOf(answer)}.`);
	return isKnown ? balance : undefined;
}
