import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { setUpExample } from '../support/examples.cts';
import { itemsOf } from '../support/n8n/client.cts';
import type { Execution, Workflow, WorkflowNode } from '../support/n8n/client.cts';
import { RELEASE } from '../support/n8n/release.cts';
import { startN8nSession, withFakeAimlapi } from '../support/n8n/session.cts';
import type { N8nSession } from '../support/n8n/session.cts';
import { TRIGGER } from '../support/n8n/workflows.cts';
import { startServices } from '../support/services/index.cts';
import type { Services } from '../support/services/index.cts';
import type { Turn } from '../support/services/openai.cts';

const VIDEO = readFileSync('test/support/fakeAimlapi/assets/video.mp4');
const LINKS = {
	Character_URL: 'https://example.com/face.png',
	Reference_Video_URL: 'https://example.com/dance.mp4',
};
/** Longer than the 60 s after which n8n's MCP Client gives up. */
const LONG_MS = 65_000;
const TOKEN = 'token-of-the-mcp-server';

const folder = mkdtempSync(join(tmpdir(), 'act-two-patience-'));
const credentials: Record<string, string> = {};
let services: Services;
let session: N8nSession;

beforeAll(async () => {
	services = await startServices({ folder });
	session = await startN8nSession(services.env);
	const { telegram, openai } = services;
	const given = {
		telegramApi: { accessToken: telegram.token, baseUrl: 'https://api.telegram.org' },
		openAiApi: { apiKey: openai.key, url: openai.url },
		httpBearerAuth: { token: TOKEN },
	};
	for (const [type, data] of Object.entries(given)) {
		credentials[type] = (await session.client.createCredential(type, type, data)).id;
	}
}, 900_000);
afterAll(async () => {
	await session?.n8n.stop();
	await services?.close();
	rmSync(folder, { recursive: true });
});

it(`in n8n ${RELEASE}, chat-notify answers at once and sends the video when it is ready`, async () => {
	await withFakeAimlapi(session.client, { durationMs: 8000 }, async (fake, aimlapiApi) => {
		const { openai, telegram } = services;
		openai.script = [{ call: LINKS }, { say: () => 'It comes in a minute.' }];
		const workflow = setUpExample('chat-notify', { ...credentials, aimlapiApi });
		const message = { chat: { id: 5 }, text: 'Animate them.' };
		const pinData = { 'On Message': [{ json: { message } }] };
		const saved = await session.client.createWorkflow({ ...workflow, pinData });
		const running = await session.client.run(saved, 'On Message');
		await fake.until(() => fake.count('retrieve') > 0, 60_000);
		expect(telegram.sent).toEqual(['It comes in a minute.']);
		const execution = await session.client.ended(running);
		expect(execution.data.resultData.error?.message).toBeUndefined();
		expect(telegram.sent).toEqual(['It comes in a minute.', VIDEO]);
		expect(fake.count('create')).toBe(1);
		const [{ description }] = openai.requests[0].tools;
		expect(description).toContain('Every call costs money');
	});
});

/** An agent with n8n's MCP Client as its only tool, and what the model does. */
async function askAgent(url: string, script: Turn[]): Promise<Execution> {
	services.openai.script = script;
	const nodes: WorkflowNode[] = [
		{ name: TRIGGER, type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, parameters: {} },
		{
			name: 'AI Agent',
			type: '@n8n/n8n-nodes-langchain.agent',
			typeVersion: 3,
			parameters: { promptType: 'define', text: 'Go on.', options: { enableStreaming: false } },
		},
		{
			name: 'Model',
			type: '@n8n/n8n-nodes-langchain.lmChatOpenAi',
			typeVersion: 1.3,
			parameters: { model: { __rl: true, mode: 'id', value: 'gpt-4.1-mini' }, options: {} },
			credentials: { openAiApi: { id: credentials.openAiApi, name: 'OpenAI' } },
		},
		{
			name: 'MCP Client',
			type: '@n8n/n8n-nodes-langchain.mcpClientTool',
			typeVersion: 1.2,
			parameters: {
				endpointUrl: url,
				serverTransport: 'httpStreamable',
				authentication: 'bearerAuth',
				options: {},
			},
			credentials: { httpBearerAuth: { id: credentials.httpBearerAuth, name: 'Bearer' } },
		},
	];
	const to = (node: string, type: string) => [[{ node, type, index: 0 }]];
	const saved = await session.client.createWorkflow({
		name: 'Agent',
		nodes: nodes.map((node, index) => ({ ...node, id: `n${index}`, position: [index * 220, 0] })),
		connections: {
			[TRIGGER]: { main: to('AI Agent', 'main') },
			Model: { ai_languageModel: to('AI Agent', 'ai_languageModel') },
			'MCP Client': { ai_tool: to('AI Agent', 'ai_tool') },
		},
	});
	return await session.client.ended(await session.client.run(saved, TRIGGER), 2 * LONG_MS);
}

const answerOf = (execution: Execution) =>
	String(
		itemsOf(execution, 'AI Agent')[0]?.json.output ?? execution.data.resultData.error?.message,
	);

/** Publishes an MCP server for as long as `use` needs it. */
async function withServer(
	workflow: Omit<Workflow, 'id'>,
	use: (url: string) => Promise<void>,
): Promise<void> {
	const saved = await session.client.createWorkflow(workflow);
	await session.client.activate(saved.id);
	const trigger = saved.nodes.find(({ type }) => type.endsWith('.mcpTrigger')) as WorkflowNode;
	// n8n registers the address a moment later.
	await sleep(1000);
	try {
		await use(`${session.n8n.url}/mcp/${String(trigger.parameters.path)}`);
	} finally {
		await session.client.deactivate(saved.id);
	}
}

describe('a generation longer than an MCP client waits', () => {
	it('by the two tools of mcp-server: one POST, and the video', async () => {
		await withFakeAimlapi(session.client, { durationMs: LONG_MS }, async (fake, aimlapiApi) => {
			const example = setUpExample('mcp-server', { ...credentials, aimlapiApi });
			await withServer(example, async (url) => {
				const say = { say: (result: string) => result };
				const created = await askAgent(url, [{ call: LINKS, tool: 'Create_Video' }, say]);
				const [{ id, createdAt }] = fake.generations;
				expect(answerOf(created)).toContain(id);
				const get = { call: { Generation_ID: id }, tool: 'Get_Video' };
				expect(answerOf(await askAgent(url, [get, say]))).not.toContain('completed');
				await sleep(createdAt + LONG_MS - Date.now());
				const found = answerOf(await askAgent(url, [get, say]));
				expect(found).toContain(`${fake.cdnUrl}/videos/${id}.mp4`);
				expect(found.length).toBeLessThan(1500);
				expect(fake.count('create')).toBe(1);
				expect(fake.count('download')).toBe(0);
			});
		});
	}, 180_000);

	it('by Create Video and Wait: the second call after giving up gets the same video', async () => {
		await withFakeAimlapi(session.client, { durationMs: LONG_MS }, async (fake, aimlapiApi) => {
			const example = setUpExample('mcp-server', { ...credentials, aimlapiApi });
			for (const { name, parameters } of example.nodes) {
				if (name === 'Create Video') parameters.operation = 'createAndWait';
			}
			await withServer(example, async (url) => {
				const ask = async () => {
					const call = { call: LINKS, tool: 'Create_Video' };
					return answerOf(await askAgent(url, [call, { say: (result) => result }]));
				};
				expect(await ask()).toMatch(/timed? ?out/i);
				expect(await ask()).toContain(fake.generations[0].id);
				expect(fake.count('create')).toBe(1);
			});
		});
	}, 240_000);
});
