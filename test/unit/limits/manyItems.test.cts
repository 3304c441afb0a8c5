import { inAnySecond, inEach, manyItems, onAverage, orBanned } from '../../support/manyItems.cts';
import type { Api, Load } from '../../support/manyItems.cts';

/** 45 to 54 s, evenly spread, in an order that is not theirs. */
const durations = (items: number) =>
	Array.from({ length: items }, (_, index) => 45_000 + ((index * 79) % 200) * 45);

const LOAD: Load = { items: 200, durationsMs: durations(200) };
const SEEDS = [1, 2, 3];

/** The worst of several runs. */
async function worst(load: Load, api: Api, seeds = SEEDS) {
	const runs = await Promise.all(
		seeds.map(async (seed) => await manyItems({ ...load, seed }, api)),
	);
	const most = (of: (run: (typeof runs)[0]) => number) => Math.max(...runs.map(of));
	return {
		seconds: most(({ seconds }) => seconds),
		ratio: most(({ ratio }) => ratio),
		refused: most(({ refused }) => refused),
		busiest: most(({ busiest }) => busiest),
		postsPerItem: most(({ postsPerItem }) => postsPerItem),
		missing: most(({ missing }) => missing),
	};
}

const limit = (perSecond: number, api: Api = {}): Api => ({
	maxRequestsPerSecond: perSecond,
	takes: inAnySecond(perSecond),
	...api,
});
const away = (least: number, most = least): Api => ({ latencyMs: [least, most] });

it.each<[what: string, maxRatio: number, maxRefused: number, api: Api]>([
	['any number of requests', 1.08, 0, {}],
	['4 requests a second', 1.15, 0.05, limit(4)],
	['4 a second, 50 ms away', 1.15, 0.05, limit(4, away(50))],
	['4 a second, 400 ms away', 1.15, 0.05, limit(4, away(400))],
	['4 a second, 50 to 400 ms away by chance', 1.55, 0.05, limit(4, away(50, 400))],
	['7 a second', 1.2, 0.05, limit(7)],
	['20 a second', 1.08, 0.05, limit(20)],
	['20 a second, 50 to 400 ms away by chance', 1.15, 0.05, limit(20, away(50, 400))],
	['50 a second', 1.12, 0.05, limit(50)],
	['4 in each second', 1.15, 0.05, limit(4, { takes: inEach(1000, 4) })],
	['20 in each second', 1.1, 0.05, limit(20, { takes: inEach(1000, 20) })],
	['5 a second after a burst of 100', 1.1, 0.05, limit(5, { takes: onAverage(5, 100) })],
	['20 a second after a burst of 100', 1.1, 0.2, limit(20, { takes: onAverage(20, 100) })],
	['600 a minute', 1.3, 0.1, limit(10, { takes: inEach(60_000, 600) })],
	['4 a second, else 5 s later', 1.3, 0.05, limit(4, { retryAfter: 5 })],
	['20 a second, else 5 s later', 1.3, 0.05, limit(20, { retryAfter: 5 })],
	[
		'20 a second, else nothing for 5 s',
		1.3,
		0.05,
		limit(20, { takes: orBanned(20, 5000), retryAfter: 5 }),
	],
])('200 items at an API that takes %s end in time', async (_, maxRatio, maxRefused, api) => {
	const { ratio, refused, busiest, missing } = await worst(LOAD, api);
	expect(missing).toBe(0);
	expect(ratio).toBeLessThan(maxRatio);
	expect(refused).toBeLessThanOrEqual(maxRefused);
	expect(busiest).toBeLessThanOrEqual(80);
});

it.each<[percent: number, maxRatio: number]>([
	[2, 1.1],
	[10, 1.25],
	[25, 1.8],
])(
	'429 for no reason, %i times in a hundred, slows 200 items down but little',
	async (percent, maxRatio) => {
		const { ratio, missing } = await worst(LOAD, { faults: percent / 100 });
		expect(missing).toBe(0);
		expect(ratio).toBeLessThan(maxRatio);
	},
);

it.each<[what: string, api: Api, maxRatio: number]>([
	['10 at once', { maxConcurrent: 10 }, 1.05],
	['10 at once, else 5 s later', { maxConcurrent: 10, retryAfter: 5 }, 1.1],
	['10 at once, and takes 4 requests a second', limit(4, { maxConcurrent: 10 }), 1.15],
])('200 items at an API that runs %s', async (_, api, maxRatio) => {
	const { ratio, postsPerItem, missing } = await worst(LOAD, api, [1, 2]);
	expect(missing).toBe(0);
	expect(ratio).toBeLessThan(maxRatio);
	expect(postsPerItem).toBeLessThan(2);
});

it('five executions of 40 items side by side share 4 requests a second', async () => {
	const { ratio, missing } = await worst({ ...LOAD, items: 40, executions: 5 }, limit(4));
	expect(missing).toBe(0);
	expect(ratio).toBeLessThan(1.15);
});

it.each([40, 100])(
	'%i executions of one item each where 5 may run at once all get their video',
	async (executions) => {
		const load = { items: 1, executions, durationsMs: durations(executions) };
		const { ratio, postsPerItem, missing } = await worst(load, { maxConcurrent: 5 });
		expect(missing).toBe(0);
		expect(ratio).toBeLessThan(1.15);
		expect(postsPerItem).toBeLessThan(2);
	},
);

it('150 items, 40 at once, are done in time though a quarter of all responses is a fault', async () => {
	const faults = [
		{ statusCode: 429 },
		{ statusCode: 503 },
		{ code: 'ECONNRESET' },
		{ statusCode: 200, headers: { 'content-type': 'text/html' }, body: '<html></html>' },
	];
	const api: Api = {
		faults: 0.25,
		faultOf: (method, random) =>
			method === 'POST'
				? { statusCode: 429, headers: { 'retry-after': '1' } }
				: faults[Math.floor(random() * faults.length)],
	};
	const load: Load = {
		items: 150,
		maxConcurrentGenerations: 40,
		durationsMs: Array.from({ length: 150 }, (_, index) => 8000 + ((index * 79) % 150) * 80),
	};
	const { seconds, postsPerItem, missing } = await worst(load, api);
	expect(missing).toBe(0);
	expect(seconds).toBeLessThan(200);
	expect(postsPerItem).toBeLessThan(1.6);
});
