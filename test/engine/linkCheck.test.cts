import { getEventListeners } from 'node:events';
import type { IHttpRequestOptions } from 'n8n-workflow';

import { validateLink } from '../../nodes/RunwayActTwo/media/link';
import { linkChecker } from '../../nodes/RunwayActTwo/media/linkCheck';
import { linkRequest } from '../../nodes/RunwayActTwo/media/linkRequest';
import type { ByteSource } from '../../nodes/RunwayActTwo/media/rangeSource';
import { abortableClock } from '../../nodes/RunwayActTwo/polling/clock';
import {
	byMethod,
	endless,
	file,
	redirect,
	reset,
	stall,
	startFileHost,
	status,
} from '../support/services/fileHost.cts';
import type { FileHost } from '../support/services/fileHost.cts';
import type { Handler } from '../support/services/http.cts';
import { requestHelpers } from './httpRequest.cts';

const MIB = 1024 * 1024;
const VIDEO = Buffer.alloc(200_000, 'v');
const IMAGE = Buffer.alloc(1000, 'i');
const PAGE = '<!doctype html><title>Sign in</title>';

const video = (options = {}) => file(VIDEO, { type: 'video/mp4', ...options });
const image = (options = {}) => file(IMAGE, { type: 'image/png', ...options });
const page = status(200, { 'content-type': 'text/html; charset=utf-8' }, PAGE);

let host: FileHost;
let stop: AbortController;
let clock: ReturnType<typeof abortableClock>;

beforeEach(() => {
	stop = new AbortController();
	clock = abortableClock(stop.signal);
});
afterEach(async () => {
	clock.close();
	await host.idle();
	await host.close();
});

/** The real rules, but for the file host, which is on loopback. */
const validate: typeof validateLink = (value) =>
	typeof value === 'string' && value.startsWith(`${host.url}/`)
		? { url: value }
		: validateLink(value);

const readStart = async ({ size, read }: ByteSource) => {
	const head = (await read(0, 4)).toString();
	return `${head} of ${size}`;
};

const start = async (
	handlers: Record<string, Handler>,
	inspect: (source: ByteSource) => Promise<unknown> = readStart,
	helpers = requestHelpers(),
) => {
	host = await startFileHost(handlers);
	const check = linkChecker({
		request: linkRequest(helpers),
		clock,
		signal: stop.signal,
		inspect,
		validate,
	});
	return async (path: string, type: 'image' | 'video' = 'video') =>
		await check(host.url + path, type);
};

const startOne = async (handler: Handler) => {
	const check = await start({ '/': handler });
	return async (type?: 'image' | 'video') => await check('/', type);
};

describe('a link to a file', () => {
	it('is asked by HEAD and by a GET of its start', async () => {
		const check = await startOne(video());
		expect(await check()).toEqual({
			kind: 'ok',
			url: `${host.url}/`,
			contentType: 'video/mp4',
			size: 200_000,
			media: 'vvvv of 200000',
		});
		expect(host.requests.map(({ method, headers }) => [method, headers.range])).toEqual([
			['HEAD', undefined],
			['GET', 'bytes=0-65535'],
		]);
	});

	it.each([405, 501, 403, 404, 500])('may answer HEAD with %i', async (headStatus) => {
		const check = await startOne(image({ headStatus }));
		expect(await check('image')).toMatchObject({ kind: 'ok', size: 1000, media: 'iiii of 1000' });
	});

	it('may break off or redirect a HEAD, or lie in answer to one', async () => {
		const check = await start({
			'/reset': byMethod(reset, video()),
			'/login': byMethod(redirect('https://accounts.google.com/signin'), video()),
			'/page': byMethod(page, video()),
			'/size': byMethod(status(200, { 'content-length': 100 * MIB }), video()),
		});
		for (const path of ['/reset', '/login', '/page', '/size']) {
			expect(await check(path)).toMatchObject({ kind: 'ok', size: 200_000 });
		}
	});

	it('of a host without ranges is not read', async () => {
		const inspect = jest.fn();
		const check = await start(
			{ '/': endless(200, { 'content-type': 'video/mp4', 'content-length': 30 * MIB }) },
			inspect,
		);
		expect(await check('/')).toEqual({
			kind: 'ok',
			url: `${host.url}/`,
			contentType: 'video/mp4',
			size: 30 * MIB,
		});
		expect(inspect).not.toHaveBeenCalled();
		await host.idle();
		expect(host.bytesSent()).toBeLessThan(16 * MIB);
	});

	it('is read elsewhere too, up to 512 kB in all', async () => {
		const content = Buffer.concat([Buffer.alloc(MIB), Buffer.from('end')]);
		const check = await start(
			{ '/': file(content, { type: 'video/mp4' }) },
			async ({ size = 0, read }) => {
				const end = (await read(size - 3, 100)).toString();
				const tooMuch = await read(100_000, 500_000).catch(() => 'too much');
				return [end, tooMuch];
			},
		);
		expect(await check('/')).toMatchObject({ media: ['end', 'too much'] });
		expect(host.requests.at(-1)?.headers.range).toBe('bytes=1048576-1048578');
	});

	it('is none the worse when its inspection fails', async () => {
		const check = await start({ '/': video() }, async () => await Promise.reject(new Error('no')));
		expect(await check('/')).toEqual({
			kind: 'ok',
			url: `${host.url}/`,
			contentType: 'video/mp4',
			size: 200_000,
		});
	});

	it.each([undefined, 'application/octet-stream', 'binary/octet-stream', 'application/binary'])(
		'may be served as %s, with a hint',
		async (type) => {
			const check = await startOne(file(VIDEO, { type }));
			expect(await check()).toMatchObject({
				kind: 'ok',
				media: 'vvvv of 200000',
				hint: expect.stringContaining(`is served ${type ? `as ${type}` : 'without a type'}`),
			});
		},
	);

	it.each(['video/quicktime', 'VIDEO/MP4; codecs="avc1"', 'application/mp4', 'video/x-matroska'])(
		'may be served as %s',
		async (type) => {
			const check = await startOne(file(VIDEO, { type }));
			const result = await check();
			expect(result).toMatchObject({ kind: 'ok' });
			expect(result).not.toHaveProperty('hint');
		},
	);

	it('is asked without a key, and through n8n’s helper alone', async () => {
		const { httpRequest } = requestHelpers();
		const asked: IHttpRequestOptions[] = [];
		const check = await start({ '/': video() }, readStart, {
			httpRequest: async (options) => {
				asked.push(options);
				return await httpRequest(options);
			},
		});
		await check('/');
		expect(asked).toHaveLength(host.requests.length);
		expect(host.requests.filter(({ headers }) => headers.authorization)).toEqual([]);
	});
});

describe('redirects', () => {
	it.each([301, 302, 303, 307, 308])(
		'by HTTP %i lead to the address that is sent',
		async (code) => {
			const check = await start({
				'/short': redirect('/file?token=1', code),
				'/file?token=1': video(),
			});
			expect(await check('/short')).toMatchObject({
				kind: 'ok',
				url: `${host.url}/file?token=1`,
				media: 'vvvv of 200000',
			});
			expect(host.methods('/short')).toEqual(['HEAD']);
		},
	);

	const chain = (length: number) =>
		Object.fromEntries(
			Array.from({ length }, (_, i): [string, Handler] => [`/${i}`, redirect(`/${i + 1}`)]),
		);

	it('may be five', async () => {
		const check = await start({ ...chain(5), '/5': video() });
		expect(await check('/0')).toMatchObject({ kind: 'ok', url: `${host.url}/5` });
	});

	it('may not be six, or a loop', async () => {
		const check = await start({ ...chain(6), '/6': video(), '/loop': redirect('/loop') });
		for (const path of ['/0', '/loop']) {
			expect(await check(path)).toMatchObject({
				kind: 'refused',
				rule: 'must not redirect more than 5 times',
			});
		}
		expect(host.methods('/6')).toEqual([]);
		expect(host.methods('/loop')).toHaveLength(12);
	});

	it.each([
		['http://169.254.169.254/latest/meta-data', 'must begin with https://'],
		['https://169.254.169.254/latest/meta-data', 'must be a public address'],
		['https://10.0.0.1/a.mp4', 'must be a public address'],
		['https://[::1]/a.mp4', 'must be a public address'],
		['https://localhost/a.mp4', 'must be a public address'],
		['//192.168.0.1/a.mp4', 'must begin with https://'],
		['https://user:secret@example.com/a.mp4', 'must not contain a user name'],
		['https://accounts.google.com/v3/signin?continue=secret', 'not to a login page'],
		['https://www.dropbox.com/s/secret/a.mp4?dl=0', 'not to a Dropbox page'],
		['http://', 'must be a URL'],
	])('to %s are not followed', async (location, rule) => {
		const check = await startOne(redirect(location));
		const result = await check();
		expect(result).toEqual({
			kind: 'refused',
			rule: expect.stringContaining(rule),
			advice: expect.any(String),
		});
		expect(JSON.stringify(result)).not.toContain('secret');
	});

	it('never reach another server on this machine', async () => {
		const neighbour = await startFileHost({ '/': video() });
		const check = await startOne(redirect(`${neighbour.url}/`));
		expect(await check()).toMatchObject({ kind: 'refused' });
		expect(neighbour.requests).toEqual([]);
		await neighbour.close();
	});

	it('to an address for HEAD only are asked again by GET', async () => {
		const check = await start({
			'/': byMethod(redirect('/head'), redirect('/get')),
			'/head': byMethod(status(200, { 'content-type': 'video/mp4' }), status(403)),
			'/get': byMethod(status(403), video()),
		});
		expect(await check('/')).toMatchObject({ kind: 'ok', url: `${host.url}/get` });
	});

	it('without an address are not understood', async () => {
		const check = await startOne(status(302));
		expect(await check()).toEqual({ kind: 'unknown', reason: 'the host answered HTTP 302' });
	});
});

describe('a link is refused', () => {
	it.each([
		[401, 'must be a link that anyone can open: the host answered HTTP 401'],
		[403, 'must be a link that anyone can open: the host answered HTTP 403'],
		[404, 'must lead to a file: the host answered HTTP 404'],
		[410, 'must lead to a file: the host answered HTTP 410'],
	])('for HTTP %i', async (code, rule) => {
		const check = await startOne(status(code, { 'content-type': 'text/html' }, PAGE));
		expect(await check()).toEqual({ kind: 'refused', rule, advice: expect.any(String) });
		expect(host.methods('/')).toEqual(['HEAD', 'GET']);
	});

	it.each(['text/html', 'Text/HTML; charset=utf-8', 'application/xhtml+xml'])(
		'for a web page: %s',
		async (type) => {
			for (const ranges of [true, false]) {
				const check = await startOne(file(Buffer.from(PAGE), { type, ranges }));
				expect(await check()).toMatchObject({
					kind: 'refused',
					rule: 'must be a link to a file, not to a web page',
				});
				await host.close();
			}
		},
	);

	it.each([
		['video', 'image/jpeg'],
		['video', 'audio/mpeg'],
		['video', 'application/pdf'],
		['video', 'application/json'],
		['video', 'text/plain'],
		['video', 'video/x-msvideo'],
		['image', 'video/mp4'],
		['image', 'image/gif'],
		['image', 'image/svg+xml'],
	] as const)('for %s when it is %s', async (type, contentType) => {
		const check = await startOne(file(VIDEO, { type: contentType }));
		expect(await check(type)).toMatchObject({
			kind: 'refused',
			rule: expect.stringMatching(new RegExp(`to an? ${type}.*: the host says that it is `)),
		});
	});

	it('for its size, and not for less', async () => {
		const sized = (size: number, type: string) =>
			status(200, { 'content-type': type, 'content-length': size });
		const ranged = status(206, {
			'content-type': 'video/mp4',
			'content-range': `bytes 0-65535/${32 * MIB + 1}`,
		});
		const check = await start({
			'/image': sized(16 * MIB + 1, 'image/png'),
			'/image-fits': byMethod(
				sized(16 * MIB, 'image/png'),
				endless(200, { 'content-type': 'image/png', 'content-length': 16 * MIB }),
			),
			'/video': endless(200, { 'content-type': 'video/mp4', 'content-length': 32 * MIB + 1 }),
			'/video-fits': endless(200, { 'content-type': 'video/mp4', 'content-length': 32 * MIB }),
			'/ranged': byMethod(status(405), ranged),
		});
		expect(await check('/image', 'image')).toMatchObject({ kind: 'refused' });
		expect(await check('/image-fits', 'image')).toMatchObject({ kind: 'ok' });
		for (const path of ['/video', '/ranged']) {
			expect(await check(path)).toMatchObject({
				kind: 'refused',
				rule: 'must be a file of at most 32 MB: this one has 32.1 MB',
			});
		}
		expect(await check('/video-fits')).toMatchObject({ kind: 'ok' });
	});

	it('when it is empty', async () => {
		const check = await startOne(file(Buffer.alloc(0), { type: 'video/mp4', ranges: false }));
		expect(await check()).toMatchObject({ kind: 'refused', rule: 'must not be an empty file' });
	});
});

describe('nothing is known of a link', () => {
	it.each([429, 500, 502, 503, 407, 400, 416, 204])('that answers HTTP %i', async (code) => {
		const check = await startOne(status(code, { 'content-type': 'text/html' }));
		expect(await check()).toEqual({ kind: 'unknown', reason: `the host answered HTTP ${code}` });
	});

	it('whose host does not answer', async () => {
		const check = await startOne(reset);
		expect(await check()).toEqual({
			kind: 'unknown',
			reason: 'n8n got no answer from the host (ECONNRESET)',
		});
	});

	it.each(['ENOTFOUND', 'ECONNREFUSED', 'CERT_HAS_EXPIRED'])(
		'without a connection: %s',
		async (code) => {
			const check = await start({}, readStart, {
				httpRequest: async () => await Promise.reject(Object.assign(new Error('no'), { code })),
			});
			expect(await check('/')).toEqual({
				kind: 'unknown',
				reason: `n8n got no answer from the host (${code})`,
			});
		},
	);

	it('that n8n refuses to ask, in its own words', async () => {
		const check = await start({}, readStart, {
			httpRequest: async () =>
				await Promise.reject(
					new Error('The request was blocked because it resolves to a restricted IP address'),
				),
		});
		expect(await check('/')).toEqual({
			kind: 'unknown',
			reason: 'The request was blocked because it resolves to a restricted IP address',
		});
	});

	it('that takes longer than 5 s, all side by side', async () => {
		const trickle: Handler = async (_, response) => {
			response.writeHead(206, { 'content-range': 'bytes 0-65535/100000' });
			const timer = setInterval(() => response.write('x'), 100);
			response.once('close', () => clearInterval(timer));
		};
		const check = await start({
			'/stall': stall,
			'/get': byMethod(status(200), stall),
			'/hop': redirect('/stall'),
			'/body': byMethod(status(200), trickle),
		});
		const began = Date.now();
		const results = await Promise.all(
			['/stall', '/get', '/hop', '/body'].map((path) => check(path)),
		);
		const tookMs = Date.now() - began;
		expect(results).toEqual(
			Array(4).fill({ kind: 'unknown', reason: 'the host took longer than 5 seconds' }),
		);
		expect(tookMs).toBeGreaterThanOrEqual(4990);
		expect(tookMs).toBeLessThan(6000);
	});

	it('but what is known stands when the inspection takes longer', async () => {
		const check = await start({ '/': video() }, async () => await new Promise(() => {}));
		expect(await check('/')).toMatchObject({ kind: 'ok', size: 200_000 });
	});
});

describe('many links', () => {
	it('are asked once each, and judged for each field', async () => {
		const check = await start({ '/a': video(), '/b': image() });
		const results = await Promise.all(
			Array.from({ length: 20 }, (_, i) => check(i % 2 ? '/a' : '/b', i % 2 ? 'video' : 'image')),
		);
		expect(results.map(({ kind }) => kind)).toEqual(Array(20).fill('ok'));
		expect(await check('/a', 'image')).toMatchObject({ kind: 'refused' });
		expect(host.methods('/a')).toEqual(['HEAD', 'GET']);
		expect(host.methods('/b')).toEqual(['HEAD', 'GET']);
	});

	it('are asked 20 at once', async () => {
		let atOnce = 0;
		let most = 0;
		const counted: Handler = async (request, response) => {
			most = Math.max(most, ++atOnce);
			await new Promise((resolve) => setTimeout(resolve, 20));
			atOnce--;
			await video()(request, response);
		};
		const paths = Array.from({ length: 50 }, (_, i) => `/${i}`);
		const check = await start(Object.fromEntries(paths.map((path) => [path, counted])));
		const results = await Promise.all(paths.map((path) => check(path)));
		expect(results.map(({ kind }) => kind)).toEqual(Array(50).fill('ok'));
		expect(most).toBe(20);
	});
});

describe('Stop', () => {
	it('ends all checks at once, those that wait included, with its own reason', async () => {
		const paths = Array.from({ length: 30 }, (_, i) => `/${i}`);
		const check = await start(Object.fromEntries(paths.map((path) => [path, stall])));
		const checks = paths.map(async (path) => await check(path));
		const ended = Promise.allSettled(checks);
		await host.asked('/19');
		const reason = new Error('stopped');
		const stoppedAt = Date.now();
		stop.abort(reason);
		expect(await ended).toEqual(Array(30).fill({ status: 'rejected', reason }));
		expect(Date.now() - stoppedAt).toBeLessThan(1000);
		await host.idle();
		expect(host.requests).toHaveLength(20);
		expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
		await expect(check('/other')).rejects.toBe(reason);
		expect(host.requests).toHaveLength(20);
	});
});
