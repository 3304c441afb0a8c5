import { getEventListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IHttpRequestOptions } from 'n8n-workflow';

import { UNKNOWN_TYPE } from '../../nodes/RunwayActTwo/media/inspection/mediaInfo';
import { validateLink } from '../../nodes/RunwayActTwo/media/link';
import { linkChecker } from '../../nodes/RunwayActTwo/media/linkCheck';
import type { LinkChecker } from '../../nodes/RunwayActTwo/media/linkCheck';
import { abortableClock } from '../../nodes/RunwayActTwo/time/clock';
import {
	byMethod,
	chunked,
	endless,
	file,
	inTurn,
	redirect,
	reset,
	stall,
	startFileHost,
	status,
} from '../support/media/fileHost.cts';
import type { FileHost } from '../support/media/fileHost.cts';
import type { Handler } from '../support/services/http.cts';
import { requestHelpers } from './httpRequest.cts';

const MIB = 1024 * 1024;
const VIDEO = readFileSync('test/support/fakeAimlapi/assets/performance.mp4');
const IMAGE = readFileSync('test/support/fakeAimlapi/assets/character.png');
/** Nothing that an inspection knows. */
const UNKNOWN = Buffer.alloc(1000, '?');
const PAGE = '<!doctype html><title>Sign in</title>';

const video = (options = {}) => file(VIDEO, { type: 'video/mp4', ...options });
const image = (options = {}) => file(IMAGE, { type: 'image/png', ...options });
const page = status(200, { 'content-type': 'text/html; charset=utf-8' }, PAGE);

let host: FileHost;
let stop: AbortController;
let clock: ReturnType<typeof abortableClock>;
let links: LinkChecker;

beforeEach(() => {
	stop = new AbortController();
	clock = abortableClock(stop.signal);
});
afterEach(async () => {
	clock.close();
	await host.idle();
	await host.close();
	expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
});

/** The real rules, but for the file host, which is on loopback. */
const validate: typeof validateLink = (value) =>
	typeof value === 'string' && value.startsWith(`${host.url}/`)
		? { url: value }
		: validateLink(value);

const start = async (handlers: Record<string, Handler>, helpers = requestHelpers()) => {
	host = await startFileHost(handlers);
	links = linkChecker({ helpers }, clock, stop.signal, validate);
	return async (path: string) => await links.check(host.url + path);
};

const startOne = async (handler: Handler) => {
	const check = await start({ '/': handler });
	return async () => await check('/');
};

describe('a link to a file', () => {
	it('is asked by HEAD and by a GET of its start', async () => {
		const check = await startOne(video());
		expect(await check()).toEqual({
			kind: 'checked',
			url: `${host.url}/`,
			contentType: 'video/mp4',
			size: VIDEO.length,
			info: expect.objectContaining({
				kind: 'video',
				contentType: 'video/mp4',
				width: expect.any(Number),
				durationSeconds: expect.any(Number),
			}),
		});
		expect(host.requests.map(({ method, headers }) => [method, headers.range])).toEqual([
			['HEAD', undefined],
			['GET', 'bytes=0-131071'],
		]);
	});

	it.each([405, 501, 403, 404, 500])('may answer HEAD with %i', async (headStatus) => {
		const check = await startOne(image({ headStatus }));
		expect(await check()).toMatchObject({ kind: 'checked', info: { kind: 'image' } });
	});

	it('may break off or redirect a HEAD, or lie in answer to one', async () => {
		const check = await start({
			'/reset': byMethod(reset, video()),
			'/login': byMethod(redirect('https://accounts.google.com/signin'), video()),
			'/page': byMethod(page, video()),
			'/size': byMethod(status(200, { 'content-length': 100 * MIB }), video()),
		});
		for (const path of ['/reset', '/login', '/page', '/size']) {
			expect(await check(path)).toMatchObject({ kind: 'checked', size: VIDEO.length });
		}
	});

	it('is known by its bytes, whatever the host says', async () => {
		const check = await startOne(file(IMAGE, { type: 'video/mp4' }));
		expect(await check()).toMatchObject({
			contentType: 'video/mp4',
			info: { kind: 'image', name: 'PNG' },
		});
	});

	it('of a host without ranges is read at its beginning only', async () => {
		const check = await startOne(video({ ranges: false }));
		expect(await check()).toMatchObject({ kind: 'checked', info: { kind: 'video' } });
		expect(host.methods('/')).toEqual(['HEAD', 'GET']);
	});

	it('is not downloaded from a host that ignores ranges', async () => {
		const headers = { 'content-type': 'video/mp4', 'content-length': 30 * MIB };
		const check = await startOne(endless(200, headers));
		expect(await check()).toEqual({
			kind: 'checked',
			url: `${host.url}/`,
			contentType: 'video/mp4',
			size: 30 * MIB,
			info: { kind: 'other', name: UNKNOWN_TYPE },
		});
		await host.idle();
		expect(host.bytesSent()).toBeLessThan(16 * MIB);
	});

	it('is read where its description is, 2 MB at most', async () => {
		const ftyp = VIDEO.subarray(0, VIDEO.readUInt32BE(0));
		const free = Buffer.alloc(3 * MIB);
		free.writeUInt32BE(free.length);
		free.write('free', 4, 'latin1');
		const check = await startOne(
			file(Buffer.concat([ftyp, free, VIDEO.subarray(ftyp.length)]), { type: 'video/mp4' }),
		);
		expect(await check()).toMatchObject({ info: { kind: 'video', width: expect.any(Number) } });
		expect(host.bytesSent()).toBeLessThan(520 * 1024);
	});

	it.each([
		['application/octet-stream', ''],
		['binary/octet-stream', ''],
		['application/binary', ''],
		[undefined, ''],
		['Video/MP4; codecs="avc1"', 'video/mp4'],
		['application/mp4', 'application/mp4'],
		['text/plain', 'text/plain'],
		['text/html', 'text/html'],
	])('may be served as %s', async (type, contentType) => {
		const check = await startOne(file(VIDEO, { type }));
		expect(await check()).toMatchObject({ kind: 'checked', contentType, info: { kind: 'video' } });
	});

	it('is asked without a key, and through n8n’s helper alone', async () => {
		const { httpRequest } = requestHelpers();
		const asked: IHttpRequestOptions[] = [];
		const check = await start(
			{ '/': video() },
			{
				httpRequest: async (options) => {
					asked.push(options);
					return await httpRequest(options);
				},
			},
		);
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
				kind: 'checked',
				url: `${host.url}/file?token=1`,
				info: { kind: 'video' },
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
		expect(await check('/0')).toMatchObject({ kind: 'checked', url: `${host.url}/5` });
	});

	it('are not followed more than five times', async () => {
		const check = await start({ ...chain(6), '/6': video(), '/loop': redirect('/loop') });
		for (const path of ['/0', '/loop']) {
			expect(await check(path)).toEqual({
				kind: 'unknown',
				reason: 'its host redirects more than five times',
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

	it.each([
		['UTF-8', '/vidéo 日本.mp4', '/vid%C3%A9o%20%E6%97%A5%E6%9C%AC.mp4'],
		['Latin-1', Buffer.from('/vid\u00e9o.mp4', 'latin1'), '/vid%E9o.mp4'],
		['ASCII with an apostrophe', "/a.mp4?name='a'&b=%27", "/a.mp4?name='a'&b=%27"],
	])('in raw %s lead where the host means', async (_, location, path) => {
		const bytes = Buffer.from(location).toString('latin1');
		const check = await start({
			'/': redirect(bytes),
			[path]: video(),
			[path.replace(/'/g, '%27')]: video(),
		});
		expect(await check('/')).toMatchObject({
			kind: 'checked',
			url: host.url + path,
			info: { kind: 'video' },
		});
	});

	describe('over http', () => {
		/** As if the host were public, and served only these paths by https. */
		const secureAre =
			(...paths: string[]): typeof validateLink =>
			(value) => {
				const link = String(value);
				const path = link.replace(/^https?:\/\/[^/]*/, '');
				if (link === `https${host.url.slice(4)}${path}`) return { url: link };
				return link === host.url + path && paths.includes(path)
					? { url: link }
					: { rule: 'must begin with https://', advice: '-' };
			};
		const checkFrom = async (handlers: Record<string, Handler>, ...secure: string[]) => {
			host = await startFileHost(handlers);
			links = linkChecker({ helpers: requestHelpers() }, clock, stop.signal, secureAre(...secure));
			return await links.check(`${host.url}/`);
		};

		it('may lead back to https', async () => {
			const found = await checkFrom(
				{ '/': redirect('/hop'), '/hop': redirect('/file'), '/file': video() },
				'/',
				'/file',
			);
			expect(found).toMatchObject({ kind: 'checked', url: `${host.url}/file` });
		});

		it('may not end there', async () => {
			const found = await checkFrom(
				{ '/': redirect('/hop'), '/hop': redirect('/file'), '/file': video() },
				'/',
				'/hop',
			);
			expect(found).toMatchObject({
				kind: 'refused',
				rule: 'is redirected to a link that cannot be used: it must begin with https://',
			});
		});
	});

	it('to an address for HEAD only are asked again by GET', async () => {
		const check = await start({
			'/': byMethod(redirect('/head'), redirect('/get')),
			'/head': byMethod(status(200, { 'content-type': 'video/mp4' }), status(403)),
			'/get': byMethod(status(403), video()),
		});
		expect(await check('/')).toMatchObject({ kind: 'checked', url: `${host.url}/get` });
	});

	it('without an address are not understood', async () => {
		const check = await startOne(status(302));
		expect(await check()).toEqual({ kind: 'unknown', reason: 'its host returned HTTP 302' });
	});
});

describe('a link is refused', () => {
	it.each([
		[401, 'requires a login (HTTP 401)'],
		[403, 'is not public (HTTP 403)'],
		[404, 'was not found (HTTP 404)'],
		[410, 'no longer exists (HTTP 410)'],
	])('for HTTP %i', async (code, rule) => {
		const check = await startOne(status(code, { 'content-type': 'text/html' }, PAGE));
		expect(await check()).toEqual({ kind: 'refused', rule, advice: expect.any(String) });
		expect(host.methods('/')).toEqual(['HEAD', 'GET']);
	});

	it('when only HEAD is answered well', async () => {
		const check = await startOne(
			byMethod(status(200, { 'content-type': 'video/mp4' }), status(403)),
		);
		expect(await check()).toMatchObject({ kind: 'refused' });
	});

	it.each([
		['text/html; charset=utf-8', PAGE],
		['Text/HTML', 'Please sign in'],
		['application/xhtml+xml', '<?xml version="1.0"?>'],
		['video/mp4', PAGE],
		[undefined, PAGE],
	])('for a web page, served as %s', async (type, body) => {
		for (const ranges of [true, false]) {
			const check = await startOne(file(Buffer.from(body), { type, ranges }));
			expect(await check()).toMatchObject({
				kind: 'refused',
				rule: 'must be a link to a file, not to a web page',
			});
			await host.close();
		}
	});

	it.each(['application/json', 'text/plain', 'text/csv', 'application/vnd.apple.mpegurl'])(
		'for a type that is neither image nor video: %s',
		async (type) => {
			const check = await startOne(file(UNKNOWN, { type }));
			expect(await check()).toMatchObject({
				kind: 'refused',
				rule: `must be a link to an image or a video, not to ${type}`,
			});
		},
	);

	it.each([
		['a length of 0', file(Buffer.alloc(0), { type: 'video/mp4', ranges: false })],
		['a range of 0', file(Buffer.alloc(0), { type: 'video/mp4' })],
		['no length', chunked(Buffer.alloc(0), { 'content-type': 'video/mp4' })],
	])('when it is empty, told by %s', async (_, handler) => {
		const check = await startOne(handler);
		expect(await check()).toMatchObject({ kind: 'refused', rule: 'points to an empty file' });
	});
});

it.each(['video/x-unheard-of', 'audio/mpeg', undefined, 'nonsense'])(
	'bytes of an unknown type, served as %s, are named as that',
	async (type) => {
		const check = await startOne(file(UNKNOWN, { type }));
		const contentType = type?.includes('/') ? type : '';
		expect(await check()).toEqual({
			kind: 'checked',
			url: `${host.url}/`,
			contentType,
			size: 1000,
			info: { kind: 'other', name: UNKNOWN_TYPE },
		});
	},
);

describe('a host that says what is wrong under a vague status', () => {
	const MISSING = '{"statusCode":"404","error":"not_found","message":"Object not found"}';
	const missing = (code: number) => status(code, { 'content-type': 'application/json' }, MISSING);

	it.each([400, 409, 451, 500, 503])(
		'of HTTP %i is asked again once and believed',
		async (code) => {
			const check = await startOne(missing(code));
			expect(await check()).toMatchObject({
				kind: 'refused',
				rule: `was not found (HTTP ${code})`,
			});
			expect(host.methods('/')).toEqual(['HEAD', 'GET', 'GET']);
		},
	);

	it('may give the file the second time', async () => {
		const check = await startOne(inTurn(missing(500), missing(500), video()));
		expect(await check()).toMatchObject({ kind: 'checked', info: { kind: 'video' } });
	});

	it('may have no words for it the second time', async () => {
		const check = await startOne(inTurn(missing(500), missing(500), status(502)));
		expect(await check()).toEqual({ kind: 'unknown', reason: 'its host returned HTTP 502' });
	});
});

it('a host that may refuse n8n alone leaves a way out', async () => {
	const check = await start({
		'/wall': status(
			403,
			{ server: 'cloudflare', 'cf-mitigated': 'challenge', 'content-type': 'text/html' },
			PAGE,
		),
		'/storage': status(
			403,
			{ 'content-type': 'application/xml' },
			'<Error><Code>AccessDenied</Code></Error>',
		),
	});
	expect(await check('/wall')).toMatchObject({
		kind: 'refused',
		advice: expect.stringContaining("'Check Links'"),
	});
	expect(await check('/storage')).toMatchObject({
		kind: 'refused',
		advice: expect.not.stringContaining("'Check Links'"),
	});
});

it('a host that never answers a HEAD has time left for a GET', async () => {
	const check = await startOne(byMethod(stall, video()));
	expect(await check()).toMatchObject({ kind: 'checked', info: { kind: 'video' } });
});

describe('the address that is sent', () => {
	/** Redirects to another address each time. */
	const moving = (to: (time: number) => string): Handler => {
		let times = 0;
		return async (request, response) => {
			// What a GET finds is what a HEAD before it found.
			if (request.method === 'HEAD') times++;
			await redirect(to(times))(request, response);
		};
	};
	const files = (path: string) =>
		Object.fromEntries([1, 2, 3].map((time): [string, Handler] => [`${path}${time}`, video()]));
	const later = (ms: number) => {
		const { elapsed } = clock;
		clock.elapsed = () => elapsed() + ms;
	};

	it('is looked up again when it is older than 30 seconds, once for all that wait', async () => {
		const check = await start({ '/': moving((time) => `/file?v=${time}`), ...files('/file?v=') });
		await check('/');
		later(29_000);
		expect(await links.finalUrl(`${host.url}/`)).toBe(`${host.url}/file?v=1`);
		later(2_000);
		const urls = await Promise.all([1, 2, 3].map(async () => await links.finalUrl(`${host.url}/`)));
		expect(urls).toEqual(Array(3).fill(`${host.url}/file?v=2`));
		expect(await links.finalUrl(`${host.url}/`)).toBe(`${host.url}/file?v=2`);
	});

	it.each([
		'X-Amz-Expires=60&v=',
		'Expires=1&v=',
		'se=2026&v=',
		'exp=1&v=',
		'download_token=',
		'oe=6&v=',
	])('is looked up again soon where it expires: %s', async (query) => {
		const path = `/file?${query}`;
		const check = await start({ '/': moving((time) => path + time), ...files(path) });
		await check('/');
		expect(await links.finalUrl(`${host.url}/`)).toBe(`${host.url}${path}1`);
		later(2_000);
		expect(await links.finalUrl(`${host.url}/`)).toBe(`${host.url}${path}2`);
	});

	it('stays where the second look finds nothing', async () => {
		const check = await start({ '/': moving((time) => `/${time}`), '/1': video() });
		await check('/');
		later(60_000);
		expect(await links.finalUrl(`${host.url}/`)).toBe(`${host.url}/1`);
		expect(host.methods('/2')).not.toEqual([]);
	});

	it('is the link itself where it was not checked, not redirected, or nothing is known of it', async () => {
		const check = await start({ '/direct': video(), '/error?exp=1': status(500) });
		await check('/direct');
		await check('/error?exp=1');
		later(60_000);
		const asked = host.requests.length;
		for (const path of ['/direct', '/error?exp=1', '/other?exp=1']) {
			expect(await links.finalUrl(host.url + path)).toBe(host.url + path);
		}
		expect(host.requests).toHaveLength(asked);
	});

	it.each(['X-Amz-Date=2026&X-Amz-Expires=60', 'Expires=1', 'se=2026-11-28', 'exp=1'])(
		'is the link, asked once more after 30 seconds where it expires: %s',
		async (query) => {
			const path = `/direct?${query}`;
			let isExpired = false;
			const handler: Handler = async (request, response) =>
				await (
					isExpired ? status(403, {}, '<Code>AccessDenied</Code>Request has expired') : video()
				)(request, response);
			const check = await start({ [path]: handler });
			await check(path);
			const asked = host.requests.length;
			later(29_000);
			expect(await links.finalUrl(host.url + path)).toBe(host.url + path);
			expect(host.requests).toHaveLength(asked);
			later(2_000);
			expect(await links.finalUrl(host.url + path)).toBe(host.url + path);
			expect(host.requests.length).toBeGreaterThan(asked);
			isExpired = true;
			later(31_000);
			expect(await links.finalUrl(host.url + path)).toMatchObject({
				rule: 'has expired (HTTP 403)',
			});
		},
	);

	it('is the link that expires, where its host is only in trouble', async () => {
		const path = '/direct?exp=1';
		const check = await start({ [path]: inTurn(video(), video(), status(503)) });
		await check(path);
		later(31_000);
		expect(await links.finalUrl(host.url + path)).toBe(host.url + path);
	});
});

describe('nothing is known of a link', () => {
	it('with an apostrophe that its host refuses, as it was asked for %27', async () => {
		const check = await start({});
		expect(await check("/a.mp4?name='a'")).toEqual({
			kind: 'unknown',
			reason: 'its host returned HTTP 404',
		});
		expect(host.methods('/a.mp4?name=%27a%27')).toEqual(['HEAD', 'GET']);
	});

	it.each([429, 500, 502, 503, 407, 400, 416, 204])('that answers HTTP %i', async (code) => {
		const check = await startOne(status(code, { 'content-type': 'text/html' }));
		expect(await check()).toEqual({ kind: 'unknown', reason: `its host returned HTTP ${code}` });
	});

	it.each([
		['at once', reset],
		['after HEAD', byMethod(status(200), reset)],
	])('whose host breaks off %s', async (_, handler) => {
		const check = await startOne(handler);
		expect(await check()).toEqual({
			kind: 'unknown',
			reason: 'its host is not reachable: ECONNRESET',
		});
	});

	it.each(['ENOTFOUND', 'ECONNREFUSED', 'CERT_HAS_EXPIRED'])(
		'without a connection: %s',
		async (code) => {
			const check = await start(
				{},
				{
					httpRequest: async () => await Promise.reject(Object.assign(new Error('no'), { code })),
				},
			);
			expect(await check('/')).toEqual({
				kind: 'unknown',
				reason: `its host is not reachable: ${code}`,
			});
		},
	);

	it('that n8n refuses to ask, in its own words', async () => {
		const reason = 'The request was blocked because it resolves to a restricted IP address';
		const check = await start(
			{},
			{ httpRequest: async () => await Promise.reject(new Error(reason)) },
		);
		expect(await check('/')).toEqual({ kind: 'unknown', reason });
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
			Array(4).fill({ kind: 'unknown', reason: 'its host did not respond within 5 seconds' }),
		);
		expect(tookMs).toBeGreaterThanOrEqual(4990);
		expect(tookMs).toBeLessThan(6000);
	});
});

describe('many links', () => {
	it('are asked once each', async () => {
		const check = await start({ '/a': video(), '/b': image() });
		const results = await Promise.all(
			Array.from({ length: 20 }, async (_, i) => await check(i % 2 ? '/a' : '/b')),
		);
		expect(results.map(({ kind }) => kind)).toEqual(Array(20).fill('checked'));
		for (const path of ['/a', '/b']) expect(host.methods(path)).toEqual(['HEAD', 'GET']);
	});

	it('are asked 20 at once', async () => {
		// On a busy machine 50 links take longer than one may: here no time passes.
		clock.sleep = async () => await new Promise(() => {});
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
		expect(results.map(({ kind }) => kind)).toEqual(Array(50).fill('checked'));
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
		await expect(check('/other')).rejects.toBe(reason);
		expect(host.requests).toHaveLength(20);
	});
});
