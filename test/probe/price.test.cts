import { costOf, highestPrice } from './price.cts';

it.each<[string, unknown, number | undefined]>([
	[
		'a price by the second',
		{ kind: 'fixed', units: [{ price: 0.05, unit: 'second', per: 1 }] },
		0.15,
	],
	['a price for 100 seconds', { units: [{ price: 5, unit: 'second', per: 100 }] }, 0.15],
	[
		'the dearest of several',
		{
			kind: 'variants',
			variants: [
				{ price: 0.02, unit: 'second', per: 1 },
				{ price: 0.06, unit: 'second', per: 1 },
			],
		},
		0.18,
	],
	['a price by the generation', { units: [{ price: 0.4, unit: 'generation', per: 1 }] }, 0.4],
	['a price that cannot be quoted', { kind: 'variable' }, undefined],
	['a unit that means nothing here', { units: [{ price: 1, unit: 'token', per: 1 }] }, undefined],
	['nothing', undefined, undefined],
])('reads %s', (_what, pricing, cost) => {
	const read = costOf(highestPrice(pricing), 3);
	expect(read === undefined ? read : Number(read.toFixed(6))).toBe(cost);
});
