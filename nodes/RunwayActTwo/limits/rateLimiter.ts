import type { Clock } from '../time/clock';
import { learnedRate, MAX_RATE } from './learnedRate';
import type { Creation, LimitedRequest } from './learnedRate';

export type { Creation, LimitedRequest };

/** A little above a second: requests do not all take equally long to arrive. */
const WINDOW_MS = 1050;
/** A window's requests go in so many batches: half the cost for n8n of one by one. */
const BATCHES = 4;
/** Requests due within so short a time are sent together. */
const COALESCE_MS = 25;
/**
 * A batch of status checks that is not full waits so long for each request of the last second, a second
 * at most.
 */
const PATIENCE_MS = 20;
/** Whoever has waited this long goes first. */
const MAX_WAIT_MS = 60_000;

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
 * One rate for all requests of a node execution, as learned from their responses. They are sent in small
 * batches, and after a Retry-After not before it is over.
 */
export function rateLimiter({ now, sleep }: Pick<Clock, 'now' | 'sleep'>): RateLimiter {
	const waiting: Waiting[] = [];
	/** When the latest requests were sent. */
	const sent: number[] = [];
	const learned = learnedRate({ now });
	let releasing = false;
	let pausedUntil = 0;
	/** When the latest batch began. */
	let batchAt = -Infinity;

	/** When one of those that wait may be sent. */
	const freeAt = (open: Waiting[]): number => {
		const rate = learned.perSecond();
		const allowed = Math.ceil(rate);
		const windowMs = (WINDOW_MS * allowed) / rate;
		const batch = Math.ceil(allowed / BATCHES);
		const since = now() - WINDOW_MS;
		const busyness = sent.reduce((count, at) => count + Number(at > since), 0);
		const joinsBatch = now() - batchAt <= COALESCE_MS;
		return Math.max(
			(sent[sent.length - allowed] ?? -Infinity) + windowMs,
			(sent[sent.length - batch] ?? -Infinity) + (windowMs * batch) / allowed,
			joinsBatch || open.length >= batch || open.some(({ request }) => request !== 'other')
				? -Infinity
				: batchAt + Math.min(WINDOW_MS, PATIENCE_MS * busyness),
		);
	};

	/** Whose turn it is: the longest waiting after a minute, else the smallest order. */
	const next = (open: Waiting[]): Waiting => {
		const [longest] = open;
		if (now() - longest.since > MAX_WAIT_MS) return longest;
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
				const wait = (open.length > 0 ? freeAt(open) : opensAt()) - now();
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

		taken: learned.taken,

		refused(request, sentAt, retryAfterMs = 0) {
			pausedUntil = Math.max(pausedUntil, now() + retryAfterMs);
			learned.refused(request, sentAt, pausedUntil);
			if (request === 'other') return;
			for (const one of waiting.filter((other) => other.request !== 'other')) {
				waiting.splice(waiting.indexOf(one), 1);
				one.resolve(false);
			}
		},
	};
}
