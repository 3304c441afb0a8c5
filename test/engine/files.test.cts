import { readFileSync } from 'node:fs';

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
	['a GIF', Buffer.from('GIF89a0000000000'), 'must be a image'],
	['a web page', Buffer.from('<!doctype html><p>'), 'must be a image'],
	['a video', asset('performance.mp4'), 'must be a image'],
	['an empty file', Buffer.alloc(0), 'is empty'],
	[
		'a file too large for the request',
		Buffer.concat([asset('character.png'), Buffer.alloc(5_000_000)]),
		'too large',
	],
])('refuses %s as a character image before any request', async (_, content, rule) => {
	const items = [{ json: {}, binary: { character: file(content, 'image/png') } }];
	const scenario = await setup({ parameters: { ...FILES, referenceSource: 'url' }, items });
	const { error } = await runInEngine(scenario).done;
	expect(error?.message).toContain('Character file');
	expect(error?.message).toContain(rule.replace('a image', 'an image'));
	expect(scenario.fake.requests).toEqual([]);
});

it('names the field of a file that is not there', async () => {
	const scenario = await setup({ parameters: FILES });
	const { error } = await runInEngine(scenario).done;
	expect(error?.message).toContain('character');
	expect(scenario.fake.requests).toEqual([]);
});
