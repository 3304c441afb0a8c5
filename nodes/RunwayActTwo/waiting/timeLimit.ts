import type { Clock } from './waitForGeneration';

/** How much later than asked a limit may end. */
const TICK_MS = 1000;

/** Resolves or rejects as `work` does, or with what `late` gives or throws after `ms` milliseconds. */
export type TimeLimit = <T>(work: Promise<T>, ms: number, late: () => T) => Promise<T>;

/**
 * Limits for any number of requests, all served by one timer: one for each, ended early ten times a
 * second, would add some 6 % to what the requests cost. Rejects when the execution is stopped.
 */
export function timeLimit({ now, sleep }: Pick<Clock, 'now' | 'sleep'>): TimeLimit {
	const limits = new Set<{ endsAt: number; end: () => void; reject: (reason: unknown) => void }>();
	let ticking = false;

	const tick = async (): Promise<void> => {
		ticking = true;
		try {
			while (limits.size > 0) {
				await sleep(TICK_MS);
				for (const { endsAt, end } of limits) if (now() >= endsAt) end();
			}
		} catch (error) {
			for (const { reject } of limits) reject(error);
		} finally {
			ticking = false;
		}
	};

	return async (work, ms, late) =>
		await new Promise((resolve, reject) => {
			const limit = {
				endsAt: now() + ms,
				end: () => {
					limits.delete(limit);
					try {
						resolve(late());
					} catch (error) {
						reject(error as Error);
					}
				},
				reject,
			};
			limits.add(limit);
			void work.then(resolve, reject).finally(() => limits.delete(limit));
			if (!ticking) void tick();
		});
}
