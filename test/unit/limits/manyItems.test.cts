import { aimlapiClient } from '../../../nodes/RunwayActTwo/aimlapi/client';
import { ACT_TWO } from '../../../nodes/RunwayActTwo/aimlapi/model';
import { CreationGate } from '../../../nodes/RunwayActTwo/limits/creationGate';
import { pollUntil } from '../../../nodes/RunwayActTwo/polling/poll';
import { initialPollDelay } from '../../../nodes/RunwayActTwo/polling/schedule';
import { sharedTimeouts } from '../../../nodes/RunwayActTwo/time/timeout';
import { mostWithin, unavoidableMs } from '../../bench/comparison/figures.cts';
import { seededRandom } from '../../support/seed.cts';
import { virtualClock } from '../../support/virtualClock.cts';

const ITEMS = 200;
/** 45 to 54 s, evenly spread, in an order that is not theirs. */
const DURATIONS_MS = Array.from(
	{ length: ITEMS },
	(_, index) => 45_000 + ((index * 79) % 200) * 45,
);

const BODY = Buffer.from('{}');

/** Whether the request is refused that arrived last, after others that were taken or refused. */
type Refuses = (taken: number[], all: number[]) => boolean;

const inAnySecond =
	(most: number): Refuses =>
	(_, all) =>
		all.filter((at) => at > all[all.length - 1] - 1000).length > most;
const inEach =
	(ms: number, most: number): Refuses =>
	(taken) => {
		const now = taken[taken.length - 1];
		return taken.filter((at) => Math.floor(at / ms) === Math.floor(now / ms)).length > most;
	};
/** A token bucket. */
const onAverage =
	(perSecond: number, burst: number): Refuses =>
	(taken) => {
		let tokens = burst;
		taken.forEach((at, index) => {
			const sinceMs = at - (taken[index - 1] ?? at);
			tokens = Math.min(burst, tokens + (sinceMs / 1000) * perSecond) - 1;
		});
		return tokens < 0;
	};

interface Api {
	refuses?: Refuses;
	/** The share of requests that are refused for no reason. */
	faults?: number;
	maxConcurrent?: number;
	/** Seconds. */
	retryAfter?: number;
	/** Of a request and its response together. */
	latencyMs?: [least: number, most: number];
	/** For comparison. */
	maxRequestsPerSecond?: number;
}

/** All items from their creation to their video, in virtual time, at such an API. */
async function runAll(api: Api) {
	const { refuses = () => false, faults = 0, maxConcurrent = Infinity, retryAfter } = api;
	const [least, most] = api.latencyMs ?? [20, 20];
	const random = seededRandom(1);
	const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
	const clock = virtualClock();
	const { signal } = new AbortController();
	const arrivals: number[] = [];
	const taken: number[] = [];
	const refusals: number[] = [];
	let posts = 0;
	const endsAt: number[] = [];
	const respond = (method: unknown, url: URL) => {
		const id = url.searchParams.get('generation_id');
		if (method === 'POST') {
			endsAt.push(clock.now() + DURATIONS_MS[endsAt.length]);
			return { id: String(endsAt.length - 1), status: 'queued' };
		}
		return clock.now() < endsAt[Number(id)]
			? { id, status: 'generating' }
			: { id, status: 'completed', video: ['https://cdn.example.com/v.mp4'] };
	};
	const httpRequestWithAuthentication = async (
		_: string,
		{ method, url }: { method: string; url: string },
	) => {
		await clock.sleep((least + random() * (most - least)) / 2);
		arrivals.push(clock.now());
		if (method === 'POST') posts++;
		const running = endsAt.filter((end) => clock.now() < end).length;
		const isRefused =
			refuses([...taken, clock.now()], arrivals) ||
			random() < faults ||
			(method === 'POST' && running >= maxConcurrent);
		if (!isRefused) taken.push(clock.now());
		if (isRefused) refusals.push(clock.now());
		const body = isRefused ? '{}' : JSON.stringify(respond(method, new URL(url)));
		await clock.sleep((least + random() * (most - least)) / 2);
		return { statusCode: isRefused ? 429 : 200, headers: isRefused ? headers : {}, body };
	};
	const client = aimlapiClient({ helpers: { httpRequestWithAuthentication } } as never, {
		credential: {} as never,
		baseUrl: 'https://api.example.com',
		endpoint: 'runway',
		model: ACT_TWO,
		clock,
		withTimeout: sharedTimeouts(clock),
		signal,
	});
	const gate = new CreationGate(clock, signal);
	let together = 0;
	const item = async (_: unknown, index: number) => {
		for (;;) {
			const as = await gate.admit(index);
			let sentAt = 0;
			const verdict = await client.createGeneration(BODY, as, 'id', () => {
				sentAt = clock.now();
			});
			if (verdict.kind === 'accepted') {
				gate.accepted(true);
				together++;
				await gate.whileRunning(
					async () =>
						await pollUntil(
							async (timeLeft) => await client.getGeneration(verdict.created.id, timeLeft),
							{
								initialDelayMs: initialPollDelay(ACT_TWO.typicalMs),
								typicalMs: ACT_TWO.typicalMs,
								timeoutMs: 1_800_000,
								together: () => together,
								until: ({ phase }) => phase === 'completed',
							},
							clock,
						),
					true,
				);
				together--;
				return;
			}
			if (verdict.kind === 'heldBack') gate.answered();
			else if (verdict.kind === 'rateLimited') gate.refused(sentAt, verdict.retryAfterMs);
			else throw new Error(verdict.kind);
		}
	};
	await Promise.all(Array.from({ length: ITEMS }, item));
	const later = (times: number[]) => times.filter((at) => at > 10_000).length;
	return {
		ratio: clock.now() / unavoidableMs(DURATIONS_MS, api),
		refused: later(refusals) / later(arrivals),
		busiest: mostWithin(1000, arrivals),
		postsPerItem: posts / ITEMS,
	};
}

const allows = (perSecond: number, api: Api): Api => ({ maxRequestsPerSecond: perSecond, ...api });
const FAR: Api['latencyMs'] = [50, 400];

it.each<[what: string, maxRatio: number, api: Api]>([
	['any number of requests', 1.1, {}],
	['4 requests in any second', 1.1, allows(4, { refuses: inAnySecond(4) })],
	['7 requests in any second', 1.1, allows(7, { refuses: inAnySecond(7) })],
	['20 requests in any second', 1.1, allows(20, { refuses: inAnySecond(20) })],
	['50 requests in any second', 1.1, allows(50, { refuses: inAnySecond(50) })],
	['4 in any second, far away', 1.3, allows(4, { refuses: inAnySecond(4), latencyMs: FAR })],
	['20 in any second, far away', 1.15, allows(20, { refuses: inAnySecond(20), latencyMs: FAR })],
	['4, else 5 s later', 1.3, allows(4, { refuses: inAnySecond(4), retryAfter: 5 })],
	['20, else 5 s later', 1.2, allows(20, { refuses: inAnySecond(20), retryAfter: 5 })],
	['4 requests in each second', 1.1, allows(4, { refuses: inEach(1000, 4) })],
	['20 requests in each second', 1.1, allows(20, { refuses: inEach(1000, 20) })],
	['5 a second after a burst of 100', 1.1, allows(5, { refuses: onAverage(5, 100) })],
	['20 a second after a burst of 100', 1.1, allows(20, { refuses: onAverage(20, 100) })],
])('200 items at an API that takes %s end in time, with few refusals', async (_, maxRatio, api) => {
	const { ratio, refused, busiest } = await runAll(api);
	expect(ratio).toBeLessThan(maxRatio);
	expect(refused).toBeLessThan(0.05);
	expect(busiest).toBeLessThanOrEqual(80);
});

it('200 items at an API that takes 600 requests a minute', async () => {
	const { ratio, refused } = await runAll(allows(10, { refuses: inEach(60_000, 600) }));
	expect(ratio).toBeLessThan(1.1);
	expect(refused).toBeLessThan(0.1);
});

it.each([
	[2, 1.5],
	[8, 3],
])(
	'429 for no reason, %i times in a hundred, slows 200 items down but little',
	async (percent, maxRatio) => {
		const { ratio } = await runAll({ faults: percent / 100 });
		expect(ratio).toBeLessThan(maxRatio);
	},
);

it('200 items at an API that runs 10 at once waste neither time nor requests', async () => {
	const { ratio, postsPerItem } = await runAll({ maxConcurrent: 10 });
	expect(ratio).toBeLessThan(1.05);
	expect(postsPerItem).toBeLessThan(1.2);
});

it('the same where it takes 4 requests a second too', async () => {
	const limits = { refuses: inAnySecond(4), maxRequestsPerSecond: 4, maxConcurrent: 10 };
	const { ratio, postsPerItem } = await runAll(limits);
	expect(ratio).toBeLessThan(1.15);
	expect(postsPerItem).toBeLessThan(1.3);
});
