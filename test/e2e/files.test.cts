import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { request } from 'undici';

import { ACT_TWO, actTwoWorkflow } from '../support/n8n/workflows.cts';
import * as fault from '../support/fakeAimlapi/faults.cts';
import { itemsOf } from '../support/n8n/client.cts';
import { openForm, postForm } from '../support/n8n/form.cts';
import { listen } from '../support/services/http.cts';
import { NEWEST_RELEASE, RELEASE } from '../support/n8n/release.cts';
import { runWorkflow, startN8nSession, withFakeAimlapi } from '../support/n8n/session.cts';
import type { N8nSession } from '../support/n8n/session.cts';

const PUBLIC = 'https://n8n.example.com';
/** Above what fits into a data URI, below what Runway fetches. */
const IMAGE = Buffer.concat([
	readFileSync('test/support/fakeAimlapi/assets/character.png'),
	Buffer.alloc(6_000_000),
]);

let session: N8nSession;
beforeAll(async () => {
	const env = { WEBHOOK_URL: `${PUBLIC}/`, N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem' };
	session = await startN8nSession(env);
}, 900_000);
afterAll(async () => await session?.n8n.stop());

/** An item whose file came by n8n's HTTP Request node, served as this type. */
async function createFrom(
	contentType: string,
	credential: string,
	parameters = {},
	settings = {},
	workflowSettings = {},
) {
	const server = await listen(
		createServer((_, response) => {
			response.writeHead(200, { 'content-type': contentType }).end(IMAGE);
		}),
	);
	try {
		const { nodes, ...rest } = actTwoWorkflow(
			credential,
			{ operation: 'create', characterSource: 'file', ...parameters },
			[{}],
			settings,
		);
		const response = { response: { responseFormat: 'file', outputPropertyName: 'character' } };
		const fetching = {
			type: 'n8n-nodes-base.httpRequest',
			typeVersion: 4.2,
			parameters: { url: `http://127.0.0.1:${server.port}/face.png`, options: { response } },
		};
		return await runWorkflow(session.client, {
			...rest,
			settings: { executionOrder: 'v1', ...workflowSettings },
			nodes: nodes.map((node) => (node.name === 'Items' ? { ...node, ...fetching } : node)),
		});
	} finally {
		await server.close();
	}
}

describe(`in n8n ${RELEASE} at a public address`, () => {
	it('a large file is sent as a temporary link, from which anybody gets the very file', async () => {
		await withFakeAimlapi(session.client, {}, async (fake, credential) => {
			const execution = await createFrom('image/png', credential);
			expect(itemsOf(execution, ACT_TWO)[0].json.status).toBe('queued');
			const { character } = fake.requests[0].body as { character: { url: string } };
			const { origin, pathname, search } = new URL(character.url);
			expect(origin).toBe(PUBLIC);
			const { headers, body } = await request(session.n8n.url + pathname + search);
			expect(headers['content-type']).toContain('image/png');
			expect(Buffer.from(await body.arrayBuffer()).equals(IMAGE)).toBe(true);
		});
	});

	it('the same file by another link is not bought again by Retry On Fail', async () => {
		await withFakeAimlapi(session.client, { durationMs: 60_000 }, async (fake, credential) => {
			const waiting = {
				operation: 'createAndWait',
				options: { pollingInterval: 1, timeout: 1 },
			};
			const settings = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1000 };
			const execution = await createFrom('image/png', credential, waiting, settings);
			expect(execution.status).toBe('error');
			expect(fake.count('create')).toBe(1);
			expect(fake.count('retrieve')).toBeGreaterThan(1);
		});
	});

	it('a large file with a wrong declared type is served under its true one', async () => {
		await withFakeAimlapi(session.client, {}, async (fake, credential) => {
			const execution = await createFrom('application/octet-stream', credential);
			expect(execution.status).toBe('success');
			const { character } = fake.requests[0].body as { character: { url: string } };
			const { pathname, search } = new URL(character.url);
			const { headers, body } = await request(session.n8n.url + pathname + search);
			expect(headers['content-type']).toContain('image/png');
			expect(Buffer.from(await body.arrayBuffer()).equals(IMAGE)).toBe(true);
		});
	});

	/** Sends a form of one file field, which the node takes as its character. */
	async function submit(
		credential: string,
		parameters: object,
		files: Buffer[],
		{ multipleFiles = true, label = 'Character' } = {},
	) {
		const file = { characterSource: 'file', characterBinaryPropertyName: label };
		const { nodes, ...rest } = actTwoWorkflow(credential, { ...file, ...parameters });
		const field = { fieldLabel: label, fieldType: 'file', multipleFiles };
		const form = {
			type: 'n8n-nodes-base.formTrigger',
			typeVersion: 2.2,
			webhookId: randomUUID(),
			parameters: { formTitle: 'Animate', formFields: { values: [field] }, options: {} },
		};
		const [trigger, items, actTwo] = nodes;
		const workflow = await session.client.createWorkflow({
			...rest,
			nodes: [{ ...trigger, ...form }, actTwo],
			connections: { [trigger.name]: rest.connections[items.name] },
		});
		await session.client.activate(workflow.id);
		const url = `${session.n8n.url}/form/${form.webhookId}`;
		const [input] = await openForm(url);
		const photos = files.map((bytes) => new File([bytes], 'me.png', { type: 'image/png' }));
		await postForm(url, { [input.name]: photos });
		const execution = await session.client.startedElsewhere(workflow.id);
		await session.client.deactivate(workflow.id);
		return execution;
	}

	const PHOTO = readFileSync('test/support/fakeAimlapi/assets/character.png');

	it('a form field with several files gives its first', async () => {
		await withFakeAimlapi(session.client, {}, async (fake, credential) => {
			const execution = await submit(credential, { operation: 'create' }, [PHOTO, IMAGE]);
			expect(execution.data.resultData.error?.message).toBeUndefined();
			const { character } = fake.requests[0].body as { character: { url: string } };
			expect(character.url).toBe(`data:image/png;base64,${PHOTO.toString('base64')}`);
		});
	});

	it('a Retry after a form pays nothing again, though n8n has moved its file', async () => {
		await withFakeAimlapi(session.client, {}, async (fake, credential) => {
			fake.fail('retrieve', fault.status(401), 1);
			const one = { multipleFiles: false, label: 'data' };
			const quick = { downloadVideo: false, options: { pollingInterval: 1 } };
			const first = await submit(credential, quick, [PHOTO], one);
			expect(first.status).toBe('error');
			const second = await session.client.ended(await session.client.retry(first.id));
			expect(itemsOf(second, ACT_TWO)[0].json.id).toBe(fake.generations[0].id);
			expect(fake.count('create')).toBe(1);
		});
	});

	const WAYS: Array<[way: string, value: string, settings: object]> = [
		['an expression for a file of an earlier node', "={{ $('Items').item.binary.character }}", {}],
		['$binary', '={{ $binary.character }}', {}],
		['a bare name in combined mode', 'character', { binaryMode: 'combined' }],
	];
	// n8n 1 knows no combined mode.
	if (RELEASE === NEWEST_RELEASE) {
		WAYS.push([
			'its path in combined mode',
			'={{ $json._files.character }}',
			{ binaryMode: 'combined' },
		]);
	}

	it.each(WAYS)('takes a file by %s', async (_, characterBinaryPropertyName, settings) => {
		await withFakeAimlapi(session.client, {}, async (fake, credential) => {
			const file = { characterBinaryPropertyName };
			const execution = await createFrom('image/png', credential, file, {}, settings);
			expect(execution.data.resultData.error?.message).toBeUndefined();
			expect(fake.count('create')).toBe(1);
		});
	});
});
