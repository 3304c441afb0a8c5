import { expectSoon } from './editor.cts';
import type { BrowserSession } from './editor.test.cts';

/** What n8n calls the node that this action adds. */
export const ADDED = 'Create video and wait';

/** Finding the node and adding it to an empty workflow. */
export function nodesPanel(session: BrowserSession): void {
	beforeAll(async () => {
		await session.editor.newWorkflow();
		await session.editor.page.getByTestId('canvas-plus-button').click();
	});

	it.each(['act two', 'runway', 'aimlapi', 'character animation'])(
		'“%s” finds it first',
		async (words) => {
			const { page } = session.editor;
			await page.getByTestId('node-creator-search-bar').fill(words);
			const found = page.getByTestId('node-creator-item-name');
			await expectSoon(async () => (await found.allInnerTexts())[0]?.trim(), 'Runway Act-Two');
		},
	);

	it('an action adds it, with its operation chosen and no credential yet', async () => {
		const { editor } = session;
		const { page } = editor;
		const names = page.getByTestId('node-creator-item-name');
		await names.getByText('Runway Act-Two', { exact: true }).click();
		// Closed at first where a workflow has no trigger yet: its triggers come first.
		await page.getByTestId('node-creator').getByText('Actions (').click();
		const actions = page
			.getByTestId('node-creator')
			.getByText(
				/^\s*(Create video( and wait)?|Estimate cost|Get (many videos|video)|Wait for video)\s*$/,
			);
		await expectSoon(
			async () => (await actions.allInnerTexts()).map((name) => name.trim()),
			[
				'Estimate cost',
				'Create video',
				'Create video and wait',
				'Get many videos',
				'Get video',
				'Wait for video',
			],
		);
		await actions.getByText('Create video and wait', { exact: true }).click();
		await editor.parameters.waitFor();
		expect(await editor.field('operation').locator('input').inputValue()).toBe(
			'Create Video and Wait',
		);
		await page.getByText('Connect to AIMLAPI').waitFor();
	});
}
