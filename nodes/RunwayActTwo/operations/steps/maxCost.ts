import { costOf, toHundredthsOfACent } from '../../aimlapi/prices';
import type { ErrorDetails } from '../../errors';
import type { ItemOf, Refusal } from '../../execution/operation';
import type { Creation } from './creationRequest';
import { estimate } from './estimate';
import type { Estimate } from './estimate';

const MAX_LISTED = 10;

/** An item that is not paid for yet. */
export interface PricedItem {
	itemIndex: number;
	estimate: Pick<Estimate, 'price' | 'seconds'>;
}

/**
 * Why nothing may be sent: the items would cost more than the user allows, or nobody knows what they
 * would cost. Undefined when they may be sent.
 * @param items those that are not paid for yet
 * @param maxCostUsd for all of them together, in US dollars
 */
export function refuseCost(items: PricedItem[], maxCostUsd: number): ErrorDetails | undefined {
	for (const { estimate } of items) {
		if (estimate.price.kind === 'unknown') {
			return cannotCheck('the price is not known', `${capitalized(estimate.price.reason)}.`);
		}
	}
	const costs = items.map(({ estimate }) => costOf(estimate.price, estimate.seconds));
	const withoutLength = items.filter((_, index) => costs[index] === undefined);
	if (withoutLength.length > 0) {
		const rest = withoutLength.length - MAX_LISTED;
		const listed = withoutLength.slice(0, MAX_LISTED).map(({ itemIndex }) => itemIndex);
		return cannotCheck(
			'the length of the reference video is not known',
			`Neither the file nor its host says it (item ${listed.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}). Use a file or another link, and turn on 'Check Links'.`,
		);
	}
	const sum = toHundredthsOfACent(costs.reduce<number>((total, cost) => total + (cost ?? 0), 0));
	// An expression such as 0.7 - 0.4 gives a little less than it means.
	if (sum <= toHundredthsOfACent(maxCostUsd)) return undefined;
	const count = items.length === 1 ? '1 video' : `${items.length} videos`;
	return {
		message: `${count} would cost ${dollars(sum)}, more than 'Max Cost' allows (${dollars(maxCostUsd)})`,
		description: `${describePrices(items)} Nothing was sent. Send fewer or shorter videos, or raise 'Max Cost'.`,
	};
}

/** The same for all items of an execution, of which the strictest limit counts. */
export function refusalAboveMaxCost<Params>(creationOf: (params: Params) => Creation) {
	return async (items: Array<ItemOf<Params>>): Promise<Refusal | undefined> => {
		const unpaid = items.flatMap(({ session, params, itemIndex }) => {
			const creation = creationOf(params);
			return 'request' in creation ? [{ session, request: creation.request, itemIndex }] : [];
		});
		const limits = unpaid.flatMap(({ request }) => request.maxCostUsd ?? []);
		if (limits.length === 0) return undefined;
		const priced = await Promise.all(
			unpaid.map(async ({ session, request, itemIndex }) => ({
				itemIndex,
				estimate: await estimate(session, request),
			})),
		);
		const error = refuseCost(priced, Math.min(...limits));
		return error && { error, itemIndexes: unpaid.map(({ itemIndex }) => itemIndex) };
	};
}

function cannotCheck(what: string, reason: string): ErrorDetails {
	return {
		message: `'Max Cost' cannot be checked: ${what}`,
		description: `${reason} Nothing was sent. To create the videos all the same, remove 'Max Cost'; a limit of the API key itself at https://aimlapi.com/app/keys still holds.`,
	};
}

/** “20 items, 84.5 seconds at $0.065 a second.” */
function describePrices(items: PricedItem[]): string {
	const prices = [...new Set(items.map(({ estimate: { price } }) => describePrice(price)))];
	const seconds = items.reduce((total, { estimate }) => total + (estimate.seconds ?? 0), 0);
	const count = items.length === 1 ? '1 item' : `${items.length} items`;
	return `${count}, ${Math.round(seconds * 10) / 10} seconds, at ${prices.join(' or ')}.`;
}

function describePrice(price: PricedItem['estimate']['price']): string {
	if (price.kind === 'unknown') return 'an unknown price';
	return `${dollars(price.usd)} ${price.kind === 'perSecond' ? 'a second' : 'a video'}`;
}

/** With two to four places, so that a price of a tenth of a cent can be read. */
export function dollars(usd: number): string {
	return `$${usd.toFixed(4).replace(/0{1,2}$/, '')}`;
}

function capitalized(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}
