import * as n8nWorkflow from 'n8n-workflow';

/** Time as an argument, so that tests can run it. All in milliseconds. */
export interface Clock {
	/** Since 1970: only for what is stored, or compared with what a server says. It may be set back. */
	now(): number;
	/** Since some moment in the past; never goes back. All durations and deadlines are measured by it. */
	elapsed(): number;
	/** Rejects when the execution is stopped. */
	sleep(ms: number): Promise<void>;
	/** In [0, 1). */
	random(): number;
}

type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

/** The sleep that heeds a signal: `sleepWithAbort` up to n8n-workflow 2.33, `sleep` from 2.34 on. */
const { sleep, sleepWithAbort = sleep } = n8nWorkflow as unknown as {
	sleep: Sleep;
	sleepWithAbort?: Sleep;
};

/**
 * Real time that ends with `signal`. The sleep is raced against the signal, because the oldest
 * n8n-workflow has no sleep that heeds one. All sleepers share one listener, because Node warns of a
 * leak when a signal has more than ten; `close` takes it off and ends what still sleeps.
 */
export function abortableClock(signal: AbortSignal): Clock & { close(): void } {
	const sleepers = new Set<AbortController>();
	const endAll = () => {
		for (const sleeper of sleepers) sleeper.abort(signal.reason);
	};
	signal.addEventListener('abort', endAll, { once: true });
	return {
		now: Date.now,
		elapsed: () => performance.now(),
		random: Math.random,
		sleep: async (ms) => {
			signal.throwIfAborted();
			const sleeper = new AbortController();
			sleepers.add(sleeper);
			try {
				await new Promise<void>((resolve, reject) => {
					sleeper.signal.addEventListener('abort', () => reject(sleeper.signal.reason as Error));
					sleepWithAbort(ms, sleeper.signal).then(resolve, reject);
				});
			} finally {
				sleepers.delete(sleeper);
			}
		},
		close: () => {
			signal.removeEventListener('abort', endAll);
			endAll();
		},
	};
}
