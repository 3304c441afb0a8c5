import type { Clock } from './clock';

/** Requests a second: at the start, and at most, with room for those that arrive late. */
const INITIAL_RATE = 20;
const MAX_RATE = 80;
/** A little above a second: requests do not all take equally long to arrive. */
const WINDOW_MS = 1050;
/** A window's requests go in so many batches: half the cost for n8n of one by one. */
const BATCHES = 4;
/** Requests due within so short a time are sent together. */
const COALESCE_MS = 25;
/** A batch that is not full waits so long for each request of the last second, a second at most. */
const PATIENCE_MS = 20;
/** What each good response adds to the rate until the API's limit is known. */
const GROWTH = 4;
/** How long the rate stays halved, and for how long back the responses tell the limit. */
const HOLD_MS = 1000;
const MEMORY_MS = 5000;
/** A POST refused for its rate is accepted when it is sent again within this time. */
const CONFIRM_MS = 3000;
/** When a known limit is first tried again, and then how often. */
const FIRST_PROBE_MS = 30_000;
const PROBE_MS = 10_000;
const FIRST_PROBE_SHARE = 0.05;
/** Whoever has waited this long goes first. */
const LONGEST_WAIT_MS = 60_000;

/** A 429 may mean the rate, or for a POST also the number of generations that run at once. */
export type LimitedRequest = 'creation' | 'other';

export interface RateLimiter {
	/**
	 * Resolves to true when a request may be sent, and to false for a creation that waits while another
	 * one is refused. Rejects when the execution is stopped.
	 * @param order the smallest goes first, before those that came earlier
	 * @param deadline milliseconds since 1970 after which a Retry-After no longer holds it up
	 */
	turn(request: LimitedRequest, order: number, deadline?: number): Promise<boolean>;
	/** The API took a request. */
	taken(request: LimitedRequest): void;
	/** The API answered 429 to a request sent at `sentAt` (milliseconds since 1970). */
	refused(request: LimitedRequest, sentAt: number, retryAfterMs?: number): void;
}

interface Waiting {
	request: LimitedRequest;
	order: number;
	deadline: number;
	since: number;
	resolve: (maySend: boolean) => void;
	reject: (reason: unknown) => void;
}

/**
 * The rate of all requests of one node execution, learned from the responses: 20 a second at first, more
 * with each good one up to 80. A 429 halves it, once a round trip; after a second it returns to what
 * the API took before, and tries for more half a minute later.
 */
export function rateLimiter({ now, sleep }: Pick<Clock, 'now' | 'sleep'>): RateLimiter {
	const waiting: Waiting[] = [];
	/** When the latest requests were sent, and when the latest good responses came. */
	const sent: number[] = [];
	const good: number[] = [];
	let releasing = false;
	let pausedUntil = 0;
	/** When the latest batch began. */
	let batchAt = -Infinity;

	let rate = INITIAL_RATE;
	let cutAt = -Infinity;
	/** The most good responses within a second, lately. */
	let peak = 0;
	let peakAt = 0;
	/** What the API allows, once it has refused more. */
	let limit: number | undefined;
	let probeAt = Infinity;
	let probeShare = FIRST_PROBE_SHARE;
	/** A limit that a refused POST suggests. */
	let suggested: { limit: number; at: number } | undefined;

	const countGood = (): void => {
		while (good[0] <= now() - HOLD_MS) good.shift();
		if (good.length >= peak || now() - peakAt > MEMORY_MS) {
			peak = good.length;
			peakAt = now();
		}
	};

	const learn = (found: number): void => {
		if (found === 0) return;
		limit = found;
		probeShare = FIRST_PROBE_SHARE;
		probeAt = now() + FIRST_PROBE_MS;
	};

	const grow = (): void => {
		if (limit === undefined) {
			rate = Math.min(MAX_RATE, rate + GROWTH);
		} else if (now() >= probeAt) {
			limit = Math.min(MAX_RATE, Math.max(limit + 1, limit * (1 + probeShare)));
			probeShare = Math.min(1, probeShare * 2);
			probeAt = now() + PROBE_MS;
		}
	};

	/** When so many that wait may next send one. */
	const freeAt = (count: number): number => {
		if (limit !== undefined && now() - cutAt > HOLD_MS) rate = limit;
		const allowed = Math.max(1, Math.floor(rate));
		const batch = Math.ceil(allowed / BATCHES);
		const since = now() - WINDOW_MS;
		const busyness = sent.reduce((count, at) => count + Number(at > since), 0);
		const joinsBatch = now() - batchAt <= COALESCE_MS;
		return Math.max(
			(sent[sent.length - allowed] ?? -Infinity) + WINDOW_MS,
			(sent[sent.length - batch] ?? -Infinity) + (WINDOW_MS * batch) / allowed,
			joinsBatch || count >= batch
				? -Infinity
				: batchAt + Math.min(WINDOW_MS, PATIENCE_MS * busyness),
		);
	};

	/** Whose turn it is: the longest waiting after a minute, else the smallest order. */
	const next = (open: Waiting[]): Waiting => {
		const [longest] = open;
		if (now() - longest.since > LONGEST_WAIT_MS) return longest;
		return open.reduce((first, one) => (one.order < first.order ? one : first));
	};

	/** When a pause ends for the first of those that wait. */
	const opensAt = (): number =>
		waiting.reduce((first, { deadline }) => Math.min(first, deadline), pausedUntil);

	const release = async (): Promise<void> => {
		releasing = true;
		try {
			while (waiting.length > 0) {
				const open =
					now() >= pausedUntil ? waiting : waiting.filter(({ deadline }) => now() >= deadline);
				const wait = (open.length > 0 ? freeAt(open.length) : opensAt()) - now();
				if (wait > COALESCE_MS || open.length === 0) {
					// A request with a nearer deadline may come meanwhile.
					await sleep(Math.min(WINDOW_MS, Math.max(1, wait)));
					continue;
				}
				const { resolve } = waiting.splice(waiting.indexOf(next(open)), 1)[0];
				if (now() - batchAt > COALESCE_MS) batchAt = now();
				sent.push(now());
				if (sent.length > MAX_RATE) sent.shift();
				resolve(true);
			}
		} catch (error) {
			for (const { reject } of waiting.splice(0)) reject(error);
		} finally {
			releasing = false;
		}
	};

	return {
		turn: async (request, order, deadline = Infinity) =>
			await new Promise<boolean>((resolve, reject) => {
				waiting.push({ request, order, deadline, since: now(), resolve, reject });
				if (!releasing) void release();
			}),

		taken(request) {
			good.push(now());
			countGood();
			if (request === 'creation' && suggested) {
				if (now() - suggested.at < CONFIRM_MS) learn(suggested.limit);
				suggested = undefined;
			}
			grow();
		},

		refused(request, sentAt, retryAfterMs = 0) {
			pausedUntil = Math.max(pausedUntil, now() + retryAfterMs);
			if (request === 'creation') {
				for (const one of waiting.filter((other) => other.request === 'creation')) {
					waiting.splice(waiting.indexOf(one), 1);
					one.resolve(false);
				}
			}
			if (sentAt <= cutAt) return;
			countGood();
			cutAt = now();
			rate = Math.max(1, rate / 2);
			if (request === 'other') learn(peak);
			else suggested = { limit: peak, at: now() };
		},
	};
}
