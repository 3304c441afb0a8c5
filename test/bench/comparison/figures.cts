import { stringify } from 'flatted';

import type { Execution } from '../../support/n8n/client.cts';
import type { FakeLog } from '../shared/fakes.cts';

/** What one execution cost, by the fake API's log and n8n's own record of the execution. */
export interface Figures {
	/** Wall time over what it is compared with: see `comparedWithSeconds`. */
	ratio: number;
	/** From the first POST's arrival to the execution's end. */
	wallSeconds: number;
	/** The longest generation, or what the server's limit makes unavoidable. */
	comparedWithSeconds: number;
	polls: number;
	/** The most polls that arrived in any one second. */
	pollsInBusiestSecond: number;
	postsPerItem: number;
	nodeRuns: number;
	/** Length of the execution's data as n8n stores it. */
	executionBytes: number;
	/** Items that did not come out completed. */
	missingItems: number;
}

export type Ended = Execution & { stoppedAt: string };

/** @param doneNode the node that returns what is completed, possibly in several runs */
export function figuresOf(
	{ requests, generations }: FakeLog,
	execution: Ended,
	items: number,
	doneNode: string,
	maxConcurrent = Infinity,
): Figures {
	const posts = requests.filter(({ kind }) => kind === 'create');
	const polls = requests.filter(({ kind }) => kind === 'retrieve').map(({ at }) => at);
	const wallSeconds = (Date.parse(execution.stoppedAt) - posts[0].at) / 1000;
	const durations = generations.map(({ durationMs }) => durationMs);
	const comparedWithSeconds = unavoidableMs(durations, maxConcurrent) / 1000;
	const { runData } = execution.data.resultData;
	const done = (runData[doneNode] ?? [])
		.flatMap((run) => run.data?.main[0] ?? [])
		.filter(({ json }) => json.status === 'completed');
	return {
		ratio: wallSeconds / comparedWithSeconds,
		wallSeconds,
		comparedWithSeconds,
		polls: polls.length,
		pollsInBusiestSecond: mostWithin(1000, polls),
		postsPerItem: posts.length / items,
		nodeRuns: Object.values(runData).reduce((sum, runs) => sum + runs.length, 0),
		executionBytes: stringify(execution.data).length,
		missingItems: items - done.length,
	};
}

/**
 * The time that generations take when each starts as soon as the server has room, in the order of
 * their creation: the longest one where all fit at once.
 */
export function unavoidableMs(durationsMs: number[], maxConcurrent: number): number {
	const places = new Array<number>(Math.min(maxConcurrent, durationsMs.length)).fill(0);
	for (const durationMs of durationsMs) {
		places[places.indexOf(Math.min(...places))] += durationMs;
	}
	return Math.max(...places);
}

/** The most of `times` that lie within any `ms` milliseconds. */
export function mostWithin(ms: number, times: number[]): number {
	const sorted = [...times].sort((a, b) => a - b);
	let most = 0;
	for (let first = 0, last = 0; last < sorted.length; last++) {
		while (sorted[last] - sorted[first] >= ms) first++;
		most = Math.max(most, last - first + 1);
	}
	return most;
}

/** How late the completion of each generation was seen, in milliseconds. */
export function latenessMs({ requests, generations }: FakeLog): number[] {
	return generations.map(({ id, createdAt, durationMs }) => {
		const seen = requests.find(
			({ generationId, generationStatus }) =>
				generationId === id && generationStatus === 'completed',
		);
		return (seen?.at ?? NaN) - createdAt - durationMs;
	});
}
