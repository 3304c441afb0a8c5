import { sleep } from 'n8n-workflow';

import type { Clock } from './waitForGeneration';

/**
 * Real time that ends with `signal`. n8n-workflow's `sleep` takes a signal only since 2.34.0 and older
 * ones ignore it, so the sleep is raced against the signal; the listener is taken off again because a
 * long wait sleeps hundreds of times.
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
					sleep(ms, ended.signal).then(resolve, reject);
				});
			} finally {
				signal.removeEventListener('abort', end);
				cancel?.removeEventListener('abort', end);
			}
		},
	};
}
