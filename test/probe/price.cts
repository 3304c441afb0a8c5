import { at } from './api.cts';

export interface Price {
	usd: number;
	per: 'second' | 'generation';
}

/**
 * The highest rate of a catalogue's `pricing`: the price of one second, or of one generation.
 * @returns undefined when it is of no kind that can be quoted
 */
export function highestPrice(pricing: unknown): Price | undefined {
	const rates = [at(pricing, 'units'), at(pricing, 'variants')].flatMap((list) =>
		Array.isArray(list) ? (list as unknown[]) : [],
	);
	const prices = rates.map(priceOf).filter((price) => price !== undefined);
	return prices.sort((a, b) => b.usd - a.usd)[0];
}

function priceOf(rate: unknown): Price | undefined {
	const [price, per, unit] = [at(rate, 'price'), at(rate, 'per') ?? 1, at(rate, 'unit')];
	if (typeof price !== 'number' || typeof per !== 'number' || !(per > 0)) return undefined;
	if (unit === 'second') return { usd: price / per, per: unit };
	return unit === 'generation' || unit === 'video' || unit === 'request'
		? { usd: price / per, per: 'generation' }
		: undefined;
}

/** In US dollars; undefined when the price or the seconds are not known. */
export function costOf(price: Price | undefined, videoSeconds?: number): number | undefined {
	if (!price) return undefined;
	if (price.per === 'generation') return price.usd;
	return videoSeconds === undefined ? undefined : price.usd * videoSeconds;
}
