import type { PollVerdict } from '../../../nodes/RunwayActTwo/aimlapi/classify';
import { ACT_TWO } from '../../../nodes/RunwayActTwo/aimlapi/model';
import { initialPollDelay } from '../../../nodes/RunwayActTwo/polling/schedule';
import { pollUntil } from '../../../nodes/RunwayActTwo/polling/poll';
import type { PollOptions } from '../../../nodes/RunwayActTwo/polling/poll';
import { virtualClock } from '../../support/virtualClock.cts';

const LENGTHS_SECONDS = [10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 900, 1200, 1500];
/** Real generations never take a round number of seconds: each length stands for 5 % around it. */
const SPREAD = 0.05;
const PHASES = 400;

export interface Lateness {
	seconds: number;
	polls: number;
}

export interface LatenessRow {
	generationSeconds: number;
	adaptive: Lateness;
	every10s: Lateness;
	every2s: Lateness;
}

/** When the node sees completion, by its own polling in virtual time: a response takes no time here. */
export async function latenessTable(): Promise<LatenessRow[]> {
	return await Promise.all(
		LENGTHS_SECONDS.map(async (generationSeconds) => ({
			generationSeconds,
			adaptive: await averageLateness(generationSeconds, {
				initialDelayMs: initialPollDelay(ACT_TWO.typicalMs),
			}),
			every10s: await averageLateness(generationSeconds, fixed(10_000)),
			every2s: await averageLateness(generationSeconds, fixed(2000)),
		})),
	);
}

type Schedule = Pick<PollOptions, 'initialDelayMs' | 'pollingIntervalMs'>;

const fixed = (ms: number): Schedule => ({ initialDelayMs: ms, pollingIntervalMs: ms });

async function averageLateness(seconds: number, schedule: Schedule): Promise<Lateness> {
	let late = 0;
	let polls = 0;
	for (let phase = 0; phase < PHASES; phase++) {
		const durationMs = seconds * 1000 * (1 - SPREAD + (2 * SPREAD * (phase + 0.5)) / PHASES);
		const clock = virtualClock();
		await pollUntil(
			async () => {
				polls++;
				return clock.now() >= durationMs ? COMPLETED : RUNNING;
			},
			{
				...schedule,
				typicalMs: ACT_TWO.typicalMs,
				timeoutMs: Infinity,
				until: ({ phase: current }) => current !== 'running',
			},
			clock,
		);
		late += clock.now() - durationMs;
	}
	return { seconds: late / PHASES / 1000, polls: polls / PHASES };
}

const RUNNING: PollVerdict = {
	kind: 'found',
	generation: { id: 'g', status: 'generating', phase: 'running' },
};
const COMPLETED: PollVerdict = {
	kind: 'found',
	generation: { id: 'g', status: 'completed', phase: 'completed', videoUrl: 'https://v' },
};
