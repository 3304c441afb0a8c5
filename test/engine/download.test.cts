import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import type { Fault } from '../support/fakeAimlapi/faults.cts';
import { EXPIRED_LINK, sendXml, truncated } from '../support/fakeAimlapi/faults.cts';
import { runInEngine } from './engine.cts';
import { closeFakeAimlapi, setup, VIDEO_BYTES } from './setup.cts';

afterEach(closeFakeAimlapi);

const VIDEO = readFileSync('test/support/fakeAimlapi/assets/video.mp4');

const answer =
	(status: number, headers: Record<string, string | number>, body: Buffer | string): Fault =>
	({ response }) => {
		response.writeHead(status, headers);
		response.end(body);
	};

/** Everything in n8n's storage, begun files too. */
function storedFiles(): string[] {
	const folder = join(process.env.N8N_USER_FOLDER as string, 'binary');
	return existsSync(folder)
		? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
				(name) => /binary_data\/[^/]+$/.test(name) && !name.endsWith('.metadata'),
			)
		: [];
}

/** What the node gives when the first responses of the video's host are faults. */
async function downloaded(fault: Fault, times: number, options = {}) {
	const scenario = await setup({ parameters: { options } });
	scenario.fake.fail('download', fault, times);
	const before = storedFiles().length;
	const { outputs, hints, error } = await runInEngine(scenario).done;
	expect(error).toBeUndefined();
	return {
		binary: outputs[0][0].binary?.data,
		json: outputs[0][0].json,
		hint: hints.find(({ message }) => message.startsWith('Not downloaded'))?.message,
		stored: storedFiles().length - before,
		fake: scenario.fake,
	};
}

it.each([
	['a page that calls itself a video', { 'content-type': 'video/mp4' }, '<!doctype html><p>Hi'],
	['a word that calls itself a video', { 'content-type': 'video/mp4' }, 'Forbidden'],
	['an error in JSON without a type', {}, '{"message":"no"}'],
	['a page behind a byte-order mark', {}, '\ufeff<html>'],
])('%s is never stored as one', async (_, headers, body) => {
	const { binary, stored, fake } = await downloaded(answer(200, headers, body), 1);
	expect(binary).toMatchObject({ bytes: VIDEO_BYTES });
	expect(fake.count('download')).toBe(2);
	expect(stored).toBe(1);
});

it.each([
	['text', 'the link returned text instead of a video', answer(200, {}, 'Forbidden')],
	['an empty response', 'the response was empty', answer(200, { 'content-type': 'video/mp4' }, '')],
	[
		'a part of the video',
		'the link returned HTTP 206',
		answer(206, { 'content-range': `bytes 0-${VIDEO.length - 1}/${VIDEO.length + 1}` }, VIDEO),
	],
])('%s each time leaves the link, and the hint says why', async (_, reason, fault) => {
	const { binary, json, hint, stored } = await downloaded(fault, Infinity);
	expect(binary).toBeUndefined();
	expect(json.videoUrl).toBeDefined();
	expect(hint).toContain(reason);
	expect(stored).toBe(0);
});

it.each(['text/html', 'application/json', 'application/octet-stream', 'binary/octet-stream'])(
	'a video is taken although its host calls it %s',
	async (type) => {
		const { binary, fake } = await downloaded(answer(200, { 'content-type': type }, VIDEO), 1);
		expect(binary).toMatchObject({ bytes: VIDEO_BYTES, mimeType: 'video/mp4' });
		expect(fake.count('download')).toBe(1);
	},
);

it('a partial response that has the whole video is taken', async () => {
	const headers = { 'content-range': `bytes 0-${VIDEO.length - 1}/${VIDEO.length}` };
	const { binary, fake } = await downloaded(answer(206, headers, VIDEO), 1);
	expect(fake.count('download')).toBe(1);
	expect(binary).toMatchObject({ bytes: VIDEO_BYTES });
});

it('asks for the video as it is, and takes a compressed one all the same', async () => {
	let asked: string | undefined;
	const { binary } = await downloaded((context) => {
		asked = context.request.headers['accept-encoding'];
		answer(200, { 'content-encoding': 'gzip' }, gzipSync(VIDEO))(context);
	}, 1);
	expect(asked).toBe('identity');
	expect(binary).toMatchObject({ bytes: VIDEO_BYTES });
});

it.each([400, 401, 403, 404, 410])(
	'a link that expired with HTTP %i is refreshed',
	async (code) => {
		const { binary, fake } = await downloaded(
			({ response }) => sendXml(response, code, EXPIRED_LINK),
			1,
		);
		expect(binary).toMatchObject({ bytes: VIDEO_BYTES });
		expect(fake.count('retrieve')).toBe(2);
	},
);

it('bytes that come one at a time are a video too', async () => {
	const { binary, fake } = await downloaded(({ response }) => {
		response.writeHead(200, { 'content-length': VIDEO.length });
		for (let at = 0; at < 40; at++) response.write(VIDEO.subarray(at, at + 1));
		setTimeout(() => response.end(VIDEO.subarray(40)), 50);
	}, 1);
	expect(binary).toMatchObject({ bytes: VIDEO_BYTES });
	expect(fake.count('download')).toBe(1);
});

/** A response that says how long it is, or not, and breaks off after its first megabyte. */
const brokenOff =
	(headers: Record<string, number>): Fault =>
	({ response }) => {
		response.writeHead(200, headers);
		response.write(VIDEO);
		response.write(Buffer.alloc(1_000_000), () => setTimeout(() => response.destroy(), 50));
	};

describe('a try that fails leaves no copy in the storage', () => {
	it.each<[what: string, fault: Fault]>([
		['of the wrong length', truncated],
		['that breaks off', brokenOff({ 'content-length': 2_000_000 })],
		['of unknown length that breaks off', brokenOff({})],
	])('a video %s is stored once in the end', async (_, fault) => {
		const { binary, stored, fake } = await downloaded(fault, 1);
		expect(fake.count('download')).toBe(2);
		expect(binary).toMatchObject({ bytes: VIDEO_BYTES });
		expect(stored).toBe(1);
	});

	it('not even when all tries fail', async () => {
		const { hint, stored, fake } = await downloaded(brokenOff({}), Infinity);
		expect(fake.count('download')).toBe(4);
		expect(hint).toContain('the connection was lost');
		expect(stored).toBe(0);
	});

	it('a video that turns out larger than Max File Size is not stored', async () => {
		const large = Buffer.concat([VIDEO, Buffer.alloc(1_000_000)]);
		const chunked: Fault = ({ response }) => {
			response.writeHead(200, {});
			response.end(large);
		};
		const { binary, hint, stored } = await downloaded(chunked, 1, { maxFileSize: 1 });
		expect(binary).toBeUndefined();
		expect(hint).toContain('it is larger than 1 MB');
		expect(stored).toBe(0);
	});
});
