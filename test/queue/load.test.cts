import { setTimeout as sleep } from 'node:timers/promises';

import { itemsOf } from '../support/n8n/client.cts';
import type { Execution } from '../support/n8n/client.cts';
import type { N8nProcess } from '../support/n8n/n8n.cts';
import { Recovery } from '../support/n8n/recovery.cts';
import { withFakeAimlapi } from '../support/n8n/session.cts';
import { ACT_TWO, actTwoWorkflow } from '../support/n8n/workflows.cts';
import { runTimes, startQueueSession } from './shared.cts';
import type { QueueSession } from './shared.cts';

const EXECUTIONS = 200;
/** As many as two workers of 10 executions each need several rounds for. */
const GENERATION_MS = 4000;
const KILLED_AFTER = 60;
const MAX_RUN_MS = 300_000;

let session: QueueSession;
let first: N8nProcess;
beforeAll(async () => {
	session = await startQueueSession();
	[first] = await Promise.all([session.queue.addWorker(), session.queue.addWorker()]);
}, 900_000);
afterAll(async () => await session?.queue.stop(), 60_000);

it(
	`${EXECUTIONS} executions over two workers, of which one is killed and replaced: all paid generations end as videos, none is paid twice`,
	async () => {
		const { client, queue } = session;
		await withFakeAimlapi(client, { durationMs: GENERATION_MS }, async (fake, credential) => {
			const parameters = {
				downloadVideo: false,
				options: { pollingInterval: 1, checkLinks: false },
			};
			const start = Date.now();
			const ids = await runTimes(client, EXECUTIONS, actTwoWorkflow(credential, parameters));
			await fake.until(() => fake.generations.length >= KILLED_AFTER, MAX_RUN_MS);
			first.kill('SIGKILL');
			await Promise.all([first.ended, queue.addWorker()]);

			const executions: Execution[] = [];
			for (const id of ids) executions.push(await client.ended(id, MAX_RUN_MS));
			const done = executions.filter(({ status }) => status === 'success');
			const lost = executions.filter(({ status }) => status !== 'success');
			expect(lost.length).toBeGreaterThan(0);

			const videoIds = new Set(done.map((execution) => itemsOf(execution, ACT_TWO)[0].json.id));
			const recovery = new Recovery(client, credential);
			await sleep(1000);
			const listed = await recovery.listSince(start);
			const paidByLost = lost.flatMap(({ id }) =>
				listed.filter(({ executionId }) => executionId === id),
			);
			const recovered = await recovery.wait(paidByLost.map(({ id }) => id));
			for (const { json } of recovered) {
				expect(json.status).toBe('completed');
				videoIds.add(json.id);
			}
			expect(videoIds).toEqual(new Set(fake.generations.map(({ id }) => id)));
			const executionsThatPaid = listed.map(({ executionId }) => executionId);
			expect(new Set(executionsThatPaid).size).toBe(executionsThatPaid.length);
			process.stdout.write(
				`Queue at load: ${done.length} executions succeeded, ${lost.length} ended with their worker; ${fake.generations.length} generations paid for, ${recovered.length} of them recovered by Get Many Videos and Wait for Video, 0 paid for twice\n`,
			);
		});
	},
	2 * MAX_RUN_MS,
);
