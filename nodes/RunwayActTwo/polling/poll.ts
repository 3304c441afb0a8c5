import type { PollVerdict } from '../aimlapi/classify';
import type { Generation } from '../aimlapi/contract';
import { COMPLETED_WITHOUT_LINK } from '../aimlapi/messages';
import type { ErrorDetails } from '../errors';
import type { Clock } from '../time/clock';
import { adaptiveDelay } from './schedule';
import { backoffDelay } from '../time/backoff';

export interface PollOptions {
	/** Before the first poll, in milliseconds; 0 polls at once. */
	initialDelayMs: number;
	/** The user's fixed interval; absent: the adaptive schedule. */
	pollingIntervalMs?: number;
	timeoutMs: number;
	/** How much longer a last check that says nothing is repeated. */
	graceMs?: number;
	/** How long a generation typically takes. */
	typicalMs: number;
	/** How many generations are being polled at this moment. */
	together?: () => number;
	/** Stop condition. */
	until: (generation: Generation) => boolean;
}

/** What the polls found, for the error message. */
interface Observed {
	polls: number;
	generation?: Generation;
	error?: ErrorDetails;
}

type PollResult =
	| { kind: 'reached'; generation: Generation }
	| { kind: 'rejected'; error: ErrorDetails; observed: Observed }
	| { kind: 'timeout'; observed: Observed };

/** Before a status check that was one of too many is made again. */
const THROTTLED_DELAY_MS = 1_000;
/** How long a 404, or a completion without its link, must last before it counts. */
const CONFIRM_AFTER_MS = 15_000;

/**
 * Polls a generation until one of these is true:
 * 1. `until` accepts it (a completed one only with its video link);
 * 2. the API rejects the poll (key, credits), or a 404 or a missing link lasts 15 s;
 * 3. the timeout has elapsed since the call, whatever the requests took. The last poll is made then, and
 *    again for as long as the grace lasts while it says nothing.
 * A response that says nothing about the generation ends nothing: the poll is repeated after a backoff.
 * @throws what `getGeneration` or `clock.sleep` throw, which is how a stopped execution ends it
 */
export async function pollUntil(
	getGeneration: (timeLeftMs: number) => Promise<PollVerdict>,
	options: PollOptions,
	clock: Clock,
): Promise<PollResult> {
	const { graceMs = 0 } = options;
	const start = clock.elapsed();
	let endsAfter = options.timeoutMs;
	const observed: Observed = { polls: 0 };
	let delay = options.initialDelayMs;
	let failuresInRow = 0;
	let unconfirmedSince: number | undefined;

	for (;;) {
		const left = () => Math.max(0, start + endsAfter - clock.elapsed());
		if (delay > 0) await clock.sleep(Math.min(delay, left()));
		const verdict = await getGeneration(left());
		observed.polls++;

		const unconfirmed = unconfirmedError(verdict);
		if (verdict.kind === 'found') {
			observed.generation = verdict.generation;
			if (!unconfirmed && options.until(verdict.generation)) {
				return { kind: 'reached', generation: verdict.generation };
			}
		}
		if (verdict.kind === 'rejected') return { kind: 'rejected', error: verdict.error, observed };
		if (verdict.kind === 'retry') observed.error = verdict.error;
		if (unconfirmed) {
			observed.error = unconfirmed;
			unconfirmedSince ??= clock.elapsed();
			if (clock.elapsed() - unconfirmedSince >= CONFIRM_AFTER_MS) {
				return { kind: 'rejected', error: unconfirmed, observed };
			}
		} else if (verdict.kind === 'found') {
			unconfirmedSince = undefined;
		}

		const elapsed = clock.elapsed() - start;
		const isOver = elapsed >= options.timeoutMs;
		endsAfter = options.timeoutMs + (isOver && verdict.kind === 'retry' ? graceMs : 0);
		if (elapsed >= endsAfter) return { kind: 'timeout', observed };

		if (verdict.kind !== 'retry') {
			failuresInRow = 0;
			delay =
				options.pollingIntervalMs ??
				adaptiveDelay(elapsed, options.typicalMs, options.together?.());
		} else if (verdict.error.httpCode === '429') {
			// It says nothing of this generation, and the rate limiter is slower already.
			delay = Math.max(THROTTLED_DELAY_MS, verdict.retryAfterMs ?? 0);
		} else {
			delay = backoffDelay(++failuresInRow, clock.random(), verdict.retryAfterMs);
		}
	}
}

function unconfirmedError(verdict: PollVerdict): ErrorDetails | undefined {
	if (verdict.kind === 'notFound') return verdict.error;
	if (verdict.kind !== 'found') return undefined;
	const { phase, videoUrl } = verdict.generation;
	return phase === 'completed' && videoUrl === undefined ? COMPLETED_WITHOUT_LINK : undefined;
}
