import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';

import { N8nClient } from '../../support/n8n/client.cts';
import type { Workflow } from '../../support/n8n/client.cts';
import { startN8n } from '../../support/n8n/n8n.cts';
import { ACT_TWO, actTwoWorkflow, triggerWorkflow } from '../../support/n8n/workflows.cts';
import { inspected } from '../shared/inspector.cts';
import { memoryOf, resetPeak, steadyMemoryMB } from '../shared/processes.cts';
import type { Fakes, RemoteFake } from '../shared/fakes.cts';

const VIDEOS = 200;
/** Long enough for all of them to be waited for at once. */
const GENERATION_MS = 180_000;
/** When the last generation has been created, and none has ended. */
const MEASURE_AFTER_MS = 60_000;
const MAX_MS = 900_000;
const LOOK_EVERY_MS = 5000;
/** Requests to n8n at once, as from a busy form. */
const CALLERS = 20;

/** What it takes n8n to have 200 videos made, each wanted by an execution of its own. */
export interface HeldCost {
	by: string;
	/** Executions that run at the same time, at most. */
	executionsAtOnce: number;
	/** What n8n refers to while they are generated, garbage collected, over what it did before, in MB. */
	liveMB: number;
	/** What n8n holds in memory at most, over what it held before, in MB. */
	peakMB: number;
}

/** Each way in an n8n of its own. */
export async function heldCosts(fakes: Fakes): Promise<HeldCost[]> {
	return [
		await heldCost(fakes, 'Create Video and Wait', 'createAndWait'),
		await heldCost(fakes, 'Create Video, then the trigger', 'create'),
	];
}

async function heldCost(
	fakes: Fakes,
	by: string,
	operation: 'create' | 'createAndWait',
): Promise<HeldCost> {
	const inspector = await inspected();
	const n8n = await startN8n({ env: inspector.env });
	try {
		const client = new N8nClient(n8n.url);
		await client.setUp();
		const fake = await fakes.start({ durationsMs: [GENERATION_MS] });
		const credential = await client.createAimlapiCredential(fake);
		const creating = await client.createWorkflow(
			byWebhook(actTwoWorkflow(credential, { operation, downloadVideo: false })),
		);
		await client.activate(creating.id);
		const trigger = await client.createWorkflow(
			triggerWorkflow(credential, { downloadVideo: false }),
		);
		if (operation === 'create') await client.activate(trigger.id);
		const before = await inspector.liveMB();
		const steadyMB = await steadyMemoryMB(n8n.pid);
		resetPeak(n8n.pid);

		let executionsAtOnce = 0;
		let liveMB = 0;
		const start = Date.now();
		const called = callWebhook(n8n.url);
		for (let isMeasured = false; !(await isDone(fake, client)); await sleep(LOOK_EVERY_MS)) {
			if (Date.now() - start > MAX_MS) throw new Error(`${by}: not all videos were ready in time`);
			executionsAtOnce = Math.max(executionsAtOnce, await runningCount(client));
			if (isMeasured || Date.now() - start < MEASURE_AFTER_MS) continue;
			isMeasured = true;
			liveMB = (await inspector.liveMB()) - before;
		}
		await called;
		return { by, executionsAtOnce, liveMB, peakMB: memoryOf(n8n.pid).peakMB - steadyMB };
	} finally {
		await n8n.stop();
	}
}

const PATH = 'animate';

/** Started by a webhook, which answers at once. */
function byWebhook({ nodes, ...workflow }: Omit<Workflow, 'id'>): Omit<Workflow, 'id'> {
	const node = nodes.filter(({ name }) => name === ACT_TWO);
	return {
		...workflow,
		nodes: [
			{
				id: 'webhook',
				name: 'Webhook',
				type: 'n8n-nodes-base.webhook',
				typeVersion: 2,
				position: [0, 0],
				webhookId: PATH,
				parameters: { httpMethod: 'POST', path: PATH, responseMode: 'onReceived', options: {} },
			},
			...node,
		],
		connections: { Webhook: { main: [[{ node: ACT_TWO, type: 'main', index: 0 }]] } },
	};
}

async function callWebhook(url: string): Promise<void> {
	let called = 0;
	const caller = async () => {
		while (called++ < VIDEOS) {
			const { body } = await request(`${url}/webhook/${PATH}`, {
				method: 'POST',
				// A connection kept for the next one may be closed by then.
				reset: true,
			});
			await body.dump();
		}
	};
	await Promise.all(Array.from({ length: CALLERS }, caller));
}

/** Whether all videos have been seen by somebody, and no execution runs any more. */
async function isDone(fake: RemoteFake, client: N8nClient): Promise<boolean> {
	const { requests } = await fake.log();
	const ready = requests.filter(({ generationStatus }) => generationStatus === 'completed');
	const seen = new Set(ready.map(({ generationId }) => generationId));
	return seen.size >= VIDEOS && (await runningCount(client)) === 0;
}

async function runningCount(client: N8nClient): Promise<number> {
	const filter = encodeURIComponent(JSON.stringify({ status: ['running'] }));
	const { count } = (await client.call('GET', `/executions?filter=${filter}&limit=1`)) as {
		count: number;
	};
	return count;
}
