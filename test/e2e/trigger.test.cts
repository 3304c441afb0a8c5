import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { itemsOf, N8nClient } from '../support/n8n/client.cts';
import type { Execution } from '../support/n8n/client.cts';
import { startN8n } from '../support/n8n/n8n.cts';
import type { N8n } from '../support/n8n/n8n.cts';
import { RELEASE } from '../support/n8n/release.cts';
import {
	ACT_TWO,
	actTwoWorkflow,
	TRIGGER,
	triggerWorkflow,
	VIDEO_TRIGGER,
} from '../support/n8n/workflows.cts';
import { startFakeAimlapi } from '../support/fakeAimlapi/server.cts';
import type { FakeAimlapi } from '../support/fakeAimlapi/server.cts';

const VIDEO = readFileSync('test/support/fakeAimlapi/assets/video.mp4');
/** n8n polls once a minute. */
const POLL_MS = 60_000;
const GENERATION_MS = 8000;

let n8n: N8n;
let fake: FakeAimlapi;
afterAll(async () => {
	await n8n?.stop();
	await fake?.close();
});

/** The items of all executions that the trigger started. */
async function given(client: N8nClient, workflowId: string): Promise<string[]> {
	const started = await client.executionsOf(workflowId);
	const ended = await Promise.all(started.map(async ({ id }) => await client.ended(id)));
	return ended.flatMap((execution) =>
		itemsOf(execution, VIDEO_TRIGGER).map(({ json }) => json.id as string),
	);
}

it(`in n8n ${RELEASE}: one workflow creates, n8n is killed, and another gets each video once`, async () => {
	fake = await startFakeAimlapi({ durationMs: GENERATION_MS });
	n8n = await startN8n({ release: RELEASE });
	const { userFolder } = n8n;
	const port = Number(new URL(n8n.url).port);
	const client = new N8nClient(n8n.url);
	await client.setUp();
	const credential = await client.createAimlapiCredential(fake);

	// Of before: nobody waits for it.
	const create = await client.createWorkflow(
		actTwoWorkflow(credential, { operation: 'create' }, [{}, {}]),
	);
	const created = async (): Promise<string[]> => {
		const execution: Execution = await client.ended(await client.run(create, TRIGGER));
		return itemsOf(execution, ACT_TWO).map(({ json }) => json.id as string);
	};
	await created();
	await sleep(GENERATION_MS + 1500);

	const trigger = await client.createWorkflow(triggerWorkflow(credential));
	await client.activate(trigger.id);
	await sleep(1500);
	const beforeTheKill = await created();
	n8n.kill('SIGKILL');
	await n8n.ended;
	await sleep(GENERATION_MS);

	n8n = await startN8n({ release: RELEASE, userFolder, port });
	await client.startedElsewhere(trigger.id, POLL_MS * 2);
	expect((await given(client, trigger.id)).sort()).toEqual(beforeTheKill.sort());

	// The next ones come by the minute's poll, with their files.
	const after = await created();
	await sleep(POLL_MS + GENERATION_MS + 3000);
	expect((await given(client, trigger.id)).sort()).toEqual([...beforeTheKill, ...after].sort());
	const [{ id }] = await client.executionsOf(trigger.id);
	const [{ binary }] = itemsOf(await client.ended(id), VIDEO_TRIGGER);
	const content = binary?.data.id
		? await client.binary(binary.data.id)
		: Buffer.from(binary?.data.data ?? '', 'base64');
	expect(content.equals(VIDEO)).toBe(true);
	expect(fake.count('create')).toBe(6);
	await client.deactivate(trigger.id);
}, 400_000);
