import { CreationGate } from './creationGate';
import { RateLimiter } from './rateLimiter';

/** Of which the one that was asked for the longest ago is forgotten. */
const MAX_KEYS = 1000;

/** The limits of one API key at one base URL. */
export interface KeyLimits {
	rateLimiter: RateLimiter;
	creations: CreationGate;
}

const known = new Map<string, KeyLimits>();

/**
 * The limits that all executions of this process share which use the same key.
 * @param account a digest of the base URL and the key, never the key itself
 */
export function limitsOf(account: string): KeyLimits {
	const limits = known.get(account) ?? newLimits();
	known.delete(account);
	known.set(account, limits);
	const [longestAgo] = known.keys();
	if (known.size > MAX_KEYS) known.delete(longestAgo);
	return limits;
}

function newLimits(): KeyLimits {
	const rateLimiter = new RateLimiter();
	return { rateLimiter, creations: new CreationGate(rateLimiter) };
}
