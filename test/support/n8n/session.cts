import { N8nClient } from './client.cts';
import type { Execution, Workflow } from './client.cts';
import { startN8n } from './n8n.cts';
import type { N8n } from './n8n.cts';
import { TRIGGER } from './workflows.cts';
import { startFakeAimlapi } from '../fakeAimlapi/server.cts';
import type { FakeAimlapi, FakeAimlapiOptions } from '../fakeAimlapi/server.cts';
import { RELEASE } from './release.cts';

export interface N8nSession {
	n8n: N8n;
	client: N8nClient;
}

/** @param env what n8n is started with besides its usual environment */
export async function startN8nSession(env: NodeJS.ProcessEnv = {}): Promise<N8nSession> {
	const n8n = await startN8n({
		release: RELEASE,
		env,
		beside: ['test/support/n8n-nodes-neighbour'],
		log: (line) => process.stdout.write(`${line}\n`),
	});
	const client = new N8nClient(n8n.url);
	await client.setUp();
	return { n8n, client };
}

/** A fake API and a credential for it, closed when `use` has ended. */
export async function withFakeAimlapi<T>(
	client: N8nClient,
	options: FakeAimlapiOptions,
	use: (fake: FakeAimlapi, credentialId: string) => Promise<T>,
): Promise<T> {
	const fake = await startFakeAimlapi({ durationMs: 500, ...options });
	try {
		return await use(fake, await client.createAimlapiCredential(fake));
	} finally {
		await fake.close();
	}
}

export async function runWorkflow(
	client: N8nClient,
	workflow: Omit<Workflow, 'id'>,
): Promise<Execution> {
	const saved = await client.createWorkflow(workflow);
	return await client.ended(await client.run(saved, TRIGGER));
}
