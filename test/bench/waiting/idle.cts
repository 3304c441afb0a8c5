import { setTimeout as sleep } from 'node:timers/promises';

import { N8nClient } from '../../support/n8n/client.cts';
import { startN8n } from '../../support/n8n/n8n.cts';
import { actTwoWorkflow, TRIGGER } from '../../support/n8n/workflows.cts';
import { inspected } from '../shared/inspector.cts';
import { groupCpuSeconds } from '../shared/processes.cts';
import type { Fakes } from '../shared/fakes.cts';

const GENERATIONS = 200;
const MINUTE_MS = 60_000;
/** n8n works for a while after its start, and after a workflow has begun. */
const SETTLE_MS = 30_000;

export interface IdleCost {
	generations: number;
	idlePercentOfCore: number;
	waitingPercentOfCore: number;
	/** What waiting costs over an idle n8n. */
	addedPercentOfCore: number;
	/** What n8n refers to, garbage collected, at the start and after each of the minutes, in MB. */
	memoryMB: number[];
}

/** An n8n of its own, a minute idle and then waiting for 200 generations for `minutes`. */
export async function idleCost(fakes: Fakes, minutes: number): Promise<IdleCost> {
	const inspector = await inspected();
	const n8n = await startN8n({ env: inspector.env });
	try {
		const client = new N8nClient(n8n.url);
		await client.setUp();
		await sleep(SETTLE_MS);
		const idlePercentOfCore = await cpuOfMinute(n8n.pid);

		const fake = await fakes.start({ durationsMs: [3_600_000] });
		const workflow = actTwoWorkflow(
			await client.createAimlapiCredential(fake),
			{ options: { maxConcurrentGenerations: GENERATIONS, timeout: 7200 } },
			Array.from({ length: GENERATIONS }, () => ({})),
		);
		const id = await client.run(await client.createWorkflow(workflow), TRIGGER);
		await sleep(SETTLE_MS);
		const waiting: number[] = [];
		const memoryMB = [await inspector.liveMB()];
		for (let minute = 0; minute < minutes; minute++) {
			waiting.push(await cpuOfMinute(n8n.pid));
			memoryMB.push(await inspector.liveMB());
		}
		await client.stop(id);
		const waitingPercentOfCore = waiting.reduce((sum, part) => sum + part, 0) / minutes;
		return {
			generations: GENERATIONS,
			idlePercentOfCore,
			waitingPercentOfCore,
			addedPercentOfCore: waitingPercentOfCore - idlePercentOfCore,
			memoryMB,
		};
	} finally {
		await n8n.stop();
	}
}

async function cpuOfMinute(group: number): Promise<number> {
	const before = groupCpuSeconds(group);
	await sleep(MINUTE_MS);
	return ((groupCpuSeconds(group) - before) / (MINUTE_MS / 1000)) * 100;
}
