import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';

import { OWNER } from '../support/n8n/client.cts';
import { actTwoWorkflow } from '../support/n8n/workflows.cts';
import { runWorkflow, startBench } from '../e2e/shared.cts';
import type { Bench } from '../e2e/shared.cts';
import { startStandin } from '../support/standin/server.cts';
import type { Standin } from '../support/standin/server.cts';

/** Debian's Chromium; another one can be named. */
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const IMAGES = 'docs/images';

let bench: Bench;
let standin: Standin;
let browser: Browser;
let page: Page;

beforeAll(async () => {
	bench = await startBench();
	standin = await startStandin({ durationMs: 500 });
	browser = await chromium.launch({
		executablePath: CHROMIUM,
		args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
	});
	page = await browser.newPage({ viewport: { width: 1440, height: 900 }, deviceScaleFactor: 1 });
	await page.goto(`${bench.n8n.url}/signin`);
	await page.locator('input[type=email], input[name=emailOrLdapLoginId]').first().fill(OWNER.email);
	await page.locator('input[type=password]').fill(OWNER.password);
	await page.getByTestId('form-submit-button').click();
	await page.waitForURL((url) => !url.pathname.includes('signin'));
}, 900_000);

afterAll(async () => {
	await browser?.close();
	await standin?.close();
	await bench?.n8n.stop();
});

it.each(['act two', 'runway', 'aimlapi', 'character animation'])(
	'the nodes panel finds it by “%s”',
	async (words) => {
		await page.goto(`${bench.n8n.url}/workflow/new`);
		await page.getByTestId('canvas-add-button').click();
		// Actions of apps come after the first step of a workflow; the search spans all nodes.
		await page.getByTestId('node-creator-search-bar').fill(words);
		await page.getByText('Runway Act-Two', { exact: true }).first().waitFor();
	},
);

it('shows form, result and playing video', async () => {
	const { id: credential } = await bench.client.createCredential('AIMLAPI', 'aimlapiApi', {
		apiKey: standin.key,
		baseUrl: standin.url,
	});
	const workflow = await bench.client.createWorkflow(
		actTwoWorkflow(credential, { options: { pollingInterval: 1 } }),
	);
	await page.goto(`${bench.n8n.url}/workflow/${workflow.id}`);
	await page.getByTestId('execute-workflow-button').first().click();
	await page.getByText('Workflow executed successfully').first().waitFor({ timeout: 60_000 });
	await page.screenshot({ path: `${IMAGES}/workflow.png` });

	await page.locator('[data-test-id=canvas-node]', { hasText: 'Runway Act-Two' }).dblclick();
	await page.getByText('Character Type').first().waitFor();
	await page.getByText('creditsUsed').first().waitFor();
	await page.screenshot({ path: `${IMAGES}/node.png` });
	for (const label of ['Reference Video URL', 'Frame Size', 'Download Video']) {
		await expect(page.getByText(label, { exact: true }).first().isVisible()).resolves.toBe(true);
	}

	await page.getByText('Binary', { exact: true }).last().click();
	await page.getByTestId('ndv-view-binary-data').first().click();
	const video = page.locator('video').first();
	await video.waitFor();
	await page.waitForFunction(() => {
		const element = (
			globalThis as unknown as {
				document: { querySelector(s: string): { readyState: number } | null };
			}
		).document.querySelector('video');
		return element !== null && element.readyState >= 2;
	});
	await page.screenshot({ path: `${IMAGES}/video.png` });
});

it('shows what happened and what to do when a value cannot be used', async () => {
	const { id: credential } = await bench.client.createCredential('AIMLAPI', 'aimlapiApi', {
		apiKey: standin.key,
		baseUrl: standin.url,
	});
	const workflow = actTwoWorkflow(credential, {
		referenceUrl: 'https://drive.google.com/file/d/1/view',
	});
	const execution = await runWorkflow(bench.client, workflow);
	const { workflowId } = execution as unknown as { workflowId: string };
	await page.goto(`${bench.n8n.url}/workflow/${workflowId}/executions/${execution.id}`);
	await page.goto(`${bench.n8n.url}/workflow/${workflowId}/debug/${execution.id}`);
	await page.locator('[data-test-id=canvas-node]', { hasText: 'Runway Act-Two' }).dblclick();
	await page.getByText('not to a Google Drive page').first().waitFor();
	await page.getByText('Google Drive node').first().waitFor();
	await page.screenshot({ path: `${IMAGES}/error.png` });
});
