import type { Locator, Page } from 'playwright-core';

import { expectSoon } from './editor.cts';
import type { BrowserSession } from './editor.test.cts';
import { EXAMPLE_INPUTS } from '../support/n8n/workflows.cts';

/** More than any form has fields, any list entries. */
const MAX_PRESSES = 50;

/** What is read before it is drawn is still the state before the key. */
const NEXT_FRAME_SHOWN =
	'new Promise((shown) => requestAnimationFrame(() => requestAnimationFrame(shown)))';

/** Adding the node, filling its form and running it without the mouse. Begins with any workflow. */
export function keyboard(session: BrowserSession): void {
	const press = async (key: string) => await session.editor.page.keyboard.press(key);
	const type = async (text: string) => await session.editor.page.keyboard.type(text);

	/** Presses a key until the condition holds, as a user does who watches where the focus goes. */
	const pressUntil = async (key: string, reached: () => Promise<boolean>, what: string) => {
		for (let presses = 0; presses < MAX_PRESSES; presses++) {
			await press(key);
			await session.editor.page.evaluate(NEXT_FRAME_SHOWN);
			if (await reached()) return;
		}
		throw new Error(`${MAX_PRESSES} times ${key} did not lead to ${what}`);
	};

	/** Onto what takes input within the element, not onto the buttons beside it. */
	const tabTo = async (target: Locator, what: string, key = 'Tab') => {
		const hasFocus = async () => (await target.locator('input:focus, button:focus').count()) > 0;
		await pressUntil(key, hasFocus, what);
	};

	const tabToField = async (name: string, key?: string) =>
		await tabTo(session.editor.field(name), name, key);

	/** From the open list that the focus is in. */
	const pick = async (option: string) => {
		const { page } = session.editor;
		await press('Enter');
		const entries = page.locator('.el-select-dropdown__item').filter({ visible: true });
		await entries.first().waitFor();
		const entry = page.locator('.el-select-dropdown__item.hover');
		const isReached = async () =>
			(await entry.filter({ visible: true, hasText: option }).count()) > 0;
		await pressUntil('ArrowDown', isReached, option);
		await press('Enter');
		await entries.first().waitFor({ state: 'hidden' });
	};

	beforeAll(async () => {
		await session.editor.emptyWorkflow();
	});

	it('adds the node with the operation chosen and the credential set', async () => {
		const { editor } = session;
		await press('n');
		const creator = editor.page.getByTestId('node-creator');
		await creator.getByTestId('node-creator-search-bar').waitFor();
		await type('runway');
		// Entries of the letters typed so far come and go.
		const found = creator.getByTestId('node-creator-item-name');
		await expectSoon(async () => (await found.allInnerTexts())[0]?.trim(), 'Runway Act-Two');
		await press('Enter');
		await creator.getByText('Actions (').waitFor();
		const chosen = creator.locator('[class*="_active"]');
		for (const entry of ['Actions (', 'Create video and wait']) {
			const isReached = async () => (await chosen.filter({ hasText: entry }).count()) > 0;
			await pressUntil('ArrowDown', isReached, entry);
			if (entry === 'Actions (') await press('Enter');
		}
		await press('Enter');
		await editor.parameters.waitFor();
		const credential = editor.page.getByTestId('node-credentials-select').locator('input');
		await expectSoon(async () => await credential.inputValue(), 'AIMLAPI account');
	});

	it('fills the form', async () => {
		const { editor } = session;
		await tabToField('characterType');
		await pick('Image');
		await tabToField('characterUrl');
		await type(EXAMPLE_INPUTS.characterUrl);
		await tabToField('referenceUrl');
		await type(EXAMPLE_INPUTS.referenceUrl);
		await tabToField('frameSize');
		await pick('Square 1:1');
		await tabToField('downloadVideo');
		await press('Enter');
		await tabTo(editor.page.getByTestId('collection-parameter-add'), 'Add option');
		await pick('Polling Interval');
		await tabToField('pollingInterval', 'Shift+Tab');
		await press('ControlOrMeta+a');
		await type('1');
	});

	it('runs the node as it was filled in', async () => {
		const { editor, fake } = session;
		const read = editor.page.waitForResponse(/\/rest\/executions\/\d+$/);
		await tabTo(editor.dialog.getByTestId('node-execute-button').locator('..'), 'Execute step');
		await press('Enter');
		await read;
		const { id } = fake.generations[fake.generations.length - 1];
		expect(fake.requests.filter(({ kind }) => kind === 'create').at(-1)?.body).toMatchObject({
			character: { type: 'image', url: EXAMPLE_INPUTS.characterUrl },
			reference: { url: EXAMPLE_INPUTS.referenceUrl },
			frame_size: '960:960',
		});
		expect(await shownFile(editor.page)).toBe(false);
		await editor.showOutputAs('table');
		expect(await editor.rowWith('completed')).toMatchObject({ id });
		await editor.closeNode();
	});
}

/** Whether the output has a tab for files. */
const shownFile = async (page: Page) =>
	await page.getByTestId('output-panel').getByTestId('radio-button-binary').isVisible();
