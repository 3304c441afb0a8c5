import type { Clock } from './waitForGeneration';

/** A little above 100: looks do not all take equally long to arrive, and 10 a second is the most. */
const MS_BETWEEN_LOOKS = 105;

/**
 * One budget of just under 10 looks a second for a whole node execution: each call resolves when it
 * is its turn, first come first served. A turn that came late is not made up for by the next ones.
 * With 200 generations in flight each is looked at every 21 s.
 * @returns a function that rejects when the execution is stopped
 */
export function sharedPace(clock: Clock): () => Promise<void> {
	let nextTurn = 0;
	let queue = Promise.resolve();
	return async () => {
		const turn = queue.then(async () => {
			const wait = nextTurn - clock.now();
			if (wait > 0) await clock.sleep(wait);
			nextTurn = clock.now() + MS_BETWEEN_LOOKS;
		});
		queue = turn.catch(() => {});
		await turn;
	};
}
