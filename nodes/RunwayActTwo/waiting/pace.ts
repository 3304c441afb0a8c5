import type { Clock } from './waitForGeneration';

const MOST_LOOKS = 10;
/** A little above a second: looks do not all take equally long to arrive. */
const WITHIN_MS = 1050;
/** Looks due within so short a time go together: that costs n8n less than half of one by one. */
const TOGETHER_MS = 25;

/**
 * One budget of 10 looks a second for a whole node execution: each call resolves when fewer than 10
 * went before it within the last second, first come first served. With 200 generations in flight each
 * is looked at every 21 s, ten by ten.
 * @returns a function that rejects when the execution is stopped
 */
export function sharedPace(clock: Clock): () => Promise<void> {
	const freeAt = Array<number>(MOST_LOOKS).fill(0);
	let queue = Promise.resolve();
	return async () => {
		const turn = queue.then(async () => {
			const wait = (freeAt.shift() ?? 0) - clock.now();
			if (wait > TOGETHER_MS) await clock.sleep(wait);
			freeAt.push(clock.now() + WITHIN_MS);
		});
		queue = turn.catch(() => {});
		await turn;
	};
}
