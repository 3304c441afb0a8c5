import { request } from 'undici';

import {
	accepted,
	body,
	hang,
	html,
	reset,
	status,
	truncated,
} from '../support/standin/faults.cts';
import { startStandin } from '../support/standin/server.cts';
import type { Standin, StandinOptions } from '../support/standin/server.cts';

const RUNWAY = '/v2/generate/video/runway/generation';
const UNIVERSAL = '/v2/video/generations';

const valid = {
	model: 'runway/act_two',
	character: { type: 'image', url: 'https://example.com/face.png' },
	reference: { type: 'video', url: 'https://example.com/performance.mp4' },
};

let standin: Standin;
const start = async (options: StandinOptions = {}) => {
	standin = await startStandin(options);
};
afterEach(async () => await standin.close());

async function call(path: string, payload?: unknown, authorization = `Bearer ${standin.key}`) {
	const answer = await request(standin.url + path, {
		method: payload === undefined ? 'GET' : 'POST',
		headers: { authorization, 'content-type': 'application/json' },
		body: payload === undefined ? undefined : JSON.stringify(payload),
	});
	return { code: answer.statusCode, json: (await answer.body.json()) as Record<string, unknown> };
}

const create = async (changes: object = {}) => await call(RUNWAY, { ...valid, ...changes });
const look = async (id: unknown, path = RUNWAY) => await call(`${path}?generation_id=${id}`);

describe('the documented answers', () => {
	it('refuses a wrong key with the documented error body', async () => {
		await start();
		const { code, json } = await call('/v2/billing', undefined, 'Bearer wrong');
		expect(code).toBe(401);
		expect(Object.keys(json).sort()).toEqual(
			['message', 'path', 'requestId', 'statusCode', 'timestamp'].sort(),
		);
	});

	it('tells the balance', async () => {
		await start();
		const { code, json } = await call('/v2/billing');
		expect({ code, json }).toEqual({
			code: 200,
			json: { current_balance: expect.any(Number), currency: 'USD' },
		});
	});

	it('answers 404 for an unknown path and an unknown generation', async () => {
		await start();
		expect((await call('/v2/video')).code).toBe(404);
		expect((await look('nobody')).code).toBe(404);
	});

	it('gives a list of links on the Runway URL, an object on the universal one', async () => {
		await start({ durationMs: 0 });
		const { code, json } = await create();
		expect({ code, status: json.status }).toEqual({ code: 201, status: 'queued' });
		expect((await look(json.id)).json.video).toEqual([expect.stringContaining('.mp4?_jwt=')]);
		expect((await look(json.id, UNIVERSAL)).json.video).toEqual({
			url: expect.stringContaining('.mp4?_jwt='),
		});
	});

	it('tells a generation that has just begun as queued, and a failed one as error', async () => {
		await start({
			durationMs: (index) => (index === 0 ? 600_000 : 0),
			failure: { name: 'SAFETY.INPUT.IMAGE', message: 'refused' },
		});
		const running = (await create()).json.id;
		const failed = (await create()).json.id;
		expect((await look(running)).json.status).toBe('queued');
		expect((await look(failed)).json).toMatchObject({
			status: 'error',
			error: { name: 'SAFETY.INPUT.IMAGE', message: 'refused' },
		});
	});

	it('answers 429 beyond the number of generations it runs at once', async () => {
		await start({ maxConcurrent: 1, durationMs: 600_000 });
		expect((await create()).code).toBe(201);
		expect((await create()).code).toBe(429);
		expect(standin.generations).toHaveLength(1);
	});
});

describe('what creation refuses', () => {
	const tooLong = 'A'.repeat(5_000_000);
	it.each<[string, object]>([
		['another model', { model: 'runway/gen4' }],
		['a field it does not know', { prompt: 'a dance' }],
		['an unknown field inside', { character: { ...valid.character, weight: 1 } }],
		['no reference', { reference: undefined }],
		['an image as reference', { reference: { type: 'image', url: 'https://example.com/a.png' } }],
		['a frame size not on the list', { frame_size: '1920:1080' }],
		['an intensity of 6', { expression_intensity: 6 }],
		['an intensity of 2.5', { expression_intensity: 2.5 }],
		['a seed of 2^32', { seed: 4_294_967_296 }],
		['a boolean as text', { body_control: 'true' }],
		['a relative link', { character: { type: 'image', url: '/face.png' } }],
		[
			'a link of over 2048 characters',
			{ character: { type: 'image', url: `https://example.com/${'a'.repeat(2048)}` } },
		],
		[
			'a video data URI as image',
			{ character: { type: 'image', url: 'data:video/mp4;base64,AAAA' } },
		],
		[
			'a data URI over the limit',
			{ character: { type: 'image', url: `data:image/png;base64,${tooLong}` } },
		],
	])('%s', async (_what, changes) => {
		await start();
		const { code, json } = await create(changes);
		expect(code).toBe(400);
		expect(json.message).toMatch(/^Body validation error/);
		expect(standin.generations).toHaveLength(0);
	});
});

describe('the video', () => {
	const download = async (url: string) => {
		const { statusCode, headers, body: stream } = await request(url);
		return { statusCode, headers, bytes: Buffer.from(await stream.arrayBuffer()) };
	};
	const link = async () => ((await look((await create()).json.id)).json.video as string[])[0];

	it('is a real MP4 on another origin than the API', async () => {
		await start({ durationMs: 0 });
		const url = await link();
		expect(new URL(url).origin).not.toBe(standin.url);
		const { headers, bytes } = await download(url);
		expect(headers['content-type']).toBe('video/mp4');
		expect(Number(headers['content-length'])).toBe(bytes.length);
		expect(bytes.subarray(4, 8).toString()).toBe('ftyp');
	});

	it('is refused once its link has expired', async () => {
		await start({ durationMs: 0, linkLifetimeSeconds: 0 });
		expect((await download(await link())).statusCode).toBe(403);
	});

	it('shows in the log whether a key came with the request', async () => {
		await start({ durationMs: 0 });
		await download(await link());
		expect(standin.requests.find(({ kind }) => kind === 'download')).toMatchObject({
			authorization: undefined,
			status: 200,
		});
	});

	it('can break off in the middle', async () => {
		await start({ durationMs: 0 });
		const url = await link();
		standin.fail('download', truncated);
		await expect(download(url)).rejects.toThrow();
	});
});

describe('faults', () => {
	it('meet the next requests of their kind, as often as told', async () => {
		await start();
		standin.fail('billing', status(503, 'Service unavailable'), 2);
		const codes = [];
		for (let n = 0; n < 3; n++) codes.push((await call('/v2/billing')).code);
		expect(codes).toEqual([503, 503, 200]);
		expect(standin.count('billing')).toBe(3);
	});

	it('give the headers, page or body they are told to give', async () => {
		await start();
		standin.fail('billing', status(429, 'Too Many Requests', { 'retry-after': '7' }));
		standin.fail('billing', html(502));
		standin.fail('billing', body('{"id":'));
		const answers = [];
		for (let n = 0; n < 3; n++) {
			const { statusCode, headers, body: stream } = await request(`${standin.url}/v2/billing`);
			answers.push([statusCode, headers['retry-after'], await stream.text()]);
		}
		expect(answers).toEqual([
			[429, '7', expect.stringContaining('Too Many Requests')],
			[502, undefined, expect.stringContaining('<html>')],
			[200, undefined, '{"id":'],
		]);
	});

	it('lose the answer to a creation that was accepted', async () => {
		await start();
		standin.fail('create', accepted(reset));
		await expect(create()).rejects.toThrow();
		expect(standin.count('create')).toBe(1);
		expect(standin.generations).toHaveLength(1);
	});

	it('leave a request hanging until the stand-in closes', async () => {
		await start();
		standin.fail('billing', hang);
		const arrived = new Promise((done) => standin.once('request', done));
		const pending = expect(call('/v2/billing')).rejects.toThrow();
		await arrived;
		expect(standin.openSockets.size).toBeGreaterThan(0);
		await standin.close();
		await pending;
	});
});
