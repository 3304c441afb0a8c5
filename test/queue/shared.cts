import { N8nClient } from '../support/n8n/client.cts';
import type { Workflow } from '../support/n8n/client.cts';
import type { N8nProcess } from '../support/n8n/n8n.cts';
import { startQueue } from '../support/n8n/queue.cts';
import type { Queue } from '../support/n8n/queue.cts';
import { TRIGGER } from '../support/n8n/workflows.cts';

/** How long a worker that is told to end goes on with its executions, in seconds; n8n's default is 30. */
export const GRACE_SECONDS = 8;

/** The executions of a dead worker are given up sooner than by default, some two minutes. */
const IMPATIENT = {
	QUEUE_WORKER_LOCK_DURATION: '6000',
	QUEUE_WORKER_LOCK_RENEW_TIME: '1000',
	QUEUE_WORKER_STALLED_INTERVAL: '2000',
	N8N_GRACEFUL_SHUTDOWN_TIMEOUT: String(GRACE_SECONDS),
};

/** More than n8n has connections to its database time out on a busy machine. */
const MAX_STARTS_AT_ONCE = 20;

export interface QueueSession {
	queue: Queue;
	client: N8nClient;
}

/** n8n in queue mode with its owner, and no worker yet. */
export async function startQueueSession(): Promise<QueueSession> {
	const log = (line: string) => process.stdout.write(`${line}\n`);
	const queue = await startQueue({ env: IMPATIENT, log });
	const client = new N8nClient(queue.main.url);
	await client.setUp();
	return { queue, client };
}

/** Saves a workflow, starts it as often as asked for and returns the executions' IDs. */
export async function runTimes(
	client: N8nClient,
	times: number,
	workflow: Omit<Workflow, 'id'>,
): Promise<string[]> {
	const saved = await client.createWorkflow(workflow);
	const ids: string[] = [];
	while (ids.length < times) {
		const count = Math.min(MAX_STARTS_AT_ONCE, times - ids.length);
		const starts = Array.from({ length: count }, async () => await client.run(saved, TRIGGER));
		ids.push(...(await Promise.all(starts)));
	}
	return ids;
}

/** The executions that a worker has started, among these. */
export function startedBy(worker: N8nProcess, executionIds: string[]): string[] {
	const log = worker.log();
	return executionIds.filter((id) => log.includes(`Worker started execution ${id} `));
}
