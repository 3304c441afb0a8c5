import { getEventListeners } from 'node:events';

import { linkRequest, PART_BYTES } from '../../nodes/RunwayActTwo/media/linkRequest';
import {
	endless,
	file,
	redirect,
	reset,
	stall,
	startFileHost,
	status,
} from '../support/media/fileHost.cts';
import type { FileHost } from '../support/media/fileHost.cts';
import { requestHelpers } from './httpRequest.cts';

const CONTENT = Buffer.from('0123456789'.repeat(10));
/** What kernel and n8n buffer of a connection before anybody reads. */
const BUFFERED_BYTES = 16_000_000;

let host: FileHost;
const request = linkRequest(requestHelpers());
const never = () => new AbortController().signal;
const ask = async (path: string, offset?: number, signal = never()) =>
	await request(host.url + path, signal, offset);

beforeEach(async () => {
	host = await startFileHost({
		'/file': file(CONTENT, { type: 'video/mp4' }),
		'/moved': redirect('/file'),
		'/private': status(403, { 'content-type': 'text/html' }, '<p>no</p>'),
		'/whole': endless(200, { 'content-type': 'video/mp4', 'content-length': 1e12 }),
		'/part': endless(206, { 'content-range': 'bytes 0-999/1000' }),
		'/error': endless(403, { 'content-type': 'text/html' }),
		'/gzip': file(CONTENT, { headers: { 'content-encoding': 'gzip' } }),
		'/stall': stall,
		'/reset': reset,
	});
});
afterEach(async () => await host.close());

it('gives the part that was asked for', async () => {
	const { status, headers, body } = await ask('/file', 95);
	expect([status, body.toString()]).toEqual([206, '56789']);
	expect(headers).toMatchObject({
		'content-type': 'video/mp4',
		'content-range': 'bytes 95-99/100',
	});
	expect(host.requests[0].headers).toMatchObject({
		range: `bytes=95-${95 + PART_BYTES - 1}`,
		accept: '*/*',
		'accept-encoding': 'identity',
	});
	expect(host.requests[0].headers.authorization).toBeUndefined();
});

it('asks by HEAD', async () => {
	const { status, headers, body } = await ask('/file');
	expect([status, headers['content-length'], body.length]).toEqual([200, '100', 0]);
	expect(host.methods('/file')).toEqual(['HEAD']);
});

it('follows no redirect and gives every status', async () => {
	expect(await ask('/moved', 0)).toMatchObject({ status: 302, headers: { location: '/file' } });
	expect(await ask('/private')).toMatchObject({ status: 403, body: Buffer.alloc(0) });
	expect(await ask('/missing')).toMatchObject({ status: 404 });
	expect(host.requests).toHaveLength(3);
});

it('gives the words of a host that refuses', async () => {
	const { status, body } = await ask('/private', 0);
	expect([status, body.toString()]).toEqual([403, '<p>no</p>']);
});

it.each([
	['/whole', 0, PART_BYTES],
	['/whole', PART_BYTES, 0],
	['/part', 0, PART_BYTES],
	['/error', 0, 4 * 1024],
])('reads no more of %s from %i than %i bytes, and hangs up', async (path, offset, length) => {
	const { body } = await ask(path, offset);
	expect(body).toHaveLength(length);
	await host.idle();
	expect(host.bytesSent()).toBeLessThan(BUFFERED_BYTES);
});

it('rejects when there is no answer, or no body that can be read', async () => {
	await expect(ask('/reset')).rejects.toMatchObject({ code: 'ECONNRESET' });
	await expect(ask('/gzip', 0)).rejects.toThrow();
	await host.idle();
});

it('ends with its signal, before and during a request, and leaves nothing on it', async () => {
	const stop = new AbortController();
	const asked = ask('/stall', 0, stop.signal);
	await host.asked('/stall');
	stop.abort();
	await expect(asked).rejects.toThrow();
	await host.idle();
	await expect(ask('/file', 0, stop.signal)).rejects.toThrow();
	expect(host.methods('/file')).toEqual([]);
	expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
});

it('leaves no listener on the signal of many requests', async () => {
	const { signal } = new AbortController();
	for (let i = 0; i < 12; i++) await ask('/whole', 1, signal);
	expect(getEventListeners(signal, 'abort')).toEqual([]);
	await host.idle();
});
