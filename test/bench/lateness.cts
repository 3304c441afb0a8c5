import type { LookVerdict } from '../../nodes/RunwayActTwo/aimlapi/answers';
import { FIRST_LOOK_AFTER_MS } from '../../nodes/RunwayActTwo/waiting/schedule';
import { waitForGeneration } from '../../nodes/RunwayActTwo/waiting/waitForGeneration';
import type { WaitOptions } from '../../nodes/RunwayActTwo/waiting/waitForGeneration';
import { virtualClock } from '../unit/virtualClock.cts';

const LENGTHS_SECONDS = [10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 900, 1200, 1500];
/** Real generations never take a round number of seconds: each length stands for 5 % around it. */
const SPREAD = 0.05;
const PHASES = 400;

export interface Lateness {
	seconds: number;
	looks: number;
}

export interface LatenessRow {
	generationSeconds: number;
	adaptive: Lateness;
	every10s: Lateness;
	every2s: Lateness;
}

/** When the node sees completion, by its own wait in virtual time: an answer takes no time here. */
export async function latenessTable(): Promise<LatenessRow[]> {
	return await Promise.all(
		LENGTHS_SECONDS.map(async (generationSeconds) => ({
			generationSeconds,
			adaptive: await averageLateness(generationSeconds, { firstLookAfterMs: FIRST_LOOK_AFTER_MS }),
			every10s: await averageLateness(generationSeconds, fixed(10_000)),
			every2s: await averageLateness(generationSeconds, fixed(2000)),
		})),
	);
}

type Schedule = Pick<WaitOptions, 'firstLookAfterMs' | 'pollingIntervalMs'>;

const fixed = (ms: number): Schedule => ({ firstLookAfterMs: ms, pollingIntervalMs: ms });

async function averageLateness(seconds: number, schedule: Schedule): Promise<Lateness> {
	let late = 0;
	let looks = 0;
	for (let phase = 0; phase < PHASES; phase++) {
		const durationMs = seconds * 1000 * (1 - SPREAD + (2 * SPREAD * (phase + 0.5)) / PHASES);
		const clock = virtualClock();
		await waitForGeneration(
			async () => {
				looks++;
				return clock.now() >= durationMs ? COMPLETED : RUNNING;
			},
			{ ...schedule, timeoutMs: Infinity, until: ({ phase: seen }) => seen !== 'running' },
			clock,
		);
		late += clock.now() - durationMs;
	}
	return { seconds: late / PHASES / 1000, looks: looks / PHASES };
}

const RUNNING: LookVerdict = {
	kind: 'seen',
	generation: { id: 'g', status: 'generating', phase: 'running' },
};
const COMPLETED: LookVerdict = {
	kind: 'seen',
	generation: { id: 'g', status: 'completed', phase: 'completed', videoUrl: 'https://v' },
};
