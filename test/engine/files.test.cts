import { readFileSync } from 'node:fs';

import type { INodeExecutionData } from 'n8n-workflow';

import { accepted, delay, status } from '../support/fakeAimlapi/faults.cts';
import type { Fault } from '../support/fakeAimlapi/faults.cts';
import { corpus, pathOf } from '../support/media/corpus.cts';
import { runInEngine, stored } from './engine.cts';
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

describe('a file inside the request that is refused', () => {
	const ADDRESS = { restApiUrl: 'https://n8n.example.com/rest' };
	const SIGNED = /^https:\/\/n8n\.example\.com\/rest\/binary-data\/signed\?token=/;
	const run = async (faults: Fault[], settings: { restApiUrl?: string } = ADDRESS) => {
		const items = [
			{
				json: {},
				binary: {
					character: await stored(asset('character.png'), 'image/png'),
					reference: await stored(asset('performance.mp4'), 'video/mp4'),
				},
			},
		];
		const scenario = await setup({ parameters: FILES, items, ...settings });
		for (const fault of faults) scenario.fake.fail('create', fault);
		const { error, outputs } = await runInEngine(scenario).done;
		const posts = scenario.fake.requests.filter(({ kind }) => kind === 'create');
		return {
			error,
			outputs,
			urls: posts.map(({ body }) => {
				const { character, reference } = body as Record<'character' | 'reference', { url: string }>;
				return [character.url, reference.url];
			}),
			ids: posts.map(({ clientRequestId }) => clientRequestId),
			fake: scenario.fake,
		};
	};
	const inside = [expect.stringMatching(/^data:image\/png/), expect.stringMatching(/^data:video/)];
	const asLinks = [expect.stringMatching(SIGNED), expect.stringMatching(SIGNED)];

	it.each([
		[400, 'Invalid input'],
		[400, 'character.url: String must contain at most 2048 character(s)'],
		[413, 'Payload Too Large'],
		[422, 'Unprocessable Entity'],
	])('by HTTP %i “%s” is sent once more as n8n’s link, and paid for once', async (code, words) => {
		const { error, outputs, urls, ids, fake } = await run([status(code, words)]);
		expect(error).toBeUndefined();
		expect(outputs[0]).toHaveLength(1);
		expect(urls).toEqual([inside, asLinks]);
		expect(new Set(ids).size).toBe(2);
		expect(fake.generations).toHaveLength(1);
	});

	it('as a link as well ends there, and no field of the request is named', async () => {
		const refusal = status(400, 'character.url and reference.url are invalid');
		const { error, urls } = await run([refusal, refusal]);
		expect(urls).toHaveLength(2);
		expect(error?.description).toContain(
			'“the character file and the reference file are invalid”. Change the fields named here, then try again.',
		);
		expect(error?.description).toContain('once more as a temporary link to this n8n instance.');
	});

	it.each([
		['has no public address', {}],
		['has an IP address', { restApiUrl: 'https://203.0.113.5/rest' }],
	])('is not sent again where n8n %s, and says what to do', async (_, settings) => {
		const { error, urls } = await run([status(400, 'reference.url: Invalid url')], settings);
		expect(urls).toEqual([inside]);
		expect(error?.description).not.toContain('reference.url');
		expect(error?.description).toContain(
			'The file was sent inside the request. If that is the cause, upload it to a public https address and set the source to URL instead.',
		);
	});

	it.each([401, 402, 403, 404])(
		'is not sent again where HTTP %i is about the account',
		async (code) => {
			const { urls, error } = await run([status(code, 'No')]);
			expect(urls).toHaveLength(1);
			expect(error?.description).not.toContain('inside the request');
		},
	);

	it('is not sent again where it may have been accepted', async () => {
		const { urls, fake } = await run([accepted(status(500))]);
		expect(urls).toHaveLength(1);
		expect(fake.generations).toHaveLength(1);
	});
});

describe('a video above 5 MB', () => {
	const large = Buffer.concat([asset('performance.mp4'), Buffer.alloc(6_000_000)]);
	const run = async (settings: { restApiUrl?: string }) => {
		const items = [{ json: {}, binary: { reference: await stored(large, 'video/mp4') } }];
		const parameters = { ...FILES, characterSource: 'url' };
		const scenario = await setup({ parameters, items, ...settings });
		const { error, hints } = await runInEngine(scenario).done;
		expect(error).toBeUndefined();
		const { reference } = scenario.fake.requests[0].body as { reference: { url: string } };
		return { url: reference.url, hints: hints.map(({ message }) => message).join() };
	};

	it('is sent as n8n’s link where that is public', async () => {
		const { url, hints } = await run({ restApiUrl: 'https://n8n.example.com/rest' });
		expect(url).toMatch(/^https:\/\/n8n\.example\.com\/rest\/binary-data\/signed\?token=/);
		expect(hints).not.toContain('may refuse');
	});

	it('is sent inside the request where there is no link, with a hint', async () => {
		const { url, hints } = await run({});
		expect(url).toMatch(/^data:video\/mp4;base64,/);
		expect(hints).toContain('are sent within the request, which Act-Two may refuse.');
	});
});

it('a file beyond every limit is refused by its size, and not read', async () => {
	const huge = Buffer.alloc(34_000_000, 'GIF89a');
	const items = [{ json: {}, binary: { character: await stored(huge, 'image/png') } }];
	const scenario = await setup({ parameters: { ...FILES, referenceSource: 'url' }, items });
	const { error } = await runInEngine(scenario).done;
	expect(error?.message).toContain('must be at most 16 MB, not 32.4 MB');
	expect(scenario.fake.requests).toEqual([]);
});
