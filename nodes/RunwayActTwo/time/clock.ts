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
	/**
	 * Calls `listener` with the reason when the execution is stopped, at once if it has been.
	 * @returns what takes it off again
	 */
	onStop(listener: (reason: unknown) => void): () => void;
}

type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

/** The sleep that heeds a signal: `sleepWithAbort` up to n8n-workflow 2.33, `sleep` from 2.34 on. */
const { sleep, sleepWithAbort = sleep } = n8nWorkflow as unknown as {
	sleep: Sleep;
	sleepWithAbort?: Sleep;
};

/** A timer that is set for longer goes off at once (https://nodejs.org/api/timers.html). */
const MAX_SLEEP_MS = 2 ** 31 - 1;

/**
 * Real time that ends with `signal`. The sleep is raced against the signal, because the oldest
 * n8n-workflow has no sleep that heeds one. All that wait share one listener, because Node warns of a
 * leak when a signal has more than ten; `close` takes it off and ends what still sleeps.
 */
export function abortableClock(signal: AbortSignal): Clock & { close(): void } {
	const listeners = new Set<(reason: unknown) => void>();
	const endAll = () => {
		// Not a copy of them: what one listener does may take another off, which must not be called then.
		for (const listener of listeners) listener(signal.reason);
		listeners.clear();
	};
	const onStop = (listener: (reason: unknown) => void) => {
		if (signal.aborted) listener(signal.reason);
		else listeners.add(listener);
		return () => listeners.delete(listener);
	};
	signal.addEventListener('abort', endAll, { once: true });
	return {
		now: Date.now,
		elapsed: () => performance.now(),
		random: Math.random,
		onStop,
		sleep: async (ms) => {
			signal.throwIfAborted();
			const sleeper = new AbortController();
			await new Promise<void>((resolve, reject) => {
				const forget = onStop((reason) => {
					reject(reason as Error);
					sleeper.abort(reason);
				});
				sleepWithAbort(Math.min(ms, MAX_SLEEP_MS), sleeper.signal)
					.then(resolve, reject)
					.finally(forget);
			});
		},
		close: () => {
			signal.removeEventListener('abort', endAll);
			endAll();
		},
	};
}
