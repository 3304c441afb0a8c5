import type { Clock } from './waitForGeneration';

/** A little over 100, so that jitter on the way does not put an eleventh look into a second. */
const MS_BETWEEN_LOOKS = 105;

/**
 * One budget of 10 looks a second for a whole node execution: each call resolves when it is its turn,
 * first come first served. With 200 generations in flight each is looked at every 21 s.
 */
export function sharedPace(clock: Clock): () => Promise<void> {
	let nextTurn = 0;
	return async () => {
		const now = clock.now();
		const turn = Math.max(now, nextTurn);
		nextTurn = turn + MS_BETWEEN_LOOKS;
		if (turn > now) await clock.sleep(turn - now);
	};
}
