import type { BrowserSession } from './editor.test.cts';
import { pictures } from './pictures.cts';
import { readExample } from '../support/examples.cts';

const NODE = 'On Video Finished';

/** The form of the second node, in the example that uses it. Begins anywhere. */
export function trigger(session: BrowserSession): void {
	it('asks for the event, whose generations count, and the file', async () => {
		const { client, editor } = session;
		const example = readExample('create-then-trigger');
		const { id } = await client.createCredential('AIMLAPI account', 'aimlapiApi', {});
		for (const node of example.nodes) {
			if (node.name === NODE) node.credentials = { aimlapiApi: { id, name: 'AIMLAPI account' } };
		}
		await editor.openWorkflow(await client.createWorkflow(example));
		// Tall enough for the whole form.
		await editor.page.setViewportSize({ width: 1440, height: 1200 });
		await editor.openNode(NODE);
		for (const name of ['event', 'createdBy', 'downloadVideo']) {
			await editor.field(name).waitFor();
		}
		const fields = editor.parameters.locator('[data-test-id^="parameter-input-"]');
		const last = fields.filter({ visible: true }).last();
		await pictures(editor.page, 'form-trigger', editor.parameters, last);
		await editor.closeNode();
		await editor.page.setViewportSize({ width: 1440, height: 900 });
	});
}
