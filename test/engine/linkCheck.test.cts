import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import type { IExecuteFunctions } from 'n8n-workflow';

import { linkChecker } from '../../nodes/RunwayActTwo/media/linkCheck';
import { validateLink } from '../../nodes/RunwayActTwo/media/link';
import { abortableClock } from '../../nodes/RunwayActTwo/polling/clock';
import { sharedTimeouts } from '../../nodes/RunwayActTwo/polling/timeout';
import { file, redirect, reset, stall, startFileHost, status } from '../support/media/fileHost.cts';
import type { FileHost } from '../support/media/fileHost.cts';

/** n8n-core's own request helpers. */
const { getRequestHelperFunctions } = createRequire(require.resolve('n8n-core'))(
	'n8n-core/dist/execution-engine/node-execution-context/utils/request-helpers',
) as { getRequestHelperFunctions: (...args: unknown[]) => IExecuteFunctions['helpers'] };

const VIDEO = readFileSync('test/support/fakeAimlapi/assets/performance.mp4');
const IMAGE = readFileSync('test/support/fakeAimlapi/assets/character.png');
const BIG = Buffer.concat([VIDEO, Buffer.alloc(3_000_000)]);

let host: FileHost;
beforeAll(async () => {
	host = await startFileHost({
		'/video.mp4': file(VIDEO),
		'/image.png': file(IMAGE, { contentType: 'image/png' }),
		'/no-head.mp4': file(VIDEO, { headStatus: 405 }),
		'/get-only.mp4': file(VIDEO, { headStatus: 403 }),
		'/no-ranges.mp4': file(BIG, { ranges: false }),
		'/lies.mp4': file(IMAGE, { contentType: 'video/mp4', contentLength: 17 }),
		'/nothing-told': file(VIDEO, { contentType: 'application/octet-stream' }),
		'/once': redirect('/video.mp4'),
		'/five': redirect('/four'),
		'/four': redirect('/three'),
		'/three': redirect('/two'),
		'/two': redirect('/once'),
		'/loop': redirect('/loop'),
		'/login': redirect('https://www.dropbox.com/login'),
		'/inside': redirect('https://169.254.169.254/latest/meta-data'),
		'/page': status(200, { 'content-type': 'text/html' }, '<!doctype html><p>Sign in</p>'),
		'/untyped-page': status(200, {}, '<html><p>Sign in</p>'),
		'/401': status(401),
		'/403': status(403),
		'/410': status(410),
		'/503': status(503),
		'/429': status(429),
		'/stall': stall,
		'/reset': reset,
	});
});
afterAll(() => host.close());
afterEach(() => {
	host.requests.length = 0;
	host.busiest = 0;
});

/** A checker whose rules allow this host too. */
function checker(signal = new AbortController().signal) {
	const helpers = getRequestHelperFunctions({}, { name: 'n' }, {});
	const clock = abortableClock(signal);
	const validate = (link: string) =>
		link.startsWith(host.url) ? { url: link } : validateLink(link);
	const links = linkChecker({ helpers }, clock, sharedTimeouts(clock), signal, validate);
	const close = () => {
		links.close();
		clock.close();
	};
	return { check: async (path: string) => await links.check(host.url + path), close };
}

const checkOnce = async (path: string) => {
	const { check, close } = checker();
	try {
		return await check(path);
	} finally {
		close();
	}
};

it.each(['/video.mp4', '/no-head.mp4', '/get-only.mp4', '/nothing-told'])(
	'%s is inspected from its parts',
	async (path) => {
		await expect(checkOnce(path)).resolves.toMatchObject({
			kind: 'checked',
			url: host.url + path,
			size: VIDEO.length,
			info: { kind: 'video', hasVideoTrack: true, width: expect.any(Number) },
		});
		expect(host.authorizations.every((value) => value === undefined)).toBe(true);
	},
);

it('a file that is not what its host says is known by its bytes', async () => {
	await expect(checkOnce('/lies.mp4')).resolves.toMatchObject({
		info: { kind: 'image', name: 'PNG' },
	});
});

it('a host without ranges is not made to send all of it', async () => {
	await expect(checkOnce('/no-ranges.mp4')).resolves.toMatchObject({
		kind: 'checked',
		size: BIG.length,
		info: { kind: 'video' },
	});
	expect(host.requests.filter((request) => request.startsWith('GET'))).toHaveLength(1);
});

it.each(['/once', '/five'])('%s leads to the final address', async (path) => {
	await expect(checkOnce(path)).resolves.toMatchObject({
		kind: 'checked',
		url: `${host.url}/video.mp4`,
	});
});

it.each([
	['/401', 'needs a login'],
	['/403', 'may not be read'],
	['/404', 'leads to nothing'],
	['/410', 'leads to nothing any more'],
	['/page', 'not to a web page'],
	['/untyped-page', 'not to a web page'],
	['/login', 'a Dropbox page'],
	['/inside', 'public address'],
])('%s is refused', async (path, rule) => {
	await expect(checkOnce(path)).resolves.toMatchObject({
		kind: 'refused',
		rule: expect.stringContaining(rule),
	});
});

it.each(['/503', '/429', '/reset', '/loop', '/stall'])('%s is uncertain', async (path) => {
	const start = Date.now();
	await expect(checkOnce(path)).resolves.toMatchObject({ kind: 'unknown' });
	expect(Date.now() - start).toBeLessThan(7000);
});

it('asks once for each link, twenty at once', async () => {
	const { check, close } = checker();
	const links = Array.from({ length: 60 }, (_, index) => `/video.mp4?${index % 30}`);
	const checks = await Promise.all(links.map(async (link) => await check(link)));
	close();
	expect(checks.every(({ kind }) => kind === 'checked')).toBe(true);
	expect(host.requests.filter((request) => request.startsWith('HEAD'))).toHaveLength(30);
	expect(host.busiest).toBeLessThanOrEqual(20);
});

it('ends with the execution', async () => {
	const stop = new AbortController();
	const { check, close } = checker(stop.signal);
	const checked = check('/stall');
	const thrown = expect(checked).rejects.toThrow('stopped');
	while (host.requests.length === 0) await new Promise(setImmediate);
	stop.abort(new Error('stopped'));
	await thrown;
	close();
});
