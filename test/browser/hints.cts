import type { BrowserSession } from './editor.test.cts';
import { file, startFileHost } from '../support/media/fileHost.cts';
import type { FileHost } from '../support/media/fileHost.cts';
import { pictures } from './pictures.cts';
import { ACT_TWO, EXAMPLE_INPUTS, TRIGGER } from '../support/n8n/workflows.cts';

const DOWNLOAD = 'Download';
const LARGE = Buffer.alloc(13_000_000);

const BODY_CONTROL =
	"'Body Control' matters for image characters. A video character keeps some of its own movement.";
const EXPRESSION = "'Expression Intensity' above 3 may distort an image character";
const LARGE_FILE =
	'A large file is sent as a temporary link, which stops working when n8n deletes an execution that is not saved. Save executions in the settings of the workflow, or use Create Video and Wait.';

/** A trigger, a node that gets a video as the file `reference`, and Act-Two. */
const workflowWithFile = (url: string) => ({
	nodes: [
		{ name: TRIGGER, type: 'n8n-nodes-base.manualTrigger', typeVersion: 1 },
		{
			name: DOWNLOAD,
			type: 'n8n-nodes-base.httpRequest',
			typeVersion: 4.2,
			parameters: {
				url,
				options: {
					response: { response: { responseFormat: 'file', outputPropertyName: 'reference' } },
				},
			},
		},
		{
			name: ACT_TWO,
			type: 'n8n-nodes-runway-act-two.runwayActTwo',
			typeVersion: 1,
			parameters: {
				...EXAMPLE_INPUTS,
				operation: 'create',
				options: { bodyControl: true, expressionIntensity: 3 },
			},
		},
	].map((node, index) => ({
		id: `hints-${index}`,
		position: [index * 220, 0],
		parameters: {},
		...node,
	})),
	connections: {
		[TRIGGER]: { main: [[{ node: DOWNLOAD, type: 'main', index: 0 }]] },
		[DOWNLOAD]: { main: [[{ node: ACT_TWO, type: 'main', index: 0 }]] },
	},
});

/** What n8n says of the parameters before the node is run. Begins with any workflow. */
export function hints(session: BrowserSession): void {
	let host: FileHost;

	beforeAll(async () => {
		const { editor } = session;
		host = await startFileHost({ '/large.mp4': file(LARGE, { type: 'video/mp4' }) });
		await editor.emptyWorkflow();
		await editor.importWorkflow(workflowWithFile(`${host.url}/large.mp4`));
		await editor.openNode(ACT_TWO);
	});
	afterAll(async () => await host?.close());

	it('Expression Intensity above 3, with an image', async () => {
		const { editor } = session;
		await editor.expectHints([]);
		await editor.fill('expressionIntensity', '4');
		// n8n takes a number when the field is left.
		await editor.page.keyboard.press('Tab');
		await editor.expectHints([EXPRESSION]);
		await pictures(editor.page, 'hints/expression-intensity', editor.output);
	});

	it('Body Control that is on, with a video', async () => {
		const { editor } = session;
		await editor.choose('characterType', 'Video');
		await editor.expectHints([BODY_CONTROL]);
		await pictures(editor.page, 'hints/body-control', editor.output);
		const bodyControl = editor.field('bodyControl').locator('.el-switch');
		await bodyControl.click();
		await editor.expectHints([]);
		await bodyControl.click();
		await editor.expectHints([BODY_CONTROL]);
		await bodyControl.click();
	});

	it('Create Video with a large file, once it is known', async () => {
		const { editor } = session;
		await editor.choose('referenceSource', 'File');
		await editor.expectHints([]);
		await editor.closeNode();
		await editor.openNode(DOWNLOAD);
		await editor.executeStep();
		await editor.closeNode();
		await editor.openNode(ACT_TWO);
		await editor.expectHints([LARGE_FILE]);
		await pictures(editor.page, 'hints/large-file', editor.output);
		await editor.choose('referenceSource', 'URL');
		await editor.expectHints([]);
	});

	it('none in an operation that creates nothing', async () => {
		const { editor } = session;
		await editor.choose('referenceSource', 'File');
		await editor.expectHints([LARGE_FILE]);
		await editor.choose('operation', 'Get Video');
		await editor.expectHints([]);
		await editor.closeNode();
	});
}
