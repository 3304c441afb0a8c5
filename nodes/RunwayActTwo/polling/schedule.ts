/** When to poll next. All times in milliseconds. Pure. */

/** Of the typical time: a generation created just now is never ready in its first seconds. */
const SHARE_BEFORE_FIRST = 2 / 9;
/** Until these shares of the typical time: the polls are densest around it. */
const EARLY = { untilShare: 2 / 3, delayMs: 3_000 };
const TYPICAL = { untilShare: 16 / 15, delayMs: 1_500 };
const SHARE_OF_ELAPSED = 0.05;
const MIN_DELAY_MS = 1_000;
const MAX_DELAY_MS = 10_000;
/** Those that wait together poll 67 times a second in all at most, and later 8 times, or after 10 %. */
const TOGETHER = { delayOfEachMs: 15, laterFromMs: 60_000, laterDelayOfEachMs: 125, share: 0.1 };

/** How long a generation created just now is left alone. */
export const initialPollDelay = (typicalMs: number): number => typicalMs * SHARE_BEFORE_FIRST;

/**
 * The adaptive delay: 3 s, around the typical time 1.5 s, then 5 % of the time elapsed up to 10 s. It is
 * longer where very many are waited for together, after a minute up to 10 % of the time elapsed.
 */
export function adaptiveDelay(elapsedMs: number, typicalMs: number, together = 1): number {
	const least = together * TOGETHER.delayOfEachMs;
	if (elapsedMs < typicalMs * EARLY.untilShare) return Math.max(EARLY.delayMs, least);
	if (elapsedMs < typicalMs * TYPICAL.untilShare) return Math.max(TYPICAL.delayMs, least);
	const later = Math.min(together * TOGETHER.laterDelayOfEachMs, elapsedMs * TOGETHER.share);
	const share = elapsedMs * SHARE_OF_ELAPSED;
	return Math.max(
		share < MAX_DELAY_MS ? share : untilNextTen(elapsedMs),
		elapsedMs < TOGETHER.laterFromMs ? least : later,
	);
}

/** Until the next full 10 s, so that what each response takes does not add up; more than 1 s. */
function untilNextTen(elapsedMs: number): number {
	const rest = MAX_DELAY_MS - (elapsedMs % MAX_DELAY_MS);
	return rest > MIN_DELAY_MS ? rest : rest + MAX_DELAY_MS;
}
