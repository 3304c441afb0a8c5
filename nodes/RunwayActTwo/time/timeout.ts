import type { Clock } from './clock';

const LATE = Symbol('late');

/**
 * Settles as `work` does, or with what `onTimeout` gives or throws after `ms` milliseconds. Rejects when
 * the execution is stopped.
 */
export async function withTimeout<T>(
	clock: Pick<Clock, 'sleep'>,
	work: Promise<T>,
	ms: number,
	onTimeout: () => T,
): Promise<T> {
	const first = await Promise.race([work, clock.sleep(ms).then((): typeof LATE => LATE)]);
	return first === LATE ? onTimeout() : first;
}
