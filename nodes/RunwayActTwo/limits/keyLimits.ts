import type { Clock } from '../time/clock';
import { CreationGate } from './creationGate';
import { RateLimiter } from './rateLimiter';

/** What is known of a key that nobody has used for so long is forgotten. */
const MAX_IDLE_MS = 10 * 60_000;

/** The limits of one API key at one base URL. */
export interface KeyLimits {
	rateLimiter: RateLimiter;
	creations: CreationGate;
	/** The execution uses them no more. */
	close(): void;
}

const known = new Map<string, Omit<KeyLimits, 'close'> & { users: number; usedAt: number }>();

/**
 * The limits that all executions of this process share which use the same key.
 * @param account a digest of the base URL and the key, never the key itself
 */
export function openLimits(account: string, { elapsed }: Pick<Clock, 'elapsed'>): KeyLimits {
	for (const [other, { users, usedAt }] of known) {
		if (users === 0 && elapsed() - usedAt > MAX_IDLE_MS) known.delete(other);
	}
	const rateLimiter = new RateLimiter();
	const creations = new CreationGate(rateLimiter);
	const limits = known.get(account) ?? { rateLimiter, creations, users: 0, usedAt: 0 };
	known.set(account, limits);
	limits.users++;
	const close = () => {
		limits.users--;
		limits.usedAt = elapsed();
	};
	return { ...limits, close };
}
