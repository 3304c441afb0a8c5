import { readFileSync } from 'node:fs';

import type { INodeExecutionData } from 'n8n-workflow';

import { delay } from '../support/fakeAimlapi/faults.cts';
import { corpus, pathOf } from '../support/media/corpus.cts';
import { runInEngine } from './engine.cts';
import { closeFakeAimlapi, setup } from './setup.cts';

afterEach(closeFakeAimlapi);

const asset = (name: string) => readFileSync(`test/support/fakeAimlapi/assets/${name}`);

const file = (content: Buffer, mimeType: string) => ({
	data: content.toString('base64'),
	mimeType,
});

const FILES = { characterSource: 'file', referenceSource: 'file', downloadVideo: false };

it('sends both files of one form submission as data URIs of their own type', async () => {
	const items = [
		{
			json: {},
			binary: {
				character: file(asset('character.png'), 'application/octet-stream'),
				reference: file(asset('performance.mp4'), 'video/mp4'),
			},
		},
	];
	const scenario = await setup({ parameters: FILES, items });
	const { error, outputs } = await runInEngine(scenario).done;
	expect(error).toBeUndefined();
	expect(outputs[0]).toHaveLength(1);
	expect(scenario.fake.requests[0].body).toMatchObject({
		character: { url: `data:image/png;base64,${asset('character.png').toString('base64')}` },
		reference: { url: expect.stringMatching(/^data:video\/mp4;base64,/) },
	});
});

it.each([
	['a GIF', Buffer.from('GIF89a0000000000'), 'must be an image (JPEG, PNG or WebP), not GIF'],
	[
		'a web page',
		Buffer.from('<!doctype html><p>'),
		'must be an image (JPEG, PNG or WebP), not web page',
	],
	['a video', asset('performance.mp4'), 'must be an image (JPEG, PNG or WebP), not MP4'],
	['something unknown', Buffer.from('what is it'), 'must be an image (JPEG, PNG or WebP)'],
	['an empty file', Buffer.alloc(0), 'is empty'],
	[
		'a file too large for the request',
		Buffer.concat([asset('character.png'), Buffer.alloc(5_000_000)]),
		'too large',
	],
	[
		'a file too large for any way',
		Buffer.concat([asset('character.png'), Buffer.alloc(17_000_000)]),
		'must be at most 16 MB, not 16.2 MB',
	],
])('refuses %s as a character image before any request', async (_, content, rule) => {
	const items = [{ json: {}, binary: { character: file(content, 'image/png') } }];
	const scenario = await setup({ parameters: { ...FILES, referenceSource: 'url' }, items });
	const { error } = await runInEngine(scenario).done;
	expect(error?.message).toContain('Character file');
	expect(error?.message).toContain(rule);
	expect(scenario.fake.requests).toEqual([]);
});

it.each([
	['sound-only.mp4', 'not audio only'],
	['picture.avi', 'not AVI'],
	['sound.ogg', 'not audio only'],
])('refuses %s as a reference video before any request', async (name, rule) => {
	corpus();
	const items = [
		{ json: {}, binary: { reference: file(readFileSync(pathOf(name)), 'video/mp4') } },
	];
	const scenario = await setup({ parameters: { ...FILES, characterSource: 'url' }, items });
	const { error } = await runInEngine(scenario).done;
	expect(error?.message).toContain('Reference Video file');
	expect(error?.message).toContain(rule);
	expect(scenario.fake.requests).toEqual([]);
});

it.each([
	['no-ftyp.mov', 'video/quicktime'],
	['picture.mkv', 'video/x-matroska'],
	['hevc.mp4', 'video/mp4'],
])('sends %s under its true type, whatever was declared', async (name, contentType) => {
	corpus();
	const items = [
		{ json: {}, binary: { reference: file(readFileSync(pathOf(name)), 'video/webm') } },
	];
	const scenario = await setup({ parameters: { ...FILES, characterSource: 'url' }, items });
	const { error } = await runInEngine(scenario).done;
	expect(error).toBeUndefined();
	const { reference } = scenario.fake.requests[0].body as { reference: { url: string } };
	expect(reference.url.slice(0, 40)).toContain(`data:${contentType};base64,`);
});

it.each([
	['picture.png', '1280:720'],
	['orientation-6.jpg', '720:1280'],
])('Frame Size matches the character %s', async (name, size) => {
	corpus();
	const items = [
		{ json: {}, binary: { character: file(readFileSync(pathOf(name)), 'image/png') } },
	];
	const scenario = await setup({ parameters: { ...FILES, referenceSource: 'url' }, items });
	await runInEngine(scenario).done;
	expect(scenario.fake.requests[0].body).toMatchObject({ frame_size: size });
});

describe('which file', () => {
	const image = file(asset('character.png'), 'image/png');
	const sent = async (value: unknown, item: INodeExecutionData) => {
		const scenario = await setup({
			parameters: {
				...FILES,
				referenceSource: 'url',
				characterBinaryPropertyName: value as string,
			},
			items: [item],
		});
		const { error } = await runInEngine(scenario).done;
		return { error, requests: scenario.fake.requests };
	};

	it.each([
		['a name', 'photo', { json: {}, binary: { photo: image } }],
		[
			'an expression that gives the file',
			'={{ $binary.photo }}',
			{ json: {}, binary: { photo: image } },
		],
		['a file in the JSON', '={{ $json._files.photo }}', { json: { _files: { photo: image } } }],
		['a bare name of a file in the JSON', 'photo', { json: { photo: image } }],
		['a bare name under _files', 'photo', { json: { _files: { photo: image } } }],
		[
			'the name of a form field with several files',
			'photo',
			{ json: {}, binary: { photo_0: image, photo_1: image } },
		],
		['a path in the JSON', 'form.photo', { json: { form: { photo: image } } }],
	] as Array<[string, string, INodeExecutionData]>)('%s', async (_, value, item) => {
		const { error, requests } = await sent(value, item);
		expect(error).toBeUndefined();
		expect(requests[0].body).toMatchObject({
			character: { url: expect.stringMatching(/^data:image\/png;base64,/) },
		});
	});

	it('a wrong name lists the files that there are', async () => {
		const { error, requests } = await sent('photo', {
			json: { scan: image },
			binary: { front: image, back: image },
		});
		expect(error?.message).toContain("'Character Input Data Field Name' has no file named “photo”");
		expect(error?.description).toContain('Files in this item: scan, front, back.');
		expect(requests).toEqual([]);
	});

	it('a tool call, which has no files, is told what to do instead', async () => {
		const scenario = await setup({
			parameters: { ...FILES, referenceSource: 'url' },
			settings: { type: 'n8n-nodes-runway-act-two.runwayActTwoTool' },
		});
		const { error } = await runInEngine(scenario).done;
		expect(error?.description).toContain('A tool call has no files. Set the source to URL');
		expect(scenario.fake.requests).toEqual([]);
	});

	it('a file that is gone names the input', async () => {
		const { error, requests } = await sent('photo', {
			json: {},
			binary: {
				photo: {
					...image,
					data: 'filesystem-v2',
					id: 'filesystem-v2:workflows/w/executions/1/binary_data/0',
				},
			},
		});
		expect(error?.message).toContain('Character file is no longer stored');
		expect(requests).toEqual([]);
	});
});

it('no file is paid for when another item’s is not usable', async () => {
	const items = [asset('character.png'), Buffer.from('GIF89a0000')].map((content) => ({
		json: {},
		binary: { character: file(content, 'image/png') },
	}));
	const scenario = await setup({ parameters: { ...FILES, referenceSource: 'url' }, items });
	const { error } = await runInEngine(scenario).done;
	expect(error?.message).toContain('not GIF [item 1]');
	expect(scenario.fake.requests).toEqual([]);
});

it('names the field of a file that is not there', async () => {
	const scenario = await setup({ parameters: FILES });
	const { error } = await runInEngine(scenario).done;
	expect(error?.message).toContain('Character Input Data Field Name');
	expect(error?.description).toContain('The item has no files.');
	expect(scenario.fake.requests).toEqual([]);
});

it('sends so many large files at once as memory allows, and in the end all', async () => {
	const reference = file(
		Buffer.concat([asset('performance.mp4'), Buffer.alloc(12_000_000)]),
		'video/mp4',
	);
	const scenario = await setup({
		parameters: { ...FILES, operation: 'create', characterSource: 'url' },
		items: Array.from({ length: 4 }, () => ({ json: {}, binary: { reference } })),
	});
	scenario.fake.fail('create', delay(200), 4);
	let unanswered = 0;
	let most = 0;
	scenario.fake.on('request', () => (most = Math.max(most, ++unanswered)));
	scenario.fake.on('answered', () => unanswered--);
	const { error, outputs } = await runInEngine(scenario).done;
	expect(error).toBeUndefined();
	expect(outputs[0]).toHaveLength(4);
	expect(most).toBe(2);
});
