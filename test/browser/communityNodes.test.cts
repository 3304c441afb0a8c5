import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';

import { N8nClient } from '../support/n8n/client.cts';
import { startN8n } from '../support/n8n/n8n.cts';
import type { N8n } from '../support/n8n/n8n.cts';
import { ACT_TWO } from '../support/n8n/workflows.cts';
import { packVersion, readManifest } from '../support/npm/pack.cts';
import { startNpmRegistry } from '../support/npm/registry.cts';
import { launchChromium } from './chromium.cts';
import { signIn } from './editor.cts';
import type { Editor } from './editor.cts';

const { name: PACKAGE, version: VERSION } = readManifest();
const VERSION_BEFORE = '0.0.9';

const folder = mkdtempSync(join(tmpdir(), 'act-two-npm-'));
const userFolder = mkdtempSync(join(tmpdir(), 'act-two-n8n-'));
let npm: Awaited<ReturnType<typeof startNpmRegistry>>;
let n8n: N8n;
let browser: Browser;
let editor: Editor;
let page: Page;

beforeAll(async () => {
	npm = await startNpmRegistry(folder, userFolder);
	n8n = await startN8n({ userFolder, env: npm.env, log: console.log });
	await new N8nClient(n8n.url).setUp();
	browser = await launchChromium();
	editor = await signIn(browser, n8n.url);
	page = editor.page;
}, 900_000);
afterAll(async () => {
	await browser?.close();
	await n8n?.stop();
	await npm?.close();
	rmSync(folder, { recursive: true });
});

const NODES = `2 nodes: ${ACT_TWO},${ACT_TWO} Trigger`;

async function openCommunityNodes(): Promise<void> {
	await page.goto(`${n8n.url}/settings`);
	await page.getByText('Community nodes', { exact: true }).click();
}

/** What the page shows of the one installed package, line by line. */
async function card(): Promise<string[]> {
	const text = await page.getByTestId('community-package-card').innerText();
	return text.split('\n').map((line) => line.trim().replace(/\s+/g, ' '));
}

// In the order of a package's life: each test goes on where the one before it ended.
describe('Settings > Community nodes', () => {
	it('installs the package by its name', async () => {
		npm.registry.publish(await packVersion(folder, VERSION_BEFORE));
		await openCommunityNodes();
		await page.getByRole('button', { name: 'Install a community node' }).click();
		await page.locator('input[name=packageNameInput]').fill(PACKAGE);
		await page.getByTestId('user-agreement-checkbox').click();
		await page.getByTestId('install-community-package-button').click();
		await page.getByText(`v${VERSION_BEFORE}`, { exact: true }).waitFor();
		expect(await card()).toEqual([PACKAGE, NODES, `v${VERSION_BEFORE}`]);
	});

	it('updates it to the next version', async () => {
		npm.registry.publish(await packVersion(folder, VERSION));
		await openCommunityNodes();
		await page.getByRole('button', { name: 'Update', exact: true }).click();
		await page.getByRole('button', { name: 'Confirm update' }).click();
		await page.getByText(`v${VERSION}`, { exact: true }).waitFor();
		expect(await card()).toEqual([PACKAGE, NODES, `v${VERSION}`]);
	});

	it('the nodes panel then finds the node and tells what it does and its version', async () => {
		await page.goto(n8n.url);
		await editor.newWorkflow();
		await page.getByTestId('canvas-plus-button').click();
		await page.getByTestId('node-creator-search-bar').fill('runway');
		const panel = page.getByTestId('node-creator');
		await panel.getByText(ACT_TWO, { exact: true }).click();
		// The list of results slides out meanwhile.
		await panel.getByTestId('node-creator-item-description').first().waitFor({ state: 'detached' });
		// A workflow without a trigger is offered the package's first.
		for (const text of [
			'Starts the workflow when a Runway Act-Two video is ready or has failed',
			'Installed',
			`Package version ${VERSION} (Latest)`,
			'On video finished',
		]) {
			await panel.getByText(text, { exact: true }).waitFor();
		}
		await panel.getByText('Actions (6)', { exact: true }).click();
		await panel.getByText('Create video and wait', { exact: true }).waitFor();
	});

	it('uninstalls it', async () => {
		await openCommunityNodes();
		await page.getByTestId('community-package-card').getByRole('button').click();
		await page.getByText('Uninstall package', { exact: true }).click();
		await page.getByRole('button', { name: 'Confirm uninstall' }).click();
		await page.getByRole('button', { name: 'Install a community node' }).waitFor();
	});
});
