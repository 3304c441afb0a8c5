import { aimlapiClient } from '../../nodes/RunwayActTwo/aimlapi/client';
import { ACT_TWO } from '../../nodes/RunwayActTwo/aimlapi/model';
import { ConcurrencyLimiter } from '../../nodes/RunwayActTwo/limits/concurrencyLimiter';
import { CreationGate } from '../../nodes/RunwayActTwo/limits/creationGate';
import { RateLimiter } from '../../nodes/RunwayActTwo/limits/rateLimiter';
import { pollUntil } from '../../nodes/RunwayActTwo/polling/poll';
import { initialPollDelay } from '../../nodes/RunwayActTwo/polling/schedule';
import { mostWithin, unavoidableMs } from '../bench/comparison/figures.cts';
import { seededRandom } from './seed.cts';
import { virtualClock } from './virtualClock.cts';

/** Whether the API takes the request that arrives now. */
export type Takes = (now: number) => boolean;

/** So many requests in any second; those that it refuses count too. */
export const inAnySecond = (most: number) => (): Takes => {
	const arrivals: number[] = [];
	return (now) => {
		arrivals.push(now);
		while (arrivals[0] <= now - 1000) arrivals.shift();
		return arrivals.length <= most;
	};
};
/** So many requests in each second, minute or the like of the clock. */
export const inEach = (ms: number, most: number) => (): Takes => {
	let period = -1;
	let taken = 0;
	return (now) => {
		if (Math.floor(now / ms) !== period) taken = 0;
		period = Math.floor(now / ms);
		return ++taken <= most;
	};
};
/** A token bucket. */
export const onAverage = (perSecond: number, burst: number) => (): Takes => {
	let tokens = burst;
	let filledAt = 0;
	return (now) => {
		tokens = Math.min(burst, tokens + ((now - filledAt) / 1000) * perSecond);
		filledAt = now;
		if (tokens < 1) return false;
		tokens--;
		return true;
	};
};
/** Nothing for so long, once more than so many a second were sent. */
export const orBanned = (most: number, banMs: number) => (): Takes => {
	const takes = inAnySecond(most)();
	let bannedUntil = 0;
	return (now) => {
		if (now < bannedUntil) return false;
		if (takes(now)) return true;
		bannedUntil = now + banMs;
		return false;
	};
};

/** What comes instead of an answer. */
type Fault = { statusCode: number; headers?: object; body?: string } | { code: string };

export interface Api {
	takes?: () => Takes;
	maxRequestsPerSecond?: number;
	maxConcurrent?: number;
	/** The share of requests that meet a fault for no reason: a 429 unless another is given. */
	faults?: number;
	faultOf?: (method: string, random: () => number) => Fault;
	/** Seconds. */
	retryAfter?: number;
	/** Of a request and its response together. */
	latencyMs?: [least: number, most: number];
}

export interface Load {
	/** Of one execution. */
	items: number;
	/** Executions side by side, under one key. */
	executions?: number;
	maxConcurrentGenerations?: number;
	durationsMs: number[];
	seed?: number;
}

/** All items from their creation to their video, in virtual time, at such an API. */
export async function manyItems(load: Load, api: Api) {
	const { items, executions = 1, maxConcurrentGenerations = Infinity, durationsMs } = load;
	const { faults = 0, maxConcurrent = Infinity, retryAfter, latencyMs = [20, 20] } = api;
	const [least, most] = latencyMs;
	const random = seededRandom(load.seed ?? 1);
	const takes = api.takes?.() ?? (() => true);
	const tooMany: Fault = {
		statusCode: 429,
		headers: retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) },
	};
	const faultOf = api.faultOf ?? (() => tooMany);
	const clock = { ...virtualClock(), random };
	const arrivals: number[] = [];
	const refusals: number[] = [];
	const endsAt: number[] = [];
	let posts = 0;
	const answer = (method: string, url: URL): Fault => {
		arrivals.push(clock.now());
		if (method === 'POST') posts++;
		const running = endsAt.filter((end) => clock.now() < end).length;
		const isFull = method === 'POST' && running >= maxConcurrent;
		if (!takes(clock.now()) || isFull) return tooMany;
		if (random() < faults) return faultOf(method, random);
		const id = url.searchParams.get('generation_id');
		if (method === 'POST') {
			endsAt.push(clock.now() + durationsMs[endsAt.length]);
			const body = { id: String(endsAt.length - 1), status: 'queued' };
			return { statusCode: 200, body: JSON.stringify(body) };
		}
		const hasEnded = clock.now() >= endsAt[Number(id)];
		const body = hasEnded
			? { id, status: 'completed', video: ['https://cdn.example.com/v.mp4'] }
			: { id, status: 'generating' };
		return { statusCode: 200, body: JSON.stringify(body) };
	};
	const travel = async () => await clock.sleep((least + random() * (most - least)) / 2);
	const httpRequestWithAuthentication = async (
		_: string,
		{ method, url }: { method: string; url: string },
	) => {
		await travel();
		const given = answer(method, new URL(url));
		if ('statusCode' in given && given.statusCode === 429) refusals.push(clock.now());
		await travel();
		if ('code' in given) throw Object.assign(new Error(given.code), given);
		return { headers: {}, body: '{}', ...given };
	};
	const rateLimiter = new RateLimiter();
	const gate = new CreationGate(rateLimiter);
	let together = 0;
	let videos = 0;
	const execute = async () => {
		const helpers = { httpRequestWithAuthentication };
		const client = aimlapiClient({ helpers, getExecutionCancelSignal: () => undefined } as never, {
			credential: {} as never,
			baseUrl: 'https://api.example.com',
			endpoint: 'runway',
			model: ACT_TWO,
			clock,
			rateLimiter,
			signal: new AbortController().signal,
		});
		const create = async () => await client.createGeneration(Buffer.from('{}'), 'id');
		const deadline = clock.elapsed() + 1_800_000;
		const item = async () =>
			await gate.hold(async (slot) => {
				const verdict = await slot.run({ clock, deadline }, create);
				if (verdict.kind !== 'accepted') return;
				together++;
				const { kind } = await pollUntil(
					async (timeLeft) => await client.getGeneration(verdict.created.id, timeLeft),
					{
						initialDelayMs: initialPollDelay(ACT_TWO.typicalMs),
						typicalMs: ACT_TWO.typicalMs,
						timeoutMs: 1_800_000,
						together: () => together,
						until: ({ phase }) => phase === 'completed',
					},
					clock,
				);
				together--;
				if (kind === 'reached') videos++;
			});
		const limiter = new ConcurrencyLimiter(maxConcurrentGenerations, clock);
		await Promise.all(Array.from({ length: items }, async () => await limiter.run(item)));
	};
	await Promise.all(Array.from({ length: executions }, execute));
	const later = (times: number[]) => times.filter((at) => at > 10_000).length;
	const created = items * executions;
	const places = Math.min(maxConcurrent, maxConcurrentGenerations);
	return {
		seconds: clock.now() / 1000,
		ratio: clock.now() / unavoidableMs(durationsMs, { ...api, maxConcurrent: places }),
		refused: later(refusals) / Math.max(1, later(arrivals)),
		busiest: mostWithin(1000, arrivals),
		postsPerItem: posts / created,
		missing: created - videos,
	};
}
