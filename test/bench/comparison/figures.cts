import { stringify } from 'flatted';

import type { Execution } from '../../support/n8n/client.cts';
import type { FakeLog } from '../shared/fakes.cts';

/** What one execution cost, by the fake API's log and n8n's own record of the execution. */
export interface Figures {
	/** Wall time over what it is compared with: see `comparedWithSeconds`. */
	ratio: number;
	/** From the first POST's arrival to the execution's end. */
	wallSeconds: number;
	/** The longest generation, or what the server's limits make unavoidable. */
	comparedWithSeconds: number;
	polls: number;
	/** The most requests that arrived in any one second. */
	requestsInBusiestSecond: number;
	/** The share of requests answered 429 after the first 10 seconds. */
	refusedShare: number;
	postsPerItem: number;
	nodeRuns: number;
	/** Length of the execution's data as n8n stores it. */
	executionBytes: number;
	/** Items that did not come out completed. */
	missingItems: number;
}

export interface Limits {
	maxConcurrent?: number;
	maxRequestsPerSecond?: number;
}

/** How long a client may take to find out what the server allows. */
const LEARNING_MS = 10_000;

export type Ended = Execution & { stoppedAt: string };

/** @param doneNode the node that returns what is completed, possibly in several runs */
export function figuresOf(
	{ requests, generations }: FakeLog,
	execution: Ended,
	items: number,
	doneNode: string,
	limits: Limits = {},
): Figures {
	const posts = requests.filter(({ kind }) => kind === 'create');
	const polls = requests.filter(({ kind }) => kind === 'retrieve');
	const later = requests.filter(({ at }) => at >= posts[0].at + LEARNING_MS);
	const wallSeconds = (Date.parse(execution.stoppedAt) - posts[0].at) / 1000;
	const durations = generations.map(({ durationMs }) => durationMs);
	const comparedWithSeconds = unavoidableMs(durations, limits) / 1000;
	const { runData } = execution.data.resultData;
	const done = (runData[doneNode] ?? [])
		.flatMap((run) => run.data?.main[0] ?? [])
		.filter(({ json }) => json.status === 'completed');
	return {
		ratio: wallSeconds / comparedWithSeconds,
		wallSeconds,
		comparedWithSeconds,
		polls: polls.length,
		requestsInBusiestSecond: mostWithin(
			1000,
			requests.map(({ at }) => at),
		),
		refusedShare: later.filter(({ status }) => status === 429).length / Math.max(1, later.length),
		postsPerItem: posts.length / items,
		nodeRuns: Object.values(runData).reduce((sum, runs) => sum + runs.length, 0),
		executionBytes: stringify(execution.data).length,
		missingItems: items - done.length,
	};
}

/**
 * The time that generations take when each starts as soon as the server has room for it, in the order of
 * their creation: the longest one where all fit at once. Each needs two requests, its POST and the poll
 * that finds it finished.
 */
export function unavoidableMs(
	durationsMs: number[],
	{ maxConcurrent = Infinity, maxRequestsPerSecond = Infinity }: Limits,
): number {
	const places = new Array<number>(Math.min(maxConcurrent, durationsMs.length)).fill(0);
	durationsMs.forEach((durationMs, index) => {
		const place = places.indexOf(Math.min(...places));
		const sentAt = Math.floor(index / maxRequestsPerSecond) * 1000;
		places[place] = Math.max(places[place], sentAt) + durationMs;
	});
	return Math.max(...places, ((2 * durationsMs.length) / maxRequestsPerSecond) * 1000);
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
