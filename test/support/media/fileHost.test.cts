import { file, startFileHost } from './fileHost.cts';
import type { FileHost } from './fileHost.cts';

let host: FileHost;

beforeAll(async () => {
	host = await startFileHost({ '/a.png': file(Buffer.from('0123456789'), { type: 'image/png' }) });
});
afterAll(async () => await host.close());

const ask = async (method: string, range?: string, path = '/a.png') => {
	const response = await fetch(host.url + path, { method, headers: range ? { range } : {} });
	return {
		status: response.status,
		type: response.headers.get('content-type'),
		length: response.headers.get('content-length'),
		range: response.headers.get('content-range'),
		text: await response.text(),
	};
};

it.each([
	['GET', undefined, { status: 200, length: '10', range: null, text: '0123456789' }],
	['HEAD', undefined, { status: 200, length: '10', range: null, text: '' }],
	['HEAD', 'bytes=0-3', { status: 200, length: '10', range: null, text: '' }],
	['GET', 'bytes=0-3', { status: 206, length: '4', range: 'bytes 0-3/10', text: '0123' }],
	['GET', 'bytes=8-99', { status: 206, length: '2', range: 'bytes 8-9/10', text: '89' }],
	['GET', 'bytes=8-', { status: 206, length: '2', range: 'bytes 8-9/10', text: '89' }],
])('%s %s', async (method, range, expected) => {
	expect(await ask(method, range)).toEqual({ ...expected, type: 'image/png' });
});

it('refuses a range behind the end, and knows no other paths', async () => {
	expect(await ask('GET', 'bytes=10-')).toMatchObject({ status: 416, range: 'bytes */10' });
	expect(await ask('GET', undefined, '/b.png')).toMatchObject({ status: 404 });
});
