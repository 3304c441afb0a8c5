/** How long to wait after a failure. All times in milliseconds. Pure. */

const INITIAL_BACKOFF_MS = 2_000;
const MAX_BACKOFF_MS = 30_000;

/**
 * The delay after the `count`th failure in a row: doubling from 2 s to 30 s, of which a random half
 * is taken off so that many clients do not come back together. A Retry-After is
 * never undercut.
 * @param random in [0, 1)
 */
export function backoffDelay(count: number, random: number, retryAfterMs = 0): number {
	const full = Math.min(MAX_BACKOFF_MS, INITIAL_BACKOFF_MS * 2 ** (count - 1));
	return Math.max(retryAfterMs, full * (1 - random / 2));
}
