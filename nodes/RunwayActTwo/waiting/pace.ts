import type { Clock } from './waitForGeneration';

const MS_BETWEEN_LOOKS = 105;

/**
 * One budget of 10 looks a second for a whole node execution: each call resolves when it is its turn,
 * first come first served. With 200 generations in flight each is looked at every 20 s.
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
