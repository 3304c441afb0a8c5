import type { BrowserSession } from './editor.test.cts';
import { pictures } from './pictures.cts';
import { EXAMPLE_INPUTS } from '../support/n8n/workflows.cts';

const GENERATION = [
	'Character Type',
	'Character Source',
	'Character URL',
	'Reference Video Source',
	'Reference Video URL',
	'Frame Size',
];
const DOWNLOAD = ['Download Video', 'Put Output File in Field'];

const OPERATIONS = [
	{
		name: 'Create Video and Wait',
		picture: 'form-create-and-wait',
		fields: [...GENERATION, ...DOWNLOAD],
		options: [
			'Body Control',
			'Check Links',
			'Endpoint',
			'Expression Intensity',
			'Max Concurrent Generations',
			'Max Cost',
			'Max File Size',
			'On Timeout',
			'Polling Interval',
			'Reuse Recent Generation',
			'Seed',
			'Timeout',
		],
	},
	{
		name: 'Create Video',
		picture: 'form-create',
		fields: GENERATION,
		options: [
			'Body Control',
			'Check Links',
			'Endpoint',
			'Expression Intensity',
			'Max Concurrent Generations',
			'Max Cost',
			'Reuse Recent Generation',
			'Seed',
		],
	},
	{
		name: 'Get Many Videos',
		picture: 'form-get-many',
		fields: ['Return All', 'Limit', 'Period'],
		options: [],
	},
	{
		name: 'Get Video',
		picture: 'form-get',
		fields: ['Generation ID', ...DOWNLOAD],
		options: ['Endpoint', 'Max File Size'],
	},
	{
		name: 'Wait for Video',
		picture: 'form-wait',
		fields: ['Generation ID', ...DOWNLOAD],
		options: [
			'Endpoint',
			'Max Concurrent Generations',
			'Max File Size',
			'On Timeout',
			'Polling Interval',
			'Timeout',
		],
	},
];

const formOf = (fields: string[], hasOptions = true) => [
	'Credential',
	'Resource',
	'Operation',
	...fields,
	...(hasOptions ? ['Options'] : []),
];

/** What each operation asks for. Begins with the form of a node that was added just now. */
export function forms(session: BrowserSession): void {
	it.each(OPERATIONS)('$name shows its own fields and options', async (operation) => {
		const { editor } = session;
		await editor.choose('operation', operation.name);
		const hasOptions = operation.options.length > 0;
		await editor.expectLabels(formOf(operation.fields, hasOptions));
		if (hasOptions) expect(await editor.offeredOptions()).toEqual(operation.options);
		// Tall enough for the longest form.
		await editor.page.setViewportSize({ width: 1440, height: 1200 });
		const last = hasOptions
			? editor.page.getByTestId('collection-parameter-add')
			: editor.field('period');
		await pictures(editor.page, operation.picture, editor.parameters, last);
		await editor.page.setViewportSize({ width: 1440, height: 900 });
	});

	it('Estimate Cost, a resource of its own, asks for the same inputs', async () => {
		const { editor } = session;
		await editor.choose('resource', 'Cost');
		await editor.expectLabels(formOf(GENERATION));
		await editor.choose('resource', 'Video');
	});

	it('a source that is a file is asked for by the name of its field', async () => {
		const { editor } = session;
		await editor.choose('operation', 'Create Video and Wait');
		for (const [name, label] of [
			['character', 'Character'],
			['reference', 'Reference Video'],
		]) {
			const fields = [...GENERATION, ...DOWNLOAD];
			await editor.choose(`${name}Source`, 'File');
			await editor.expectLabels(
				formOf(
					fields.map((field) => field.replace(`${label} URL`, `${label} Input Data Field Name`)),
				),
			);
			expect(await editor.field(`${name}BinaryPropertyName`).locator('input').inputValue()).toBe(
				name,
			);
			await editor.choose(`${name}Source`, 'URL');
			await editor.expectLabels(formOf(fields));
		}
	});

	it('the output field is asked for only when the video is downloaded', async () => {
		const { editor } = session;
		const download = editor.field('downloadVideo').locator('.el-switch');
		await download.click();
		await editor.expectLabels(formOf([...GENERATION, 'Download Video']));
		await download.click();
		await editor.expectLabels(formOf([...GENERATION, ...DOWNLOAD]));
	});

	it('takes links and options', async () => {
		const { editor } = session;
		await editor.fill('characterUrl', EXAMPLE_INPUTS.characterUrl);
		await editor.fill('referenceUrl', EXAMPLE_INPUTS.referenceUrl);
		await editor.addOption('Polling Interval');
		await editor.fill('pollingInterval', '1');
		await editor.expectLabels([...formOf([...GENERATION, ...DOWNLOAD]), 'Polling Interval']);
	});
}
