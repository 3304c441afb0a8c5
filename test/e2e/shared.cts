import { N8nClient } from '../support/n8n/client.cts';
import type { Execution, Workflow } from '../support/n8n/client.cts';
import { startN8n } from '../support/n8n/n8n.cts';
import type { N8n } from '../support/n8n/n8n.cts';
import { TRIGGER } from '../support/n8n/workflows.cts';
import { startStandin } from '../support/standin/server.cts';
import type { Standin, StandinOptions } from '../support/standin/server.cts';
import { RELEASE } from './release.cts';

export interface Bench {
	n8n: N8n;
	client: N8nClient;
}

/** @param env what n8n is started with besides its usual environment */
export async function startBench(env: NodeJS.ProcessEnv = {}): Promise<Bench> {
	const n8n = await startN8n({
		release: RELEASE,
		env,
		beside: ['test/support/n8n-nodes-neighbour'],
		tell: (line) => process.stdout.write(`${line}\n`),
	});
	const client = new N8nClient(n8n.url);
	await client.setUp();
	return { n8n, client };
}

/** A stand-in and a credential for it, closed when `use` has ended. */
export async function withStandin<T>(
	client: N8nClient,
	options: StandinOptions,
	use: (standin: Standin, credentialId: string) => Promise<T>,
): Promise<T> {
	const standin = await startStandin({ durationMs: 500, ...options });
	try {
		const { id } = await client.createCredential('AIMLAPI', 'aimlapiApi', {
			apiKey: standin.key,
			baseUrl: `${standin.url}/`,
		});
		return await use(standin, id);
	} finally {
		await standin.close();
	}
}

export async function runWorkflow(
	client: N8nClient,
	workflow: Omit<Workflow, 'id'>,
): Promise<Execution> {
	const saved = await client.createWorkflow(workflow);
	return await client.ended(await client.run(saved, TRIGGER));
}
