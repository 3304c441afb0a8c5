import type { BrowserSession } from './editor.test.cts';
import { FILES } from './internet.cts';
import { canvasPictures } from './pictures.cts';
import { CREDENTIAL_TYPES, exampleNames, readExample, setUpExample } from '../support/examples.cts';
import type { WorkflowNode } from '../support/n8n/client.cts';

/** A picture of every example, imported from a file and set up. Begins anywhere. */
export function examples(session: BrowserSession): void {
	const credentials: Record<string, string> = {};

	beforeAll(async () => {
		const { client, editor } = session;
		// Before the editor is opened, which reads what credentials there are.
		for (const type of new Set(Object.values(CREDENTIAL_TYPES) as string[])) {
			credentials[type] = (await client.createCredential(type, type, {})).id;
		}
		const [first] = exampleNames();
		await editor.openWorkflow(await client.createWorkflow(readExample(first)));
	});

	it.each(exampleNames())('%s can be imported', async (name) => {
		const { editor } = session;
		const example = setUpExample(name, credentials);
		for (const { parameters } of example.nodes) chooseWhatIsOpen(parameters);
		await editor.emptyWorkflow();
		await editor.importWorkflow(example);
		await canvasPictures(editor.page, `examples/${name}`);
		// The red triangle of a node that lacks something.
		expect(await editor.page.getByTestId('node-issues').count()).toBe(0);
	});
}

/** What the example leaves to its user: files, folders, channels, workflows and the performance. */
function chooseWhatIsOpen(parameters: WorkflowNode['parameters']): void {
	for (const [name, value] of Object.entries(parameters)) {
		if (value === '') parameters[name] = name === 'referenceUrl' ? FILES.performance : 'chosen';
		if (value !== null && typeof value === 'object') {
			chooseWhatIsOpen(value as Record<string, unknown>);
		}
	}
}
