import type { BrowserSession } from './editor.test.cts';
import { FILES } from './internet.cts';
import { pictures } from './pictures.cts';
import { ACT_TWO, EXAMPLE_INPUTS, TRIGGER } from '../support/n8n/workflows.cts';

const DOWNLOAD = 'Download';

/** By the picture's file. */
export const HINTS = {
	'body-control':
		"'Body Control' has less effect on a video character, which keeps some of its own movement",
	'expression-intensity': "'Expression Intensity' above 3 may distort an image character",
	'large-file':
		'A large file is sent as a temporary link, which stops working when n8n deletes an execution that is not saved. Save executions in the workflow settings, or use Create Video and Wait.',
};

/** A trigger, a node that gets a video as the file `reference`, and Act-Two. */
const WORKFLOW_WITH_FILE = {
	nodes: [
		{ name: TRIGGER, type: 'n8n-nodes-base.manualTrigger', typeVersion: 1 },
		{
			name: DOWNLOAD,
			type: 'n8n-nodes-base.httpRequest',
			typeVersion: 4.2,
			parameters: {
				url: FILES.large,
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
};

/** What n8n says of the parameters before the node is run. Begins with any workflow. */
export function hints(session: BrowserSession): void {
	/** Waits for it and takes its picture. */
	const show = async (name: keyof typeof HINTS) => {
		const { editor } = session;
		await editor.expectHints([HINTS[name]]);
		const hint = editor.output.getByTestId('node-hint');
		await pictures(editor.page, `hints/${name}`, editor.output, hint);
	};

	beforeAll(async () => {
		const { editor } = session;
		await editor.emptyWorkflow();
		await editor.importWorkflow(WORKFLOW_WITH_FILE);
		await editor.openNode(ACT_TWO);
	});

	it('Expression Intensity above 3, with an image', async () => {
		const { editor } = session;
		await editor.expectHints([]);
		await editor.fill('expressionIntensity', '4');
		// n8n takes a number when the field is left.
		await editor.page.keyboard.press('Tab');
		await show('expression-intensity');
	});

	it('Body Control that is on, with a video', async () => {
		const { editor } = session;
		await editor.choose('characterType', 'Video');
		await show('body-control');
		const bodyControl = editor.field('bodyControl').locator('.el-switch');
		await bodyControl.click();
		await editor.expectHints([]);
		await bodyControl.click();
		await editor.expectHints([HINTS['body-control']]);
		await bodyControl.click();
	});

	it('Create Video with a large file, once it is known', async () => {
		const { editor } = session;
		await editor.choose('referenceSource', 'File');
		await editor.expectHints([]);
		await editor.closeNode();
		await editor.openNode(DOWNLOAD);
		await editor.executeStep();
		await editor.showOutputAs('binary');
		await editor.output.getByText('video/mp4').waitFor();
		await editor.closeNode();
		await editor.openNode(ACT_TWO);
		await show('large-file');
		await editor.choose('referenceSource', 'URL');
		await editor.expectHints([]);
	});

	it('none in an operation that creates nothing', async () => {
		const { editor } = session;
		await editor.choose('referenceSource', 'File');
		await editor.expectHints([HINTS['large-file']]);
		await editor.choose('operation', 'Get Video');
		await editor.expectHints([]);
		await editor.closeNode();
	});
}
