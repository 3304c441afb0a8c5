import type { BrowserSession } from './editor.test.cts';
import { ADDED } from './nodesPanel.cts';
import { pictures } from './pictures.cts';

/** Running the node that was filled in, and what its user sees then. */
export function results(session: BrowserSession): void {
	it('Create Video and Wait gives a row with the link', async () => {
		const { editor, fake } = session;
		await editor.executeStep();
		await editor.showOutputAs('table');
		expect(await editor.rowWith('completed')).toMatchObject({
			id: fake.generations[0].id,
			status: 'completed',
			videoUrl: expect.stringMatching(/^https:\/\/cdn\.aimlapi\.com\/.*\.mp4\?_jwt=/),
			videoUrlExpiresAt: expect.stringMatching(/^20.*Z$/),
			creditsUsed: '650000',
		});
		await editor.withWideOutput(async () => {
			await pictures(editor.page, 'result', editor.output, editor.output.locator('table'));
		});
	});

	it('shows when the link expires', async () => {
		await session.editor.output.getByText(/^The video link expires on 20.* UTC/).waitFor();
	});

	it('plays the video', async () => {
		const { editor } = session;
		await editor.showOutputAs('binary');
		await editor.output.getByText('video/mp4').waitFor();
		await editor.output.getByText('View', { exact: true }).click();
		await editor.page.waitForFunction('document.querySelector("video")?.currentTime > 1');
		await editor.closeNode();
	});

	it('shows why there is no video, and what to do', async () => {
		const { editor, fake } = session;
		const name = 'SAFETY.INPUT.IMAGE';
		fake.options.failure = { name, message: 'The image was moderated.' };
		await editor.openNode(ADDED);
		await editor.executeStep();
		const { id } = fake.generations[fake.generations.length - 1];
		const message = `The generation ended without a video (generation ${id})`;
		await editor.output.getByTestId('node-error-message').getByText(message).waitFor();
		const advice = 'Change the character or the reference before you try again.';
		await editor.output.getByText(advice).first().waitFor();
		fake.options.failure = undefined;
	});

	it('Create Video gives the ID that Get Video and Wait for Video take', async () => {
		const { editor } = session;
		await editor.choose('operation', 'Create Video');
		await editor.executeStep();
		await editor.showOutputAs('table');
		const { id, status } = await editor.rowWith('queued');
		expect(status).toBe('queued');
		for (const operation of ['Get Video', 'Wait for Video']) {
			await editor.choose('operation', operation);
			await editor.fill('generationId', id);
			await editor.executeStep();
			await editor.showOutputAs('table');
			expect(await editor.rowWith('completed')).toMatchObject({ id, status: 'completed' });
		}
		await editor.closeNode();
	});
}
