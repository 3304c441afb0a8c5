import { parse as unflatten } from 'flatted';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';

export const OWNER = {
	email: 'owner@example.com',
	password: 'Act-Two-2026',
	firstName: 'Act',
	lastName: 'Two',
};

const MAX_ATTEMPTS = 60;
const RETRY_MS = 1000;

export interface WorkflowNode {
	id?: string;
	name: string;
	type: string;
	typeVersion: number;
	position?: [number, number];
	parameters: Record<string, unknown>;
	[setting: string]: unknown;
}

export interface Workflow {
	id: string;
	name: string;
	nodes: WorkflowNode[];
	connections: Record<string, unknown>;
	settings?: Record<string, unknown>;
	/** Output of nodes, by name, that is taken instead of running them. */
	pinData?: Record<string, Item[]>;
}

export interface Item {
	json: Record<string, unknown>;
	binary?: Record<string, { id?: string; data: string; fileName?: string; mimeType: string }>;
	pairedItem?: unknown;
}

interface NodeRun {
	hints?: Array<{ message: string }>;
	error?: Record<string, unknown> & { message: string; context: Record<string, unknown> };
	data?: { main: Array<Item[] | null> };
}

export interface Execution {
	id: string;
	status: string;
	/** What started it, such as manual, trigger or webhook. */
	mode: string;
	customData?: Record<string, string>;
	data: {
		resultData: {
			runData: Record<string, NodeRun[]>;
			error?: NodeRun['error'];
			metadata?: Record<string, string>;
		};
	};
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

const LAG_MS = 150;

/** n8n's own REST API, as its editor uses it. */
export class N8nClient {
	private cookie = '';

	constructor(readonly url: string) {}

	/** Makes the owner of a fresh n8n and signs in. */
	async setUp(): Promise<void> {
		await this.call('POST', '/owner/setup', OWNER);
	}

	async createCredential(name: string, type: string, data: object): Promise<{ id: string }> {
		return (await this.call('POST', '/credentials', { name, type, data })) as { id: string };
	}

	/** A credential for an AIMLAPI, the fake one as a rule. @returns its ID */
	async createAimlapiCredential({ url, key }: { url: string; key: string }): Promise<string> {
		const data = { apiKey: key, baseUrl: url };
		return (await this.createCredential('AIMLAPI', 'aimlapiApi', data)).id;
	}

	/** The credential's own test, as when it is saved in the editor. */
	async testCredential(credential: object): Promise<{ status: string; message: string }> {
		return (await this.call('POST', '/credentials/test', { credentials: credential })) as {
			status: string;
			message: string;
		};
	}

	async createWorkflow(workflow: Omit<Workflow, 'id'>): Promise<Workflow> {
		return (await this.call('POST', '/workflows', {
			settings: { executionOrder: 'v1' },
			active: false,
			...workflow,
		})) as Workflow;
	}

	/** Starts a manual run from its trigger and returns the execution's ID. */
	async run(workflow: Workflow, trigger: string): Promise<string> {
		const { executionId } = (await this.call('POST', `/workflows/${workflow.id}/run`, {
			workflowData: workflow,
			triggerToStartFrom: { name: trigger },
		})) as { executionId: string };
		return executionId;
	}

	async execution(id: string): Promise<Execution> {
		const found = (await this.call('GET', `/executions/${id}`)) as Execution & { data: string };
		return { ...found, data: unflatten(found.data) };
	}

	/** Waits until an execution has ended; its data may lag behind its status. */
	async ended(id: string, timeoutMs = 60_000, everyMs = LAG_MS): Promise<Execution> {
		for (const start = Date.now(); Date.now() - start < timeoutMs; await sleep(everyMs)) {
			const { status } = await this.execution(id);
			if (status !== 'running' && status !== 'new' && status !== 'waiting') {
				await sleep(LAG_MS);
				return await this.execution(id);
			}
		}
		throw new Error(`Execution ${id} did not end within ${timeoutMs} ms`);
	}

	/** Publishes a workflow; its webhooks are live about 250 ms later. */
	async activate(workflowId: string): Promise<void> {
		const path = `/workflows/${workflowId}`;
		const { versionId } = (await this.call('GET', path)) as { versionId: string };
		await this.call('POST', `${path}/activate`, { versionId });
	}

	async deactivate(workflowId: string): Promise<void> {
		await this.call('POST', `/workflows/${workflowId}/deactivate`, {});
	}

	/** Waits for the first execution of a workflow that something else starts, and for its end. */
	async startedElsewhere(workflowId: string, timeoutMs = 60_000): Promise<Execution> {
		for (const start = Date.now(); Date.now() - start < timeoutMs; await sleep(LAG_MS)) {
			const [execution] = await this.executionsOf(workflowId);
			if (execution) return await this.ended(execution.id, timeoutMs);
		}
		throw new Error(`Workflow ${workflowId} was not started within ${timeoutMs} ms`);
	}

	/** The executions of a workflow, whatever started them. */
	async executionsOf(workflowId: string): Promise<Array<{ id: string; status: string }>> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		const { results } = (await this.call('GET', `/executions?filter=${filter}`)) as {
			results: Array<{ id: string; status: string }>;
		};
		return results;
	}

	async stop(id: string): Promise<void> {
		await this.call('POST', `/executions/${id}/stop`, {});
	}

	/** Retries a failed execution with the saved workflow and returns the new execution's ID. */
	async retry(id: string): Promise<string> {
		try {
			return ((await this.call('POST', `/executions/${id}/retry`, {})) as { id: string }).id;
		} catch (error) {
			// n8n answers with all the data of the retry once it has run, and cannot where HTTP Request
			// downloaded a file: it keeps its response, a stream, in the data (HttpRequestV3.node.js).
			if (!(error as Error).message.includes('circular structure')) throw error;
			const { results } = (await this.call('GET', '/executions?limit=100')) as {
				results: Array<{ id: string; retryOf?: string }>;
			};
			return results.find(({ retryOf }) => retryOf === id)?.id ?? Promise.reject(error);
		}
	}

	/** What the editor knows of all installed nodes. */
	async nodeTypes(): Promise<unknown> {
		const { body } = await this.send('GET', '/types/nodes.json', undefined, '');
		return await body.json();
	}

	async binary(id: string): Promise<Buffer> {
		const path = `/binary-data?id=${encodeURIComponent(id)}&action=download`;
		const { body } = await this.send('GET', path);
		return Buffer.from(await body.arrayBuffer());
	}

	/**
	 * Any other request under /rest.
	 * @throws Error with the answer when n8n refuses it
	 */
	async call(method: Method, path: string, data?: object): Promise<unknown> {
		const { statusCode, headers, body } = await this.send(method, path, data);
		const text = await body.text();
		if (statusCode >= 300)
			throw new Error(`${method} ${path}: ${statusCode} ${text.slice(0, 500)}`);
		const cookie = [headers['set-cookie'] ?? []].flat().find((one) => one.startsWith('n8n-auth='));
		if (cookie) this.cookie = cookie.split(';')[0];
		return (JSON.parse(text) as { data: unknown }).data;
	}

	/** Again while n8n refuses all requests, as it does when a busy machine keeps it from its database. */
	private async send(method: Method, path: string, data?: object, base = '/rest') {
		for (let attempt = 1; ; attempt++) {
			const response = await this.sendOnce(method, path, data, base);
			if (response.statusCode !== 503 || attempt === MAX_ATTEMPTS) return response;
			await response.body.dump();
			await sleep(RETRY_MS);
		}
	}

	private async sendOnce(method: Method, path: string, data: object | undefined, base: string) {
		return await request(`${this.url}${base}${path}`, {
			method,
			// n8n closes idle connections, on a busy machine just when the next request comes.
			reset: true,
			headers: {
				'browser-id': 'act-two',
				...(this.cookie && { cookie: this.cookie }),
				...(data && { 'content-type': 'application/json' }),
			},
			...(data && { body: JSON.stringify(data) }),
		});
	}
}

/** The items a node put out in its last run. */
export function itemsOf(execution: Execution, node: string, output = 0): Item[] {
	return execution.data.resultData.runData[node]?.at(-1)?.data?.main[output] ?? [];
}
