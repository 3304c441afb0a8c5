import * as n8nWorkflow from 'n8n-workflow';

import type { Clock } from './waitForGeneration';

type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

/** The sleep that heeds a signal: `sleepWithAbort` up to n8n-workflow 2.33, `sleep` from 2.34 on. */
const { sleep, sleepWithAbort = sleep } = n8nWorkflow as unknown as {
	sleep: Sleep;
	sleepWithAbort?: Sleep;
};

/**
 * Real time that ends with `signal`. The sleep is raced against the signal, because the oldest
 * n8n-workflow has no sleep that heeds one; the listeners are taken off again because a long wait
 * sleeps hundreds of times.
 */
export function abortableClock(signal: AbortSignal): Clock {
	return {
		now: Date.now,
		random: Math.random,
		sleep: async (ms, cancel) => {
			signal.throwIfAborted();
			const ended = new AbortController();
			const end = () => ended.abort(signal.reason);
			signal.addEventListener('abort', end, { once: true });
			cancel?.addEventListener('abort', end, { once: true });
			try {
				await new Promise<void>((resolve, reject) => {
					ended.signal.addEventListener('abort', () => reject(ended.signal.reason as Error));
					sleepWithAbort(ms, ended.signal).then(resolve, reject);
				});
			} finally {
				signal.removeEventListener('abort', end);
				cancel?.removeEventListener('abort', end);
			}
		},
	};
}
