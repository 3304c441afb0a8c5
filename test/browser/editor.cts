import type { Browser, Locator, Page } from 'playwright-core';
import { selectors } from 'playwright-core';

import { OWNER } from '../support/n8n/client.cts';

/** Other work on the machine may slow n8n down a lot. */
const PATIENCE_MS = 30_000;

const HIDE_NOTIFICATIONS = `addEventListener('DOMContentLoaded', () => {
	document.head.append(Object.assign(document.createElement('style'), {
		textContent: '.el-notification { display: none !important }',
	}));
})`;

selectors.setTestIdAttribute('data-test-id');

/** Opens a page of n8n and signs its owner in, as people do. */
export async function signIn(browser: Browser, url: string): Promise<Editor> {
	const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
	page.setDefaultTimeout(PATIENCE_MS);
	// n8n announces the end of a quick run only sometimes; what comes late lies over the rest.
	await page.addInitScript(HIDE_NOTIFICATIONS);
	await page.goto(`${url}/signin`);
	await page.locator('input[name=emailOrLdapLoginId]').fill(OWNER.email);
	await page.locator('input[type=password]').fill(OWNER.password);
	await page.getByTestId('form-submit-button').click();
	await page.getByTestId('universal-add').waitFor();
	return new Editor(page);
}

/** n8n's editor: workflows, their canvas, the panel of nodes and the dialog of one node. */
export class Editor {
	constructor(readonly page: Page) {}

	async newWorkflow(): Promise<void> {
		await this.page.getByTestId('universal-add').click();
		await this.page.getByText('New workflow', { exact: true }).first().click();
		await this.page.getByTestId('canvas-plus-button').waitFor();
	}

	/** Opens a saved workflow, as its link does. */
	async openWorkflow({ id }: { id: string }): Promise<void> {
		await this.page.goto(new URL(`/workflow/${id}`, this.page.url()).href);
		await this.page.getByTestId('canvas-node').first().waitFor();
	}

	/** Imports a file, or what one would hold, into an empty workflow and shows all of it. */
	async importWorkflow(file: string | object): Promise<void> {
		const asFile = (workflow: object) => ({
			name: 'workflow.json',
			mimeType: 'application/json',
			buffer: Buffer.from(JSON.stringify(workflow)),
		});
		await this.page
			.getByTestId('workflow-import-input')
			.setInputFiles(typeof file === 'string' ? file : asFile(file));
		await this.page.getByTestId('canvas-node').first().waitFor();
		await this.page.getByTestId('zoom-to-fit').click();
		await this.deselectAll();
	}

	/** Removes all nodes; leaving for a new workflow would have n8n ask whether to save this one. */
	async emptyWorkflow(): Promise<void> {
		await this.deselectAll();
		await this.page.keyboard.press('ControlOrMeta+a');
		await this.page.keyboard.press('Delete');
		await this.page.getByTestId('canvas-plus-button').waitFor();
	}

	async deselectAll(): Promise<void> {
		await this.page.getByTestId('canvas-wrapper').click({ position: { x: 20, y: 150 } });
		await this.page.locator('.vue-flow__node.selected').first().waitFor({ state: 'detached' });
	}

	node(name: string): Locator {
		return this.page.locator(`[data-test-id="canvas-node"][data-node-name="${name}"]`);
	}

	async openNode(name: string): Promise<void> {
		await this.node(name).dblclick();
		await this.parameters.waitFor();
	}

	async closeNode(): Promise<void> {
		await this.page.getByTestId('ndv-close-button').click();
		await this.dialog.waitFor({ state: 'hidden' });
	}

	/** The dialog of one node. */
	get dialog(): Locator {
		return this.page.getByTestId('ndv');
	}

	get parameters(): Locator {
		return this.page.getByTestId('node-parameters');
	}

	get output(): Locator {
		return this.page.getByTestId('output-panel');
	}

	field(name: string): Locator {
		return this.page.getByTestId(`parameter-input-${name}`);
	}

	async fill(name: string, value: string): Promise<void> {
		await this.field(name).locator('input').fill(value);
	}

	async choose(name: string, option: string): Promise<void> {
		await this.field(name).click();
		await this.page
			.getByRole('option')
			.filter({ visible: true, has: this.page.getByText(option, { exact: true }) })
			.click();
	}

	/** Waits until the form has exactly these labels, in this order; fails with the difference. */
	async expectLabels(expected: string[]): Promise<void> {
		const labels = this.parameters.locator('.n8n-input-label').filter({ visible: true });
		const read = async () =>
			(await labels.allInnerTexts()).map((text) => text.split('\n')[0].trim());
		await expectSoon(read, expected);
	}

	/** The choices of Add Option, in the order of the list. */
	async offeredOptions(): Promise<string[]> {
		const add = this.page.getByTestId('collection-parameter-add');
		const offered = this.page.getByTestId('collection-parameter-option').filter({ visible: true });
		await add.click();
		await offered.first().waitFor();
		const names = (await offered.allInnerTexts()).map((name) => name.trim());
		await add.click();
		await offered.first().waitFor({ state: 'hidden' });
		return names;
	}

	async addOption(name: string): Promise<void> {
		await this.page.getByTestId('collection-parameter-add').click();
		await this.page
			.getByTestId('collection-parameter-option')
			.filter({ visible: true, has: this.page.getByText(name, { exact: true }) })
			.click();
	}

	/** Runs the open node and waits until n8n has read what became of it. */
	async executeStep(): Promise<void> {
		const read = this.page.waitForResponse(/\/rest\/executions\/\d+$/);
		await this.page.getByTestId('node-execute-button').click();
		await read;
	}

	/** Gives the output as much room as n8n allows while `see` looks at it. */
	async withWideOutput(see: () => Promise<void>): Promise<void> {
		const start = await this.dragParametersTo(0);
		await see();
		await this.dragParametersTo(start);
	}

	/** Moves the middle panel of the dialog. Returns where it was, in pixels from the left. */
	async dragParametersTo(x: number): Promise<number> {
		const handle = this.page.getByTestId('panel-drag-button');
		const box = (await handle.boundingBox()) as Box;
		const start = box.x + box.width / 2;
		const y = box.y + box.height / 2;
		await this.page.mouse.move(start, y);
		await this.page.mouse.down();
		await this.page.mouse.move(x, y, { steps: 5 });
		await this.page.mouse.up();
		return start;
	}

	/** Waits until n8n shows exactly these hints above the output; fails with the difference. */
	async expectHints(expected: string[]): Promise<void> {
		const hints = this.output.getByTestId('node-hint');
		const read = async () => (await hints.allInnerTexts()).map((text) => text.trim());
		await expectSoon(read, expected);
	}

	async showOutputAs(view: 'table' | 'binary'): Promise<void> {
		await this.output.getByTestId(`radio-button-${view}`).click();
	}

	/** The cells of the first row with that status, by column. */
	async rowWith(status: string): Promise<Record<string, string>> {
		const row = this.output.locator('tbody tr').filter({ hasText: status }).first();
		await row.waitFor();
		const cells = await row.locator('td').allInnerTexts();
		const columns = await this.output.locator('thead th').allInnerTexts();
		return Object.fromEntries(columns.map((column, index) => [column.trim(), cells[index].trim()]));
	}
}

type Box = NonNullable<Awaited<ReturnType<Locator['boundingBox']>>>;

/** Reads again until the value is as expected, then lets jest compare the last one. */
export async function expectSoon<T>(read: () => Promise<T>, expected: T): Promise<void> {
	const deadline = Date.now() + 10_000;
	let found = await read();
	while (JSON.stringify(found) !== JSON.stringify(expected) && Date.now() < deadline) {
		found = await read();
	}
	expect(found).toEqual(expected);
}
