import type { Clock } from './clock';

const MAX_REQUESTS = 10;
/** A little above a second: requests do not all take equally long to arrive. */
const WINDOW_MS = 1050;
/** Requests due within so short a time are sent together: half the cost for n8n of one by one. */
const COALESCE_MS = 25;

/**
 * Limits the requests of a whole node execution to 10 a second: each call resolves when fewer than 10
 * went before it within the last second, first come first served. With 200 generations in flight each
 * is polled every 21 s, ten by ten.
 * @returns a function that rejects when the execution is stopped
 */
export function rateLimiter({ now, sleep }: Pick<Clock, 'now' | 'sleep'>): () => Promise<void> {
	const freeAt = Array<number>(MAX_REQUESTS).fill(0);
	let queue = Promise.resolve();
	return async () => {
		const turn = queue.then(async () => {
			const wait = (freeAt.shift() ?? 0) - now();
			if (wait > COALESCE_MS) await sleep(wait);
			freeAt.push(now() + WINDOW_MS);
		});
		queue = turn.catch(() => {});
		await turn;
	};
}
