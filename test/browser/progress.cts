import type { ConsoleMessage } from 'playwright-core';

import type { BrowserSession } from './editor.test.cts';
import { withFakeAimlapi } from '../support/n8n/session.cts';
import { ACT_TWO, actTwoWorkflow } from '../support/n8n/workflows.cts';

const LINE = /^(.*), \d+ s(, usually 44 to 68 s)?$/;

/** What the browser's console says while three videos are being made. Begins anywhere. */
export function progress(session: BrowserSession): void {
	it('is told in the console: each creation, each change of status, and again after 15 seconds', async () => {
		const { client, editor } = session;
		const said: string[] = [];
		const listen = (message: ConsoleMessage) => {
			const [, line] = message.text().split(`[Node: "${ACT_TWO}"] `);
			if (line !== undefined) said.push(line);
		};
		editor.page.on('console', listen);
		await withFakeAimlapi(client, { durationMs: 20_000 }, async (fake) => {
			const credential = await client.createAimlapiCredential(fake);
			const options = { checkLinks: false, pollingInterval: 1 };
			const workflow = actTwoWorkflow(credential, { downloadVideo: false, options }, [{}, {}, {}]);
			await editor.openWorkflow(await client.createWorkflow(workflow));
			await editor.openNode(ACT_TWO);
			const finished = editor.page.waitForEvent('console', {
				predicate: (message) => message.text().includes('3 of 3 finished'),
				timeout: 60_000,
			});
			await editor.page.getByTestId('node-execute-button').click();
			await finished;
			await editor.closeNode();
		});
		editor.page.off('console', listen);
		const counts = said.map((line) => LINE.exec(line)?.[1]);
		expect([...new Set(counts)]).toEqual([
			'0 of 3 finished, 1 queued, 2 waiting',
			'0 of 3 finished, 2 queued, 1 waiting',
			'0 of 3 finished, 3 queued',
			'0 of 3 finished, 1 generating, 2 queued',
			'0 of 3 finished, 2 generating, 1 queued',
			'0 of 3 finished, 3 generating',
			'1 of 3 finished, 2 generating',
			'2 of 3 finished, 1 generating',
			'3 of 3 finished',
		]);
		// On a busy machine a little later.
		expect(said).toContainEqual(
			expect.stringMatching(/^0 of 3 finished, 3 generating, 1[5-9] s, usually 44 to 68 s$/),
		);
	});
}
