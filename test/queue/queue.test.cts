import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { itemsOf } from '../support/n8n/client.cts';
import type { Workflow } from '../support/n8n/client.cts';
import type { N8nProcess } from '../support/n8n/n8n.cts';
import {
	ACT_TWO,
	actTwoWorkflow,
	createThenWait,
	TRIGGER,
	triggerWorkflow,
	USE_THE_VIDEO,
	VIDEO_TRIGGER,
} from '../support/n8n/workflows.cts';
import * as fault from '../support/fakeAimlapi/faults.cts';
import { withFakeAimlapi } from '../support/n8n/session.cts';
import { startFakeAimlapi } from '../support/fakeAimlapi/server.cts';
import type { LoggedRequest, FakeAimlapi } from '../support/fakeAimlapi/server.cts';
import { GRACE_SECONDS, runTimes, startedBy, startQueueSession } from './shared.cts';
import type { QueueSession } from './shared.cts';
import { addTable, EVERY_MINUTE, executionsOf, rowsOf, survivor } from './survivor.cts';
import type { DataTable } from './survivor.cts';

const VIDEO = readFileSync('test/support/fakeAimlapi/assets/video.mp4');
const QUICK = { options: { pollingInterval: 1 } };

let session: QueueSession;
let first: N8nProcess;
let second: N8nProcess;
beforeAll(async () => {
	session = await startQueueSession();
	[first, second] = await Promise.all([session.queue.addWorker(), session.queue.addWorker()]);
}, 900_000);
afterAll(async () => await session?.queue.stop(), 60_000);

it('50 executions at once: all finish, one POST each, on both workers', async () => {
	await withFakeAimlapi(session.client, { durationMs: 1000 }, async (fake, credential) => {
		const ids = await runTimes(session.client, 50, actTwoWorkflow(credential, QUICK));
		for (const id of ids) {
			const execution = await session.client.ended(id);
			expect(execution.status).toBe('success');
			expect(itemsOf(execution, ACT_TWO)[0].json.status).toBe('completed');
		}
		expect(fake.count('create')).toBe(50);
		const shares = [first, second].map((worker) => startedBy(worker, ids).length);
		expect(Math.min(...shares)).toBeGreaterThan(0);
		expect(shares[0] + shares[1]).toBe(50);
	});
});

it('the file comes through the database, byte for byte', async () => {
	await withFakeAimlapi(session.client, { durationMs: 500 }, async (_, credential) => {
		const [id] = await runTimes(session.client, 1, actTwoWorkflow(credential, QUICK));
		const [{ binary }] = itemsOf(await session.client.ended(id), ACT_TWO);
		expect(binary?.data.id).toMatch(/^database:/);
		const content = await session.client.binary(binary?.data.id as string);
		expect(content.equals(VIDEO)).toBe(true);
	});
});

/** The workflow's last node gives the SHA-256 of the file that a worker hands it. */
function withDigest({ nodes, ...workflow }: Omit<Workflow, 'id'>): Omit<Workflow, 'id'> {
	const digest = {
		type: 'n8n-nodes-base.crypto',
		parameters: { action: 'hash', type: 'SHA256', binaryData: true, binaryPropertyName: 'data' },
	};
	return { ...workflow, nodes: [nodes[0], { ...nodes[1], ...digest }] };
}

it('one workflow creates, another gets each video once, and no worker waits in between', async () => {
	const { client } = session;
	const api = { durationMs: 5000, logsAfterEnd: true };
	await withFakeAimlapi(client, api, async (fake, credential) => {
		const trigger = await client.createWorkflow(withDigest(triggerWorkflow(credential)));
		await client.activate(trigger.id);
		const create = actTwoWorkflow(credential, { operation: 'create' });
		for (const id of await runTimes(client, 10, create)) {
			expect((await client.ended(id)).status).toBe('success');
		}
		const wanted = fake.generations.map(({ id }) => id).sort();
		const given = async () => {
			const started = await client.executionsOf(trigger.id);
			const ended = await Promise.all(started.map(async ({ id }) => await client.ended(id)));
			return ended.flatMap((execution) => itemsOf(execution, VIDEO_TRIGGER));
		};
		for (let waited = 0; (await given()).length < wanted.length && waited < 130; waited++) {
			await sleep(1000);
		}
		await sleep(63_000);
		await client.deactivate(trigger.id);
		const items = await given();
		expect(items.map(({ json }) => json.id as string).sort()).toEqual(wanted);
		// Each by the trigger, once it had ended; none by an execution that waits.
		expect(fake.count('retrieve')).toBe(wanted.length);
		expect(items[0].binary?.data.id).toMatch(/^database:/);
		// n8n shows nobody a file that a polling trigger brought from the database, so a node reads it.
		const [{ id }] = await client.executionsOf(trigger.id);
		const [{ json }] = itemsOf(await client.ended(id), USE_THE_VIDEO);
		expect(json.data).toBe(createHash('sha256').update(VIDEO).digest('hex'));
	});
}, 300_000);

it('Stop reaches the worker within a second, and Retry waits on', async () => {
	await withFakeAimlapi(session.client, { durationMs: 10_000 }, async (fake, credential) => {
		const [id] = await runTimes(session.client, 1, actTwoWorkflow(credential, QUICK));
		await fake.until(() => fake.count('retrieve') > 0, 30_000);
		await session.client.stop(id);
		await sleep(1000);
		const before = fake.requests.length;
		// Long enough for several polls, had one been left.
		await sleep(3000);
		expect(fake.requests).toHaveLength(before);

		const generationId = fake.generations[0].id;
		const stopped = await session.client.ended(id);
		expect(stopped.status).toBe('canceled');
		// n8n's main process saves custom data, but hears nothing of it from the worker after a stop.
		expect(stopped.customData).toEqual({});
		expect(stopped.data.resultData.metadata).toEqual({ actTwoGenerations1: generationId });
		const again = await session.client.ended(await session.client.retry(id));
		expect(itemsOf(again, ACT_TWO)[0].json).toMatchObject({
			id: generationId,
			status: 'completed',
		});
		expect(fake.count('create')).toBe(1);
	});
});

describe('one worker is told to end, the other is killed', () => {
	const LONG = 4;
	let fake: FakeAimlapi;
	let unfinished: string[];
	let short: string[];
	let table: DataTable;
	let example: Workflow;

	beforeAll(async () => {
		const { client, queue } = session;
		fake = await startFakeAimlapi({
			durationMs: (index) => (index < LONG ? 3_600_000 : (GRACE_SECONDS * 1000) / 2),
		});
		const credential = await client.createAimlapiCredential(fake);
		unfinished = [
			...(await runTimes(client, LONG / 2, actTwoWorkflow(credential, QUICK))),
			...(await runTimes(client, LONG / 2, createThenWait(credential))),
		];
		await fake.until(() => fake.count('create') === LONG, 30_000);

		table = await addTable(client);
		example = await client.createWorkflow(survivor(credential));
		expect((await client.ended(await client.run(example, TRIGGER))).status).toBe('success');
		const { id } = fake.generations[LONG];
		const isPollOfExample = ({ path }: LoggedRequest) => path.includes(id);
		fake.fail('retrieve', fault.hang, 1, isPollOfExample);
		await client.run(example, EVERY_MINUTE);
		await fake.until(() => fake.requests.some(isPollOfExample), 30_000);

		short = await runTimes(client, 4, actTwoWorkflow(credential, QUICK));
		await fake.until(() => fake.count('create') === LONG + 5, 30_000);
		for (const worker of [first, second]) {
			expect(startedBy(worker, unfinished)).not.toHaveLength(0);
			expect(startedBy(worker, short)).not.toHaveLength(0);
		}
		first.kill('SIGTERM');
		await Promise.all([first.ended, queue.addWorker()]);
		second.kill('SIGKILL');
		await second.ended;
		await client.activate(example.id);
	}, 120_000);
	afterAll(async () => await fake?.close());

	it('the one told to end finishes what ends in time', async () => {
		for (const id of short) expect((await session.client.ended(id)).status).toBe('success');
	});

	it('all else ends without its data, and nothing is paid twice, not even by Retry', async () => {
		for (const id of unfinished) {
			const { status, customData, data } = await session.client.ended(id);
			expect(status).toBe('error');
			expect(data.resultData.error?.message).toContain('failed to be processed too many times');
			expect(data.resultData.runData).toEqual({});
			expect(customData).toEqual({});
			const again = await session.client.ended(await session.client.retry(id));
			expect(again.status).toBe('error');
			expect(again.data.resultData.runData).toEqual({});
		}
		expect(fake.count('create')).toBe(LONG + 5);
	});

	it('Get Many Videos alone brings the video of a killed worker', async () => {
		const { client } = session;
		const [paid] = fake.generations;
		paid.durationMs = 0;
		const credential = await client.createAimlapiCredential(fake);
		const [listing] = await runTimes(
			client,
			1,
			actTwoWorkflow(credential, { operation: 'getMany', returnAll: true }),
		);
		const listed = itemsOf(await client.ended(listing), ACT_TWO).map(({ json }) => json);
		const found = listed.find(({ executionId }) => executionId === executionOf(paid));
		expect(unfinished).toContain(found?.executionId);
		expect(found?.id).toBe(paid.id);
		const [waiting] = await runTimes(
			client,
			1,
			actTwoWorkflow(credential, { operation: 'wait', generationId: found?.id }),
		);
		const [{ json, binary }] = itemsOf(await client.ended(waiting), ACT_TWO);
		expect(json).toMatchObject({ id: paid.id, status: 'completed' });
		expect((await client.binary(binary?.data.id as string)).equals(VIDEO)).toBe(true);
		expect(fake.count('create')).toBe(LONG + 5);
	});

	it('the example “Survive a crash” brings the video all the same', async () => {
		const { client } = session;
		const { id } = fake.generations[LONG];
		const noted = async () => await rowsOf(client, table);
		// The schedule is n8n's: once a minute.
		for (const end = Date.now() + 100_000; !(await noted())[0].done && Date.now() < end; ) {
			await sleep(1000);
		}
		expect(await noted()).toMatchObject([{ generationId: id, done: true }]);
		const [scheduled] = await executionsOf(client, example);
		const [{ json, binary }] = itemsOf(await client.ended(scheduled), 'Use the Video');
		expect(json).toMatchObject({ id, status: 'completed' });
		expect((await client.binary(binary?.data.id as string)).equals(VIDEO)).toBe(true);
		expect(fake.count('create')).toBe(LONG + 5);
	});
});

/** The execution that a generation came from, by the request ID that the fake API was sent. */
function executionOf({ clientRequestId }: { clientRequestId?: string }): string | undefined {
	return clientRequestId?.split('.')[1];
}
