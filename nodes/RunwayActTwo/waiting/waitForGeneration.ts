import type { LookVerdict } from '../aimlapi/answers';
import type { Generation } from '../aimlapi/contract';
import type { Trouble } from '../aimlapi/trouble';
import { adaptiveDelay, backoffDelay } from './schedule';

/** Time as an argument, so that tests can run it. All in milliseconds. */
export interface Clock {
	now(): number;
	/** Rejects when the execution is stopped. */
	sleep(ms: number): Promise<void>;
	/** In [0, 1). */
	random(): number;
}

export interface WaitOptions {
	/** Before the first look; 0 looks at once. */
	firstLookAfterMs: number;
	/** The user's fixed interval; absent: the adaptive schedule. */
	pollingIntervalMs?: number;
	timeoutMs: number;
	/** What is good enough to stop at. */
	until: (generation: Generation) => boolean;
}

/** What a wait saw, for the words of its end. */
export interface Tally {
	looks: number;
	generation?: Generation;
	trouble?: Trouble;
}

export type WaitEnd =
	| { kind: 'reached'; generation: Generation }
	| { kind: 'denied'; trouble: Trouble; tally: Tally }
	| { kind: 'deadline'; tally: Tally };

/** How long a 404, or a completion without its link, may last before it is believed. */
const PATIENCE_MS = 15_000;

const WITHOUT_LINK: Trouble = {
	message: 'AIMLAPI calls the generation completed but gave no video link',
	description: 'Look it up again later with Get Video.',
};

/**
 * Looks at a generation until one of these is true:
 * 1. it is what `until` accepts (a completed one only with its video link);
 * 2. the API denies the look (key, credits), or a 404 or a missing link lasts 15 s;
 * 3. the timeout has elapsed since the call, whatever the looks took. The last look is made then.
 * A look that says nothing about the generation is not an end: it is repeated after a backoff.
 * @throws what `look` or `clock.sleep` throw, which is how a stopped execution ends it
 */
export async function waitForGeneration(
	look: (timeLeftMs: number) => Promise<LookVerdict>,
	options: WaitOptions,
	clock: Clock,
): Promise<WaitEnd> {
	const start = clock.now();
	const tally: Tally = { looks: 0 };
	let delay = options.firstLookAfterMs;
	let failuresInRow = 0;
	let doubtfulSince: number | undefined;

	for (;;) {
		const timeLeft = start + options.timeoutMs - clock.now();
		if (delay > 0) await clock.sleep(Math.max(0, Math.min(delay, timeLeft)));
		const verdict = await look(Math.max(0, start + options.timeoutMs - clock.now()));
		tally.looks++;

		const doubt = doubtOf(verdict);
		if (verdict.kind === 'seen') {
			tally.generation = verdict.generation;
			if (!doubt && options.until(verdict.generation)) {
				return { kind: 'reached', generation: verdict.generation };
			}
		}
		if (verdict.kind === 'denied') return { kind: 'denied', trouble: verdict.trouble, tally };
		if (verdict.kind === 'unseen') tally.trouble = verdict.trouble;
		if (doubt) {
			tally.trouble = doubt;
			doubtfulSince ??= clock.now();
			if (clock.now() - doubtfulSince >= PATIENCE_MS) {
				return { kind: 'denied', trouble: doubt, tally };
			}
		} else if (verdict.kind === 'seen') {
			doubtfulSince = undefined;
		}

		const elapsed = clock.now() - start;
		if (elapsed >= options.timeoutMs) return { kind: 'deadline', tally };

		failuresInRow = verdict.kind === 'unseen' ? failuresInRow + 1 : 0;
		delay =
			verdict.kind === 'unseen'
				? backoffDelay(failuresInRow, clock.random(), verdict.retryAfterMs)
				: (options.pollingIntervalMs ?? adaptiveDelay(elapsed));
	}
}

function doubtOf(verdict: LookVerdict): Trouble | undefined {
	if (verdict.kind === 'absent') return verdict.trouble;
	if (verdict.kind !== 'seen') return undefined;
	const { phase, videoUrl } = verdict.generation;
	return phase === 'completed' && videoUrl === undefined ? WITHOUT_LINK : undefined;
}
