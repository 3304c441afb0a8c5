import type { Locator } from 'playwright-core';

import { expectSoon } from './editor.cts';
import type { BrowserSession } from './editor.test.cts';
import { ACT_TWO, actTwoWorkflow } from '../support/n8n/workflows.cts';

/** In the longest form that is documented, `<uuid>:<vendor>/<model>`, as long as the node takes it. */
const LONG_ID = `dbf7a50e-87b2-4ba5-921f-f02fdb8f7cc6:vendor/${'model-'.repeat(40)}`.slice(0, 200);
const LONG_LINK = `https://example.com/${'x'.repeat(1980)}`;

/** The longest values stay within the panels. Begins anywhere. */
export function layout(session: BrowserSession): void {
	/** Nothing in the panel reaches over its right edge; what an input holds scrolls within it. */
	const expectToFit = async (panel: Locator) => {
		const tooWide = async () =>
			await panel.evaluate((root) => {
				const { right } = root.getBoundingClientRect();
				return [root, ...root.querySelectorAll('*')]
					.filter((element) => element.checkVisibility())
					.filter((element) => element.getBoundingClientRect().right > right + 1)
					.map((element) => element.outerHTML.slice(0, 200));
			});
		await expectSoon(tooWide, []);
	};

	beforeAll(async () => {
		const { client, editor, fake } = session;
		const credential = await client.createAimlapiCredential(fake);
		await editor.openWorkflow(
			await client.createWorkflow(actTwoWorkflow(credential, { options: { pollingInterval: 1 } })),
		);
		await editor.openNode(ACT_TWO);
	});
	afterAll(async () => {
		session.fake.options.makeId = undefined;
		session.fake.options.failure = undefined;
		await session.editor.closeNode();
	});

	it('an ID of 200 characters in a message', async () => {
		const { editor, fake } = session;
		fake.options.makeId = () => LONG_ID;
		fake.options.failure = { name: 'INTERNAL', message: 'Try again.' };
		await editor.executeStep();
		await editor.output.getByTestId('node-error-message').getByText(LONG_ID).waitFor();
		await expectToFit(editor.output);
	});

	it('a link of 2000 characters in the form', async () => {
		const { editor } = session;
		await editor.fill('characterUrl', LONG_LINK);
		await expectToFit(editor.parameters);
	});

	it('an ID of 200 characters in the form', async () => {
		const { editor } = session;
		await editor.choose('operation', 'Get Video');
		await editor.fill('generationId', LONG_ID);
		await expectToFit(editor.parameters);
	});
}
