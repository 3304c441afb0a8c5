/** When to poll next. All times in milliseconds. Pure. */

/** A generation created just now is never ready in its first seconds. */
export const INITIAL_POLL_DELAY_MS = 10_000;

/** A typical generation takes about 45 s, so the polls are densest there. */
const EARLY = { untilMs: 30_000, delayMs: 3_000 };
const TYPICAL = { untilMs: 50_000, delayMs: 1_500 };
const SHARE_OF_ELAPSED = 0.05;
const MAX_DELAY_MS = 10_000;
/** From here on, many that wait together poll 10 times a second in all, or after 10 % of the time. */
const MANY = { fromMs: 60_000, delayOfEachMs: 100, shareOfElapsed: 0.1 };

const INITIAL_BACKOFF_MS = 2_000;
const MAX_BACKOFF_MS = 30_000;
/** A server that asks for more is asked again all the same. */
const MAX_RETRY_AFTER_MS = 5 * 60_000;

/**
 * The adaptive delay: 3 s, from 30 to 50 s 1.5 s, then 5 % of the time elapsed up to 10 s. After a minute
 * up to 10 % where that many are waited for together that they would poll more than 10 times a second.
 */
export function adaptiveDelay(elapsedMs: number, together = 1): number {
	if (elapsedMs < EARLY.untilMs) return EARLY.delayMs;
	if (elapsedMs < TYPICAL.untilMs) return TYPICAL.delayMs;
	const alone = Math.min(MAX_DELAY_MS, elapsedMs * SHARE_OF_ELAPSED);
	if (elapsedMs < MANY.fromMs) return alone;
	return Math.max(alone, Math.min(together * MANY.delayOfEachMs, elapsedMs * MANY.shareOfElapsed));
}

/**
 * The delay after the `count`th failure in a row: doubling from 2 s to 30 s, of which a random half
 * is taken off so that many clients do not come back together. A Retry-After of up to 5 minutes is
 * never undercut.
 * @param random in [0, 1)
 */
export function backoffDelay(count: number, random: number, retryAfterMs = 0): number {
	const full = Math.min(MAX_BACKOFF_MS, INITIAL_BACKOFF_MS * 2 ** (count - 1));
	return Math.max(Math.min(retryAfterMs, MAX_RETRY_AFTER_MS), full * (1 - random / 2));
}
