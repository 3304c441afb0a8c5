import { PRICE_USD } from '../memoryApi.cts';
import type { Draw } from './draw.cts';

/** What the nodes of a workflow do, one after the other; most of them create. */
const WORKFLOWS = [
	['createAndWait'],
	['createAndWait'],
	['createAndWait'],
	['create'],
	['create', 'wait'],
	['create', 'get'],
	['create', 'get', 'wait'],
	['createAndWait', 'getMany'],
	['wait'],
	['get'],
	['getMany'],
	['estimateCost'],
] as const;

export type Operation = (typeof WORKFLOWS)[number][number];

export const OPERATIONS: ReadonlySet<Operation> = new Set(WORKFLOWS.flat());

export const CREATES: ReadonlySet<Operation> = new Set(['createAndWait', 'create'] as const);

export const SOURCES = ['links', 'links that are checked', 'files', 'files in memory'] as const;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** How the clock on the wall is set. */
const JUMPS_MS = [-HOUR_MS, 24 * HOUR_MS, -1000, -200, 200, 3000] as const;

export type Plan = Omit<ReturnType<typeof drawPlan>, 'stopAfterMs'> & { stopAfterMs?: number };

/** All that is settled before a seed's first execution starts. */
export function drawPlan(draw: Draw) {
	const steps = draw.one<readonly Operation[]>(WORKFLOWS);
	const isTool = steps.length === 1 && steps[0] === 'createAndWait' && draw.chance(0.15);
	const count = countOf(draw, isTool);
	const isLarge = count >= 100;
	const isCalm = draw.chance(0.2);
	const fault = (...shares: number[]): number => (isCalm ? 0 : draw.one(shares));
	const hasStop = !isCalm && draw.chance(0.2);
	return {
		steps,
		isTool,
		count,
		/** Whose picture each item has: some have the same. */
		pictures: Array.from({ length: count }, (_, index) =>
			index > 0 && draw.chance(0.15) ? draw.whole(0, index - 1) : index,
		),
		source: isLarge ? 'links' : draw.one(SOURCES),
		/** Whether the outside can fetch n8n's files. */
		isPublic: draw.chance(0.5),
		options: {
			timeout: isLarge ? 1800 : draw.one([60, 60, 60, 300, 1800]),
			...draw.maybe([{ onTimeout: 'returnStatus' }], 0.2),
			...draw.maybe([{ pollingInterval: 5 }], 0.2),
			...draw.maybe([{ maxConcurrentGenerations: draw.one(isLarge ? [200, 1000] : [1, 3]) }]),
			...draw.maybe([{ maxCost: usdOf(Math.ceil(count * draw.one([0.5, 1, 2]))) }], 0.25),
			...draw.maybe([{ reuseRecent: 2 }], 0.25),
			...draw.maybe([{ endpoint: 'universal' }], 0.1),
		} as Record<string, unknown>,
		downloads: !isLarge && draw.chance(0.3),
		/** How long a video takes. */
		generationMs: draw.one([[5_000], [15_000], [15_000], [45_000], [10_000, 30_000]]),
		/** What AIMLAPI takes of the key. */
		limits: {
			perSecond: draw.maybe(isLarge ? [10, 40] : [1, 3, 10], 0.3),
			atOnce: draw.maybe(isLarge ? [50] : [1, 2, 5], 0.3),
			retryAfterS: draw.maybe([1, 20], 0.3),
		},
		/** How often something goes wrong: with a creation, another request, a link's or a video's host. */
		faults: {
			creation: fault(0, 0.1, 0.5),
			other: isLarge ? fault(0, 0.02) : fault(0, 0.05, 0.3),
			host: fault(0, 0.3),
		},
		/** Of AIMLAPI's usage logs as a whole. */
		logsFault: fault(0, 0, 0.5),
		stopAfterMs: hasStop ? draw.whole(0, 40_000) : undefined,
		killAfterMs: !isCalm && !hasStop && draw.chance(0.1) ? draw.whole(0, 40_000) : undefined,
		continueOnFail: draw.chance(0.4),
		retryOnFail: draw.chance(0.4),
		/** How often a failed execution is retried by hand, after so long, and where. */
		retries: draw.one([0, 1, 2]),
		retryAfterMs: draw.one([5_000, HOUR_MS]),
		retriesElsewhere: draw.chance(0.5),
		/** When each execution starts. */
		starts: isLarge || draw.chance(0.75) ? [0] : [0, draw.one([0, 300, 20_000, 5 * MINUTE_MS])],
		/** Whether a second one starts in another process. */
		startsElsewhere: draw.chance(0.5),
		jumps: Array.from({ length: draw.one([0, 0, 1, 2, 5]) }, () => ({
			afterMs: draw.whole(0, 90_000),
			byMs: draw.one(JUMPS_MS),
		})),
	};
}

/** The same for an execution that nothing happens to. */
export const calmPlan = (plan: Plan): Plan => ({
	...plan,
	options: { ...plan.options, timeout: 1800 },
	stopAfterMs: undefined,
	retries: 0,
	isTool: false,
});

/** Of so many videos, as a person writes it. */
export const usdOf = (videos: number): number => Math.round(videos * PRICE_USD * 100) / 100;

/** Mostly a few; now and then as many as nobody would start by hand. */
function countOf(draw: Draw, isTool: boolean): number {
	if (isTool) return 1;
	if (draw.chance(1 / 750)) return draw.one([100, 300, 1000]);
	return draw.chance(0.06) ? draw.whole(5, 20) : draw.whole(1, 3);
}

/** As it is printed: without what goes without saying. */
export function toldPlan({ pictures, ...plan }: Plan): string {
	const few = plan.count <= 20 ? { pictures: pictures.join() } : {};
	return JSON.stringify({ ...plan, ...few }).replace(/"(\w+)":/g, '$1:');
}
