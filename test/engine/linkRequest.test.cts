import { getEventListeners } from 'node:events';

import { linkRequest } from '../../nodes/RunwayActTwo/media/linkRequest';
import type { HostRequest } from '../../nodes/RunwayActTwo/media/linkRequest';
import {
	endless,
	file,
	redirect,
	reset,
	stall,
	startFileHost,
	status,
} from '../support/services/fileHost.cts';
import type { FileHost } from '../support/services/fileHost.cts';
import { requestHelpers } from './httpRequest.cts';

const CONTENT = Buffer.from('0123456789'.repeat(10));
/** What kernel and n8n buffer of a connection before anybody reads. */
const BUFFERED_BYTES = 16_000_000;

let host: FileHost;
const request = linkRequest(requestHelpers());
const never = () => new AbortController().signal;
const ask = async (path: string, options: Partial<HostRequest> = {}, signal = never()) =>
	await request({ url: host.url + path, method: 'GET', ...options }, signal);

beforeEach(async () => {
	host = await startFileHost({
		'/file': file(CONTENT, { type: 'video/mp4' }),
		'/no-ranges': file(CONTENT, { ranges: false }),
		'/moved': redirect('/file'),
		'/private': status(403, { 'content-type': 'text/html' }, '<p>no</p>'),
		'/whole': endless(200, { 'content-type': 'video/mp4', 'content-length': 1e12 }),
		'/part': endless(206, { 'content-range': 'bytes 0-9/1000' }),
		'/gzip': file(CONTENT, { headers: { 'content-encoding': 'gzip' } }),
		'/stall': stall,
		'/reset': reset,
	});
});
afterEach(async () => await host.close());

it('gives the part that was asked for', async () => {
	const range = { offset: 5, length: 10 };
	const { status, headers, body } = await ask('/file', { range });
	expect([status, body.toString()]).toEqual([206, '5678901234']);
	expect(headers).toMatchObject({
		'content-type': 'video/mp4',
		'content-range': 'bytes 5-14/100',
	});
	expect(host.requests[0].headers).toMatchObject({
		range: 'bytes=5-14',
		'accept-encoding': 'identity',
	});
	expect(host.requests[0].headers.authorization).toBeUndefined();
});

it('asks by HEAD', async () => {
	const { status, headers, body } = await ask('/file', { method: 'HEAD' });
	expect([status, headers['content-length'], body.length]).toEqual([200, '100', 0]);
	expect(host.methods('/file')).toEqual(['HEAD']);
});

it('follows no redirect and gives every status', async () => {
	expect(await ask('/moved')).toMatchObject({ status: 302, headers: { location: '/file' } });
	expect(await ask('/private')).toMatchObject({ status: 403, body: Buffer.alloc(0) });
	expect(await ask('/missing', { method: 'HEAD' })).toMatchObject({ status: 404 });
	expect(host.requests).toHaveLength(3);
});

it.each(['/whole', '/part'])('reads no more of %s than wanted, and hangs up', async (path) => {
	const { body } = await ask(path, { range: { offset: 0, length: 10 } });
	expect(body).toHaveLength(path === '/part' ? 10 : 0);
	await host.idle();
	expect(host.bytesSent()).toBeLessThan(BUFFERED_BYTES);
});

it('rejects when there is no answer, or no body that can be read', async () => {
	await expect(ask('/reset')).rejects.toMatchObject({ code: 'ECONNRESET' });
	await expect(ask('/gzip', { range: { offset: 0, length: 10 } })).rejects.toThrow();
	await host.idle();
});

it('ends with its signal, before and during a request, and leaves nothing on it', async () => {
	const stop = new AbortController();
	const asked = ask('/stall', {}, stop.signal);
	await host.asked('/stall');
	stop.abort();
	await expect(asked).rejects.toThrow();
	await host.idle();
	await expect(ask('/file', {}, stop.signal)).rejects.toThrow();
	expect(host.methods('/file')).toEqual([]);
	expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
});

it('leaves no listener on the signal of many requests', async () => {
	const { signal } = new AbortController();
	for (let i = 0; i < 12; i++) await ask('/whole', {}, signal);
	expect(getEventListeners(signal, 'abort')).toEqual([]);
	await host.idle();
});
