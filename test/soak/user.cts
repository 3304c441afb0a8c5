import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { itemsOf } from '../support/n8n/client.cts';
import type { Execution, Item, N8nClient } from '../support/n8n/client.cts';
import { Recovery } from '../support/n8n/recovery.cts';
import type { Listed } from '../support/n8n/recovery.cts';
import { TRIGGER } from '../support/n8n/workflows.cts';
import { resultNodeOf, workflowOf } from './jobs.cts';
import type { Job } from './jobs.cts';

const VIDEO = readFileSync('test/support/fakeAimlapi/assets/video.mp4');

/** A creation without a response is given up after 2 minutes, and searched for after that. */
const MAX_RUN_MS = 400_000;
const ASK_EVERY_MS = 500;
/** A request of an execution that has ended may still be on its way. */
const ON_ITS_WAY_MS = 1000;
const MAX_ROUNDS = 8;

/** What was done, and what came of it. */
export interface Tally {
	executions: Record<string, number>;
	stops: number;
	retries: number;
	/** Videos that came by Get Many Videos, Wait for Video or Get Video. */
	recovered: number;
	/** From the first execution of a job until its last video. */
	longestJobMs: number;
	wanted: Set<number>;
	/** Generation IDs by seed. */
	videos: Map<number, string>;
}

export const newTally = (): Tally => ({
	executions: {},
	stops: 0,
	retries: 0,
	recovered: 0,
	longestJobMs: 0,
	wanted: new Set(),
	videos: new Map(),
});

/** Somebody who wants all the videos of a job, and pays for none of them twice. */
export class User {
	private readonly recovery: Recovery;

	/** @param logsLagMs how long after a creation AIMLAPI's logs show it */
	constructor(
		private readonly client: N8nClient,
		private readonly credentialId: string,
		private readonly logsLagMs: number,
		readonly tally: Tally,
	) {
		this.recovery = new Recovery(client, credentialId, (execution) => this.count(execution));
	}

	/** Starts executions until there is a video for each item, or that seems hopeless. */
	async do(job: Job): Promise<void> {
		const start = Date.now();
		for (const seed of job.seeds) this.tally.wanted.add(seed);
		for (let round = 0; round < MAX_ROUNDS; round++) {
			const seeds = job.seeds.filter((seed) => !this.tally.videos.has(seed));
			if (seeds.length === 0) break;
			await this.attempt(job, seeds, round === 0 ? job.stopAfterMs : undefined);
		}
		this.tally.longestJobMs = Math.max(this.tally.longestJobMs, Date.now() - start);
	}

	/** One execution with its retries, and all that it paid for. */
	private async attempt(job: Job, seeds: number[], stopAfterMs?: number): Promise<void> {
		const workflow = await this.client.createWorkflow(workflowOf(job, this.credentialId, seeds));
		const start = Date.now();
		const ids = [await this.client.run(workflow, TRIGGER)];
		if (stopAfterMs !== undefined) await this.stop(ids[0], stopAfterMs);
		let execution = await this.ended(ids[0]);
		while (execution.status === 'error' && ids.length <= job.retries) {
			this.tally.retries++;
			ids.push(await this.client.retry(execution.id));
			execution = await this.ended(ids[ids.length - 1]);
		}

		const items = itemsOf(execution, resultNodeOf(job));
		const generationIds = await this.keep(seeds, items);
		const unknown = () =>
			seeds.filter((seed) => !this.tally.videos.has(seed) && !generationIds.has(seed));
		if (unknown().length > 0) {
			await sleep(this.logsLagMs + ON_ITS_WAY_MS);
			const rows = (await this.recovery.listSince(start)).filter(({ executionId = '' }) =>
				ids.includes(executionId),
			);
			for (const row of rows) {
				const seed = seeds[itemIndexOf(row)];
				if (unknown().includes(seed)) generationIds.set(seed, row.id);
			}
		}
		await this.fetch(generationIds);
	}

	/** Keeps the videos of an execution; returns the IDs of those that it only names. */
	private async keep(seeds: number[], items: Item[]): Promise<Map<number, string>> {
		const named = new Map<number, string>();
		for (const item of items) {
			const seed = seeds[(item.pairedItem as { item: number }).item];
			const error = item.json.error as { generationId?: string } | undefined;
			const id = error ? error.generationId : (item.json.id as string);
			if (await this.isVideo(item)) this.tally.videos.set(seed, id as string);
			else if (id !== undefined) named.set(seed, id);
		}
		return named;
	}

	/** Gets the videos of known generations, by Wait for Video and then by Get Video. */
	private async fetch(generationIds: Map<number, string>): Promise<void> {
		for (let round = 0; round < MAX_ROUNDS && generationIds.size > 0; round++) {
			const by = round === 0 ? 'wait' : 'get';
			const items = await this.recovery[by]([...generationIds.values()]);
			const files = await Promise.all(items.map(async (item) => await this.isVideo(item)));
			const found = items.filter((_, index) => files[index]).map(({ json }) => json.id);
			for (const [seed, id] of generationIds) {
				if (!found.includes(id)) continue;
				this.tally.recovered++;
				this.tally.videos.set(seed, id);
				generationIds.delete(seed);
			}
		}
	}

	private async isVideo({ json, binary }: Item): Promise<boolean> {
		const id = binary?.data?.id;
		return (
			json.status === 'completed' &&
			id !== undefined &&
			(await this.client.binary(id)).equals(VIDEO)
		);
	}

	private async stop(id: string, afterMs: number): Promise<void> {
		await sleep(afterMs);
		// n8n refuses to stop what has ended.
		await this.client.stop(id).then(
			() => this.tally.stops++,
			() => {},
		);
	}

	private async ended(id: string): Promise<Execution> {
		const execution = await this.client.ended(id, MAX_RUN_MS, ASK_EVERY_MS);
		this.count(execution);
		return execution;
	}

	private count({ status }: Execution): void {
		const { executions } = this.tally;
		executions[status] = (executions[status] ?? 0) + 1;
	}
}

/** The request ID of a creation names the execution, the run and the item. */
function itemIndexOf({ clientRequestId = '' }: Listed): number {
	return Number(clientRequestId.split('.')[3]);
}
