import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { itemsOf, N8nClient, OWNER } from '../n8n/client.cts';
import type { Execution } from '../n8n/client.cts';
import { startN8n } from '../n8n/n8n.cts';
import { ACT_TWO, TRIGGER } from '../n8n/workflows.cts';
import { startFakeAimlapi } from '../fakeAimlapi/server.cts';
import type { LoggedRequest, FakeAimlapi } from '../fakeAimlapi/server.cts';
import { setUpExample } from '../examples.cts';
import { NEWEST_RELEASE } from '../n8n/release.cts';

const { values: flags } = parseArgs({
	options: { once: { type: 'boolean', default: false }, port: { type: 'string' } },
});
const port = Number(flags.port ?? process.env.PORT ?? 5678);
const log = (line: string) => console.log(line);

/** Long enough for a person to see the statuses change. */
const FAKE_DURATION_MS = 15_000;
const MAX_RUN_MS = 35 * 60_000;

/** Before the editor is open, a signal ends all at once: n8n and npm end with this process. */
let onSignal: () => void = () => process.exit(130);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => onSignal());

async function main(): Promise<boolean> {
	if (!(await isFree(port))) {
		log(`Port ${port} is taken. Choose another one: npm run demo -- --port ${port + 1}`);
		return false;
	}
	const realKey = process.env.AIMLAPI_KEY;
	const fake = realKey ? undefined : await startFakeAimlapi({ durationMs: FAKE_DURATION_MS });
	if (realKey) log('AIMLAPI_KEY is set: this uses the real API and costs credits.');
	if (fake) showStatuses(fake);

	log(`Starting n8n ${NEWEST_RELEASE} …`);
	const n8n = await startN8n({ port, log });
	try {
		const client = new N8nClient(n8n.url);
		await client.setUp();
		const aimlapiApi = await client.createAimlapiCredential({
			key: realKey ?? fake?.key ?? '',
			url: fake?.url ?? 'https://api.aimlapi.com',
		});
		const example = setUpExample('animate-a-character', { aimlapiApi });
		const workflow = await client.createWorkflow(example);
		log('Running the workflow “Animate a character” …');
		const execution = await client.ended(await client.run(workflow, TRIGGER), MAX_RUN_MS);
		const done = await showResult(client, execution);
		if (!flags.once) {
			log(`\nOpen ${n8n.url}/workflow/${workflow.id}`);
			log(`E-mail ${OWNER.email}, password ${OWNER.password}. Ctrl-C ends n8n.`);
			await new Promise<void>((stop) => {
				onSignal = stop;
			});
		}
		return done;
	} finally {
		await n8n.stop();
		await fake?.close();
	}
}

function showStatuses(fake: FakeAimlapi): void {
	let shown = '';
	fake.on('answered', ({ kind, generationId, generationStatus }: LoggedRequest) => {
		const status = kind === 'create' ? 'queued' : generationStatus;
		if (status === undefined || status === shown) return;
		shown = status;
		log(`  ${status.padEnd(12)} generation ${generationId}`);
	});
}

async function showResult(client: N8nClient, execution: Execution): Promise<boolean> {
	const [item] = itemsOf(execution, ACT_TWO);
	const error = execution.data.resultData.error;
	if (!item || error) {
		log(`The workflow ended as ${execution.status}. ${error?.message ?? ''}`);
		return false;
	}
	log(`Link     ${item.json.videoUrl}`);
	log(`Expires  ${item.json.videoUrlExpiresAt}`);
	const video = item.binary?.data;
	if (!video) return false;
	const content = video.id ? await client.binary(video.id) : Buffer.from(video.data, 'base64');
	const file = join(mkdtempSync(join(tmpdir(), 'act-two-')), video.fileName ?? 'video.mp4');
	writeFileSync(file, content);
	log(`File     ${file} (${content.length} bytes)`);
	return true;
}

async function isFree(wanted: number): Promise<boolean> {
	return await new Promise((done) => {
		const server = createServer();
		server.once('error', () => done(false));
		server.listen(wanted, '127.0.0.1', () => server.close(() => done(true)));
	});
}

main().then(
	(done) => process.exit(done ? 0 : 1),
	(error: Error) => {
		log(error.message);
		process.exit(1);
	},
);
