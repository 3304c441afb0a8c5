import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FormData, ProxyAgent, request } from 'undici';

import { startServices } from './index.cts';
import type { Services } from './index.cts';

const DRIVE = 'https://www.googleapis.com/drive/v3/files';
const UPLOAD = 'https://www.googleapis.com/upload/drive/v3/files';
const TOKEN = 'https://oauth2.googleapis.com/token';
// Bytes that do not survive being taken for text, and what looks like the end of a multipart's part.
const VIDEO = Buffer.concat([Buffer.from([0, 255, 13, 10, 45, 45]), Buffer.alloc(300_000, 0xe9)]);

const folder = mkdtempSync(join(tmpdir(), 'act-two-services-'));
let services: Services;
let proxy: ProxyAgent;

beforeAll(async () => {
	services = await startServices({ folder });
	const { HTTPS_PROXY, NODE_EXTRA_CA_CERTS } = services.env;
	const ca = readFileSync(NODE_EXTRA_CA_CERTS, 'utf8');
	proxy = new ProxyAgent({ uri: HTTPS_PROXY, requestTls: { ca } });
});
afterAll(async () => {
	await proxy.close();
	await services.close();
	rmSync(folder, { recursive: true });
});

type Call = NonNullable<Parameters<typeof request>[1]>;

async function call(url: string, options: Call = {}) {
	const answer = await request(url, { dispatcher: proxy, ...options });
	const bytes = Buffer.from(await answer.body.arrayBuffer());
	const isJson = String(answer.headers['content-type']).startsWith('application/json');
	return {
		code: answer.statusCode,
		headers: answer.headers,
		bytes,
		json: isJson ? JSON.parse(bytes.toString()) : undefined,
	};
}

const json = { 'content-type': 'application/json' };

describe('how n8n is led there', () => {
	it('names the hosts in a certificate that signs itself', () => {
		const certificate = new X509Certificate(readFileSync(services.env.NODE_EXTRA_CA_CERTS));
		expect(certificate.verify(certificate.publicKey)).toBe(true);
		for (const host of ['slack.com', 'files.slack.com', 'oauth2.googleapis.com']) {
			expect(certificate.checkHost(host)).toBe(host);
		}
		expect(certificate.checkHost('example.com')).toBeUndefined();
	});

	it('leads to no other host and tells which one was asked for', async () => {
		await expect(call('https://api.example.com/')).rejects.toThrow();
		expect(services.refused).toEqual(['api.example.com:443']);
	});
});

describe('Slack', () => {
	const api = async (method: string, given: object, token = services.slack.token) => {
		const headers = { ...json, authorization: `Bearer ${token}` };
		const body = JSON.stringify(given);
		return (await call(`https://slack.com/api/${method}`, { method: 'POST', headers, body })).json;
	};
	const announce = async (filename: string, length: number) =>
		await api('files.getUploadURLExternal', { filename, length });
	const upload = async (url: string, bytes: Buffer) => {
		const form = new FormData();
		form.append('file', new Blob([bytes], { type: 'video/mp4' }), 'act-two.mp4');
		return await call(url, { method: 'POST', body: form });
	};

	it('refuses a wrong token', async () => {
		const answer = await api('auth.test', {}, 'xoxb-wrong');
		expect(answer).toEqual({ ok: false, error: 'invalid_auth' });
	});

	it.each([
		['channel_not_found', 'chat.postMessage', { channel: '#elsewhere', text: 'hello' }],
		['no_text', 'chat.postMessage', { channel: '#videos', text: '' }],
		['invalid_arguments', 'files.getUploadURLExternal', { filename: 'a.mp4', length: 0 }],
		['file_not_found', 'files.completeUploadExternal', { files: [{ id: 'F0' }] }],
		['unknown_method', 'files.upload', {}],
	])('answers %s', async (error, method, given) => {
		expect(await api(method, given)).toEqual({ ok: false, error });
	});

	it('takes a message', async () => {
		const { ok, ts } = await api('chat.postMessage', { channel: '#videos', text: 'Ready' });
		expect(ok).toBe(true);
		expect(services.slack.messages).toEqual([
			{ channel: services.slack.channel.id, text: 'Ready', ts },
		]);
	});

	it('takes a file, byte by byte', async () => {
		const { upload_url: url, file_id: id } = await announce('act-two.mp4', VIDEO.length);
		expect((await upload(url, VIDEO)).code).toBe(200);
		const channel = services.slack.channel.id;
		const completion = { files: [{ id, title: 'Act-Two' }], channel_id: channel };
		expect(await api('files.completeUploadExternal', completion)).toMatchObject({ ok: true });
		const [{ bytes, ...file }] = services.slack.files;
		expect(VIDEO.equals(bytes)).toBe(true);
		expect(file).toEqual({
			id,
			name: 'act-two.mp4',
			title: 'Act-Two',
			mimeType: 'video/mp4',
			channel,
			comment: undefined,
		});
	});

	it('refuses bytes of another length than announced', async () => {
		const { upload_url: url } = await announce('act-two.mp4', VIDEO.length + 1);
		expect((await upload(url, VIDEO)).code).toBe(400);
	});

	it('refuses a file for an unknown channel', async () => {
		const { upload_url: url, file_id: id } = await announce('act-two.mp4', VIDEO.length);
		await upload(url, VIDEO);
		const completion = { files: [{ id }], channel_id: 'C0ELSEWHERE' };
		expect(await api('files.completeUploadExternal', completion)).toEqual({
			ok: false,
			error: 'channel_not_found',
		});
	});
});

const renew = async (changes: Record<string, string> = {}) => {
	const { clientId, clientSecret, oauthTokenData } = services.drive.account.credential;
	const form = new URLSearchParams({
		grant_type: 'refresh_token',
		client_id: clientId,
		client_secret: clientSecret,
		refresh_token: oauthTokenData.refresh_token,
		...changes,
	});
	const headers = { 'content-type': 'application/x-www-form-urlencoded' };
	return await call(TOKEN, { method: 'POST', headers, body: form.toString() });
};

describe('the Google account', () => {
	it('gets a token', async () => {
		expect((await renew()).json).toMatchObject({ token_type: 'Bearer', expires_in: 3599 });
	});

	it.each([
		['grant_type', 'unsupported_grant_type'],
		['client_id', 'invalid_client'],
		['client_secret', 'invalid_client'],
		['refresh_token', 'invalid_grant'],
	])('gets none with another %s', async (field, error) => {
		expect((await renew({ [field]: 'another' })).json).toEqual({ error });
	});
});

describe('Google Drive', () => {
	let authorization: string;
	beforeAll(async () => {
		authorization = `Bearer ${(await renew()).json.access_token}`;
	});
	const drive = async (url: string, options: Call = {}) =>
		await call(url, { ...options, headers: { authorization, ...(options.headers as object) } });

	it('refuses a missing token and one that has expired', async () => {
		expect((await call(DRIVE)).code).toBe(401);
		const { access_token: expired } = services.drive.account.credential.oauthTokenData;
		const headers = { authorization: `Bearer ${expired}` };
		expect((await call(DRIVE, { headers })).code).toBe(401);
	});

	it('takes a multipart upload', async () => {
		const parent = services.drive.addFolder('Multipart');
		const head = JSON.stringify({ name: 'one.mp4', parents: [parent] });
		const body = Buffer.concat([
			Buffer.from(`--b\r\nContent-Type: application/json\r\n\r\n${head}\r\n`),
			Buffer.from('--b\r\nContent-Type: video/mp4\r\n\r\n'),
			VIDEO,
			Buffer.from('\r\n--b--\r\n'),
		]);
		const { json: told } = await drive(`${UPLOAD}?uploadType=multipart`, {
			method: 'POST',
			headers: { 'content-type': 'multipart/related; boundary=b' },
			body,
		});
		expect(told).toMatchObject({ name: 'one.mp4', mimeType: 'video/mp4' });
		const [{ bytes, parents }] = services.drive.uploads.slice(-1);
		expect(VIDEO.equals(bytes)).toBe(true);
		expect(parents).toEqual([parent]);
	});

	it('takes a resumable upload in chunks', async () => {
		const { headers } = await drive(`${UPLOAD}?uploadType=resumable`, {
			method: 'POST',
			headers: { ...json, 'x-upload-content-type': 'video/mp4' },
			body: JSON.stringify({ name: 'two.mp4' }),
		});
		const put = async (from: number, to: number) =>
			await call(String(headers.location), {
				method: 'PUT',
				headers: { 'content-range': `bytes ${from}-${to - 1}/${VIDEO.length}` },
				body: VIDEO.subarray(from, to),
			});
		const middle = 256 * 1024;
		expect(await put(0, middle)).toMatchObject({ code: 308, headers: { range: 'bytes=0-262143' } });
		expect((await put(0, middle)).code).toBe(400);
		const { json: told } = await put(middle, VIDEO.length);
		expect(told.mimeType).toBe('video/mp4');
		const [{ bytes }] = services.drive.uploads.slice(-1);
		expect(VIDEO.equals(bytes)).toBe(true);

		const changed = await drive(`${DRIVE}/${told.id}?fields=*`, {
			method: 'PATCH',
			headers: json,
			body: JSON.stringify({ name: 'three.mp4' }),
		});
		expect(changed.json).toMatchObject({ name: 'three.mp4', size: String(VIDEO.length) });
	});

	it('refuses an unknown folder', async () => {
		const { code } = await drive(`${UPLOAD}?uploadType=resumable`, {
			method: 'POST',
			headers: json,
			body: JSON.stringify({ name: 'lost.mp4', parents: ['nowhere'] }),
		});
		expect(code).toBe(404);
	});

	it('lists a folder as it is asked to', async () => {
		const inside = services.drive.addFolder('Performances');
		const given = { mimeType: 'video/mp4', bytes: VIDEO, folder: inside };
		services.drive.addFile({ ...given, name: 'old.mp4' });
		services.drive.addFile({ ...given, name: 'new.mp4' });
		const list = async (...terms: string[]) => {
			const q = [`'${inside}' in parents`, 'trashed = false', ...terms].join(' AND ');
			const query = new URLSearchParams({ q, fields: 'nextPageToken, files(*)', pageSize: '1' });
			return (await drive(`${DRIVE}?${query}`)).json;
		};
		const newest = { files: [{ name: 'new.mp4' }], nextPageToken: '1' };
		expect(await list("mimeType != 'application/vnd.google-apps.folder'")).toMatchObject(newest);
		expect(await list("createdTime > '2020-01-01T00:00:00Z'")).toMatchObject(newest);
		expect(await list("createdTime > '2999-01-01T00:00:00Z'")).toEqual({ files: [] });
		expect(await list("name contains 'old'")).toMatchObject({ files: [{ name: 'old.mp4' }] });
		expect(await list('owners = me')).toMatchObject({ error: { code: 400 } });
	});

	it('gives a file back', async () => {
		const file = { name: 'face.png', mimeType: 'image/png', bytes: VIDEO };
		const { id } = services.drive.addFile(file);
		const told = await drive(`${DRIVE}/${id}?fields=mimeType,name`);
		expect(told.json).toEqual({ name: 'face.png', mimeType: 'image/png' });
		const { headers, bytes } = await drive(`${DRIVE}/${id}?alt=media`);
		expect(headers['content-type']).toBe('image/png');
		expect(VIDEO.equals(bytes)).toBe(true);
		expect((await drive(`${DRIVE}/unknown`)).code).toBe(404);
	});
});

describe('the chat model', () => {
	const ask = async (path: string, body: object, key = services.openai.key) =>
		await call(services.openai.url + path, {
			dispatcher: undefined,
			method: 'POST',
			headers: { ...json, authorization: `Bearer ${key}` },
			body: JSON.stringify(body),
		});
	const tool = { name: 'animate', parameters: { type: 'object' } };
	beforeEach(() => {
		services.openai.requests.length = 0;
		services.openai.script = [
			{ call: { face: 'a.png' } },
			{ say: (result) => `It returned ${result}` },
		];
	});

	it('refuses a wrong key', async () => {
		expect((await ask('/chat/completions', { messages: [] }, 'wrong')).code).toBe(401);
	});

	it('follows its script over chat completions', async () => {
		const tools = [{ type: 'function', function: tool }];
		const first = await ask('/chat/completions', { messages: [], tools });
		const called = first.json.choices[0].message.tool_calls[0].function;
		expect(called).toEqual({ name: 'animate', arguments: '{"face":"a.png"}' });
		const messages = [{ role: 'tool', content: 'a link' }];
		const second = await ask('/chat/completions', { messages, tools });
		expect(second.json.choices[0].message.content).toBe('It returned a link');
		expect(services.openai.requests).toMatchObject([
			{ tools: [tool], toolResults: [] },
			{ tools: [tool], toolResults: ['a link'] },
		]);
		expect((await ask('/chat/completions', { messages })).json.error.message).toMatch(/script/);
	});

	it('follows its script over responses', async () => {
		const tools = [{ type: 'function', ...tool }];
		const first = await ask('/responses', { input: [], tools });
		expect(first.json.output[0]).toMatchObject({
			type: 'function_call',
			name: 'animate',
			arguments: '{"face":"a.png"}',
		});
		const input = [{ type: 'function_call_output', output: 'a link' }];
		const second = await ask('/responses', { input, tools });
		expect(second.json.output[0].content[0].text).toBe('It returned a link');
		expect(services.openai.requests[1]).toMatchObject({ tools: [tool], toolResults: ['a link'] });
	});
});
