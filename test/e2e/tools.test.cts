import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { setUpExample } from '../support/examples.cts';
import * as fault from '../support/fakeAimlapi/faults.cts';
import type { Execution, Workflow } from '../support/n8n/client.cts';
import { itemsOf } from '../support/n8n/client.cts';
import { startN8nSession, withFakeAimlapi } from '../support/n8n/session.cts';
import type { N8nSession } from '../support/n8n/session.cts';
import { TRIGGER } from '../support/n8n/workflows.cts';
import { startServices } from '../support/services/index.cts';
import type { Services } from '../support/services/index.cts';

const CHAT = 'When Chat Message Received';
const TOOL = 'Animate a Character';
const LINKS = {
	Character_URL: 'https://example.com/face.png',
	Reference_Video_URL: 'https://example.com/dance.mp4',
};
const folder = mkdtempSync(join(tmpdir(), 'act-two-tools-'));
let services: Services;
let session: N8nSession;
let openAiApi: string;

beforeAll(async () => {
	services = await startServices({ folder });
	session = await startN8nSession(services.env);
	const { key: apiKey, url } = services.openai;
	openAiApi = (await session.client.createCredential('o', 'openAiApi', { apiKey, url })).id;
}, 900_000);
afterAll(async () => {
	await session?.n8n.stop();
	await services?.close();
	rmSync(folder, { recursive: true });
});

describe.each([2.2, 3])('an AI Agent of version %f', (version) => {
	/** The example with this agent, run with these turns of the model. */
	const chat = async (
		aimlapiApi: string,
		script: Services['openai']['script'],
		settings: object = {},
	): Promise<Execution> => {
		services.openai.requests.length = 0;
		services.openai.script = script;
		const workflow = setUpExample('ai-agent', { aimlapiApi, openAiApi });
		for (const node of workflow.nodes) {
			if (node.name === 'AI Agent') {
				node.typeVersion = version;
				Object.assign(node.parameters.options as object, { enableStreaming: false });
			}
			// The older agent does not take the newer model's API.
			if (node.name === 'OpenAI Chat Model' && version < 3) node.typeVersion = 1.2;
			if (node.name === TOOL) {
				Object.assign(node, settings);
				node.parameters.options = { pollingInterval: 1 };
			}
		}
		const message = { sessionId: 'one', action: 'sendMessage', chatInput: 'Animate them.' };
		const pinData = { [CHAT]: [{ json: message }] };
		const saved = await session.client.createWorkflow({ ...workflow, pinData });
		return await session.client.ended(await session.client.run(saved, CHAT));
	};
	const RETRY = { retryOnFail: true, maxTries: 3, waitBetweenTries: 0, onError: 'stopWorkflow' };

	it('that repeats itself gets the generation that exists', async () => {
		await withFakeAimlapi(session.client, {}, async (fake, aimlapi) => {
			const script = [{ call: LINKS }, { call: LINKS }, { say: (result: string) => result }];
			const execution = await chat(aimlapi, script);
			expect(execution.status).toBe('success');
			expect(String(itemsOf(execution, 'AI Agent')[0].json.output)).toContain(
				fake.generations[0].id,
			);
			expect(fake.count('create')).toBe(1);
		});
	});

	it('gets another generation for another request', async () => {
		await withFakeAimlapi(session.client, {}, async (fake, aimlapi) => {
			const other = { ...LINKS, Character_URL: 'https://example.com/other.png' };
			await chat(aimlapi, [{ call: LINKS }, { call: other }, { say: (result) => result }]);
			expect(fake.count('create')).toBe(2);
		});
	});

	it('does not pay again when n8n retries the tool', async () => {
		await withFakeAimlapi(session.client, {}, async (fake, aimlapi) => {
			fake.fail('retrieve', fault.status(401), 1);
			await chat(aimlapi, [{ call: LINKS }, { say: (result) => result }], RETRY);
			expect(fake.count('create')).toBe(1);
			expect(fake.count('retrieve')).toBeGreaterThan(1);
		});
	});

	it('does not pay again for moderated content', async () => {
		const failure = { name: 'SAFETY.INPUT.IMAGE', message: 'Moderated' };
		await withFakeAimlapi(session.client, { failure }, async (fake, aimlapi) => {
			await chat(aimlapi, [{ call: LINKS }, { say: (result) => result }], RETRY);
			expect(fake.count('create')).toBe(1);
		});
	});
});

describe('behind n8n’s MCP Server Trigger', () => {
	const PATH = 'act-two-tools';
	const server = (aimlapi: string): Omit<Workflow, 'id'> => ({
		name: 'MCP server',
		nodes: [
			{
				id: 'trigger',
				name: 'MCP Server Trigger',
				type: '@n8n/n8n-nodes-langchain.mcpTrigger',
				typeVersion: 2,
				position: [0, 0],
				webhookId: PATH,
				parameters: { path: PATH },
			},
			{
				id: 'tool',
				name: TOOL,
				type: 'n8n-nodes-runway-act-two.runwayActTwoTool',
				typeVersion: 1,
				position: [0, 200],
				credentials: { aimlapiApi: { id: aimlapi, name: 'AIMLAPI' } },
				parameters: {
					characterUrl: "={{ $fromAI('Character_URL', `Link`, 'string') }}",
					referenceUrl: "={{ $fromAI('Reference_Video_URL', `Link`, 'string') }}",
					downloadVideo: false,
					options: { pollingInterval: 1 },
				},
			},
		],
		connections: {
			[TOOL]: { ai_tool: [[{ node: 'MCP Server Trigger', type: 'ai_tool', index: 0 }]] },
		},
	});
	const caller = (timeout: number): Omit<Workflow, 'id'> => ({
		name: 'MCP caller',
		nodes: [
			{
				id: 'trigger',
				name: TRIGGER,
				type: 'n8n-nodes-base.manualTrigger',
				typeVersion: 1,
				position: [0, 0],
				parameters: {},
			},
			{
				id: 'client',
				name: 'MCP Client',
				type: '@n8n/n8n-nodes-langchain.mcpClient',
				typeVersion: 1,
				position: [200, 0],
				parameters: {
					serverTransport: 'httpStreamable',
					endpointUrl: `${session.n8n.url}/mcp/${PATH}`,
					tool: { __rl: true, mode: 'id', value: 'Animate_a_Character' },
					inputMode: 'json',
					jsonInput: JSON.stringify(LINKS),
					options: { timeout },
				},
			},
		],
		connections: { [TRIGGER]: { main: [[{ node: 'MCP Client', type: 'main', index: 0 }]] } },
	});
	const call = async (timeout: number): Promise<Execution> => {
		const saved = await session.client.createWorkflow(caller(timeout));
		return await session.client.ended(await session.client.run(saved, TRIGGER));
	};

	it('a caller that gave up and calls again gets the generation that exists', async () => {
		await withFakeAimlapi(session.client, { durationMs: 4000 }, async (fake, aimlapi) => {
			const saved = await session.client.createWorkflow(server(aimlapi));
			await session.client.activate(saved.id);
			await sleep(1000);
			await call(1500);
			const again = await call(60_000);
			expect(JSON.stringify(itemsOf(again, 'MCP Client'))).toContain(fake.generations[0].id);
			expect(fake.count('create')).toBe(1);
			await session.client.deactivate(saved.id);
		});
	});
});
