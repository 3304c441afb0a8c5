import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { itemsOf, N8nClient } from '../support/n8n/client.cts';
import type { Workflow } from '../support/n8n/client.cts';
import { startN8n } from '../support/n8n/n8n.cts';
import type { N8n } from '../support/n8n/n8n.cts';
import { RELEASE } from '../support/n8n/release.cts';
import { startFakeAimlapi } from '../support/fakeAimlapi/server.cts';
import type { FakeAimlapi } from '../support/fakeAimlapi/server.cts';
import { ACT_TWO, actTwoWorkflow, TRIGGER } from '../support/n8n/workflows.cts';
import { packVersion, readManifest } from '../support/npm/pack.cts';
import { startNpmRegistry } from '../support/npm/registry.cts';

const { name: PACKAGE, version: VERSION } = readManifest();
const VERSION_BEFORE = '0.0.9';
const NODE_TYPE = `${PACKAGE}.runwayActTwo`;
/** What the editor's page Settings > Community nodes calls. */
const PACKAGES = '/community-packages';

const folder = mkdtempSync(join(tmpdir(), 'act-two-npm-'));
const userFolder = mkdtempSync(join(tmpdir(), 'act-two-n8n-'));
const installed = join(userFolder, '.n8n', 'nodes', 'node_modules');
let npm: Awaited<ReturnType<typeof startNpmRegistry>>;
let fake: FakeAimlapi;
let n8n: N8n;
let client: N8nClient;
let workflow: Workflow;

async function start(port?: number): Promise<N8n> {
	const log = (line: string) => process.stdout.write(`${line}\n`);
	return await startN8n({ release: RELEASE, userFolder, port, env: npm.env, log });
}

beforeAll(async () => {
	npm = await startNpmRegistry(folder, userFolder);
	fake = await startFakeAimlapi({ durationMs: 500 });
	n8n = await start();
	client = new N8nClient(n8n.url);
	await client.setUp();
}, 900_000);
afterAll(async () => {
	await n8n?.stop();
	await fake?.close();
	await npm?.close();
	rmSync(folder, { recursive: true });
});

/** The version before calls its node by its number, which tells whose code n8n has loaded. */
function nameByVersion(copy: string): void {
	const file = join(copy, 'dist', 'nodes', 'RunwayActTwo', 'nodes.js');
	const code = readFileSync(file, 'utf8');
	const named = new RegExp(`(displayName: ?"${ACT_TWO})"`);
	expect(code).toMatch(named);
	writeFileSync(file, code.replace(named, `$1 ${VERSION_BEFORE}"`));
}

/** What the editor's list of nodes calls ours; undefined: it is not there. */
async function nameInEditor(): Promise<string | undefined> {
	const types = (await client.nodeTypes()) as Array<{ name: string; displayName: string }>;
	return types.find(({ name }) => name === NODE_TYPE)?.displayName;
}

/** Runs the workflow once more, to its end: one generation is made, and it is the output. */
async function expectRuns(): Promise<void> {
	const before = fake.generations.length;
	const execution = await client.ended(await client.run(workflow, TRIGGER));
	expect(execution.status).toBe('success');
	const made = fake.generations.slice(before);
	expect(made).toHaveLength(1);
	expect(itemsOf(execution, ACT_TWO)).toMatchObject([
		{ json: { id: made[0].id, status: 'completed' } },
	]);
}

// One user's way through the life of a package: each test goes on where the one before it ended.
describe(`n8n ${RELEASE} and the packed package`, () => {
	it('starts without it', async () => {
		await expectAbsent();
	});

	it('installs it by name, and shows who made which version', async () => {
		npm.registry.publish(await packVersion(folder, VERSION_BEFORE, nameByVersion));
		await client.call('POST', PACKAGES, { name: PACKAGE });
		const [shown] = (await client.call('GET', PACKAGES)) as object[];
		expect(shown).toMatchObject({
			packageName: PACKAGE,
			installedVersion: VERSION_BEFORE,
			authorName: 'n8n-nodes-runway-act-two contributors',
			installedNodes: [
				{ type: NODE_TYPE, latestVersion: 1 },
				{ type: `${NODE_TYPE}Trigger`, latestVersion: 1 },
			],
		});
		expect(shown).not.toHaveProperty('updateAvailable');
		expect(await nameInEditor()).toBe(`${ACT_TWO} ${VERSION_BEFORE}`);
	});

	it('runs a workflow with it', async () => {
		const { id } = await client.createCredential('AIMLAPI', 'aimlapiApi', {
			apiKey: fake.key,
			baseUrl: `${fake.url}/`,
		});
		const options = { pollingInterval: 1 };
		workflow = await client.createWorkflow(actTwoWorkflow(id, { options }));
		await expectRuns();
	});

	it('offers the next version and updates to it', async () => {
		npm.registry.publish(await packVersion(folder, VERSION));
		const [offered] = (await client.call('GET', PACKAGES)) as object[];
		expect(offered).toMatchObject({ updateAvailable: VERSION });

		await client.call('PATCH', PACKAGES, { name: PACKAGE });
		const [updated] = (await client.call('GET', PACKAGES)) as object[];
		expect(updated).toMatchObject({
			installedVersion: VERSION,
			installedNodes: [
				{ name: ACT_TWO, type: NODE_TYPE },
				{ name: `${ACT_TWO} Trigger`, type: `${NODE_TYPE}Trigger` },
			],
		});
		expect(updated).not.toHaveProperty('updateAvailable');
		expect(await nameInEditor()).toBe(ACT_TWO);
	});

	it('runs the same workflow with the new version, also after a restart', async () => {
		await expectRuns();
		await restart();
		await expectRuns();
	});

	it('asked the registry for this package only', () => {
		expect(npm.registry.served).toContain(`${PACKAGE}/-/${PACKAGE}-${VERSION}.tgz`);
		// npm itself looks for a newer npm now and then.
		expect(npm.registry.missed.filter((path) => path !== 'npm')).toEqual([]);
	});

	it('brings the README along, which n8n’s View Documentation shows on npm’s page', () => {
		const readme = readFileSync(join(installed, PACKAGE, 'README.md'), 'utf8');
		expect(readme).toBe(readFileSync('README.md', 'utf8'));
	});

	it('uninstalls it and leaves nothing of it; a workflow with it says what is missing', async () => {
		await client.call('DELETE', `${PACKAGES}?name=${PACKAGE}`);
		expect(readdirSync(installed)).toEqual([]);
		await expectAbsent();
		const run = client.run(workflow, TRIGGER);
		await expect(run).rejects.toThrow(`Unrecognized node type: ${NODE_TYPE}`);
	});

	it('starts again without a word about it', async () => {
		await restart();
		const lines = n8n.log().split('\n');
		// Not the package's name: the folder that these tests keep n8n in has it too.
		expect(
			lines.filter((line) => /missing packages|packages are missing|runwayActTwo/i.test(line)),
		).toEqual([]);
		await expectAbsent();
	});
});

async function expectAbsent(): Promise<void> {
	expect(await client.call('GET', PACKAGES)).toEqual([]);
	expect(await nameInEditor()).toBeUndefined();
}

/** Ends n8n as a user does and starts it again at the same address, where its session goes on. */
async function restart(): Promise<void> {
	n8n.kill('SIGTERM');
	await n8n.ended;
	n8n = await start(Number(new URL(n8n.url).port));
}
