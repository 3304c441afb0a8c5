import { chromium, selectors } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';

import { OWNER } from '../support/n8n/client.cts';
import { actTwoWorkflow } from '../support/n8n/workflows.cts';
import { startBench } from '../e2e/shared.cts';
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
	selectors.setTestIdAttribute('data-test-id');
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
		const workflow = await bench.client.createWorkflow(actTwoWorkflow('', {}));
		await page.goto(`${bench.n8n.url}/workflow/${workflow.id}`);
		await page.getByTestId('node-creator-plus-button').click();
		await page.getByTestId('node-creator-search-bar').fill(words);
		await page
			.getByTestId('node-creator-item-name')
			.getByText('Runway Act-Two', { exact: true })
			.waitFor();
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
	await page.getByText('Workflow executed successfully').first().waitFor({ state: 'hidden' });
	await page.screenshot({ path: `${IMAGES}/workflow.png` });

	await openNode();
	for (const label of ['Character Type', 'Reference Video URL', 'Frame Size', 'Download Video']) {
		await page.getByText(label, { exact: true }).first().waitFor();
	}
	await page.getByText('video/mp4').waitFor();
	await page.screenshot({ path: `${IMAGES}/node.png` });

	await page.getByText('View', { exact: true }).first().click();
	const video = page.locator('video').first();
	await video.waitFor();
	const played = async () =>
		await video.evaluate((element) => (element as unknown as { readyState: number }).readyState);
	// HAVE_CURRENT_DATA of the HTML standard: the first frame is there.
	while ((await played()) < 2) await page.waitForTimeout(100);
	await page.screenshot({ path: `${IMAGES}/video.png` });
});

it('shows what happened and what to do when a value cannot be used', async () => {
	const { id: credential } = await bench.client.createCredential('AIMLAPI', 'aimlapiApi', {
		apiKey: standin.key,
		baseUrl: standin.url,
	});
	const workflow = await bench.client.createWorkflow(
		actTwoWorkflow(credential, { referenceUrl: 'https://drive.google.com/file/d/1/view' }),
	);
	await page.goto(`${bench.n8n.url}/workflow/${workflow.id}`);
	await page.getByTestId('execute-workflow-button').first().click();
	await page.getByText('not to a Google Drive page').first().waitFor();
	await openNode();
	await page.getByText('Download the file with the Google Drive node').first().waitFor();
	await page.screenshot({ path: `${IMAGES}/error.png` });
});

async function openNode(): Promise<void> {
	await page.locator('[data-node-name="Runway Act-Two"]').first().dblclick();
	await page.getByText('Operation', { exact: true }).first().waitFor();
}
