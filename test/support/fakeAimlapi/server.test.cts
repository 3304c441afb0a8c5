import { request } from 'undici';

import {
	accepted,
	delay,
	expiredLink,
	trickle,
	body,
	hang,
	html,
	reset,
	status,
	truncated,
} from './faults.cts';
import { startFakeAimlapi } from './server.cts';
import type { FakeAimlapi, FakeAimlapiOptions } from './server.cts';

const RUNWAY = '/v2/generate/video/runway/generation';
const UNIVERSAL = '/v2/video/generations';

const valid = {
	model: 'runway/act_two',
	character: { type: 'image', url: 'https://example.com/face.png' },
	reference: { type: 'video', url: 'https://example.com/performance.mp4' },
};

let fake: FakeAimlapi;
const start = async (options: FakeAimlapiOptions = {}) => {
	fake = await startFakeAimlapi(options);
};
afterEach(async () => await fake.close());

async function call(path: string, payload?: unknown, authorization = `Bearer ${fake.key}`) {
	const answer = await request(fake.url + path, {
		method: payload === undefined ? 'GET' : 'POST',
		headers: { authorization, 'content-type': 'application/json' },
		body: payload === undefined ? undefined : JSON.stringify(payload),
	});
	return { code: answer.statusCode, json: (await answer.body.json()) as Record<string, unknown> };
}

const create = async (changes: object = {}) => await call(RUNWAY, { ...valid, ...changes });
const getGeneration = async (id: unknown, path = RUNWAY) =>
	await call(`${path}?generation_id=${id}`);

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
		expect((await getGeneration('nobody')).code).toBe(404);
	});

	it('gives a list of links on the Runway URL, an object on the universal one', async () => {
		await start({ durationMs: 0 });
		const { code, json } = await create();
		expect({ code, status: json.status }).toEqual({ code: 201, status: 'queued' });
		expect((await getGeneration(json.id)).json.video).toEqual([
			expect.stringContaining('.mp4?_jwt='),
		]);
		expect((await getGeneration(json.id, UNIVERSAL)).json.video).toEqual({
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
		expect((await getGeneration(running)).json.status).toBe('queued');
		expect((await getGeneration(failed)).json).toMatchObject({
			status: 'error',
			error: { name: 'SAFETY.INPUT.IMAGE', message: 'refused' },
		});
	});

	it('answers 429 beyond the number of generations it runs at once', async () => {
		await start({ maxConcurrent: 1, durationMs: 600_000 });
		expect((await create()).code).toBe(201);
		expect((await create()).code).toBe(429);
		expect(fake.generations).toHaveLength(1);
	});
});

describe('what creation refuses', () => {
	const tooLong = 'A'.repeat(5_300_000);
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
		expect(fake.generations).toHaveLength(0);
	});
});

describe('the video', () => {
	const download = async (url: string) => {
		const { statusCode, headers, body: stream } = await request(url);
		return { statusCode, headers, bytes: Buffer.from(await stream.arrayBuffer()) };
	};
	const link = async () =>
		((await getGeneration((await create()).json.id)).json.video as string[])[0];

	it('is a real MP4 on another origin than the API', async () => {
		await start({ durationMs: 0 });
		const url = await link();
		expect(new URL(url).origin).not.toBe(fake.url);
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
		expect(fake.requests.find(({ kind }) => kind === 'download')).toMatchObject({
			authorization: undefined,
			status: 200,
		});
	});

	it('can break off in the middle', async () => {
		await start({ durationMs: 0 });
		const url = await link();
		fake.fail('download', truncated);
		await expect(download(url)).rejects.toThrow();
	});
});

describe('faults', () => {
	it('meet the next requests of their kind, as often as told', async () => {
		await start();
		fake.fail('billing', status(503, 'Service unavailable'), 2);
		const codes = [];
		for (let n = 0; n < 3; n++) codes.push((await call('/v2/billing')).code);
		expect(codes).toEqual([503, 503, 200]);
		expect(fake.count('billing')).toBe(3);
	});

	it('give the headers, page or body they are told to give', async () => {
		await start();
		fake.fail('billing', status(429, 'Too Many Requests', { 'retry-after': '7' }));
		fake.fail('billing', html(502));
		fake.fail('billing', body('{"id":'));
		const answers = [];
		for (let n = 0; n < 3; n++) {
			const { statusCode, headers, body: stream } = await request(`${fake.url}/v2/billing`);
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
		fake.fail('create', accepted(reset));
		await expect(create()).rejects.toThrow();
		expect(fake.count('create')).toBe(1);
		expect(fake.generations).toHaveLength(1);
	});

	it('leave a request hanging until the fake API closes', async () => {
		await start();
		fake.fail('billing', hang);
		const arrived = new Promise((done) => fake.once('request', done));
		const pending = expect(call('/v2/billing')).rejects.toThrow();
		await arrived;
		expect(fake.openSockets.size).toBeGreaterThan(0);
		await fake.close();
		await pending;
	});
});

describe('time', () => {
	it('passes by the clock it is given, along the statuses it is given', async () => {
		let now = 1_000_000;
		await start({
			now: () => now,
			statuses: [
				[0, 'waiting'],
				[5000, 'dreaming'],
				[9000, 'completed'],
			],
		});
		const { id } = (await create()).json;
		const told = [];
		for (const at of [0, 5000, 9000]) {
			now = 1_000_000 + at;
			told.push((await getGeneration(id)).json.status);
		}
		expect(told).toEqual(['waiting', 'dreaming', 'completed']);
	});

	it('renews the state of a generation as seldom as told', async () => {
		let now = 0;
		await start({ now: () => now, durationMs: 7000, refreshMs: 5000 });
		const { id } = (await create()).json;
		const statusAt = async (ms: number) => {
			now = ms;
			return (await getGeneration(id)).json.status;
		};
		expect(await statusAt(9999)).toBe('generating');
		expect(await statusAt(10_000)).toBe('completed');
	});

	it('lets a link expire, and gives a longer one at the next poll', async () => {
		let now = 1_000_000_000;
		await start({ now: () => now, durationMs: 0, linkLifetimeSeconds: 60 });
		const { id } = (await create()).json;
		const link = async () => ((await getGeneration(id)).json.video as string[])[0];
		const first = await link();
		now += 61_000;
		expect((await request(first)).statusCode).toBe(403);
		expect((await request(await link())).statusCode).toBe(200);
	});

	it('counts the requests of one second', async () => {
		let now = 0;
		await start({ now: () => now, maxRequestsPerSecond: 1, retryAfterSeconds: 2 });
		expect((await call('/v2/billing')).code).toBe(200);
		const { statusCode, headers } = await request(`${fake.url}/v2/billing`, {
			headers: { authorization: `Bearer ${fake.key}` },
		});
		expect([statusCode, headers['retry-after']]).toEqual([429, '2']);
		now = 1000;
		expect((await call('/v2/billing')).code).toBe(200);
	});
});

describe('more strictness', () => {
	it.each([
		['plain http', 'http://example.com/face.png'],
		['an IP address', 'https://192.0.2.1/face.png'],
		['a GIF', 'data:image/gif;base64,AAAA'],
	])('refuses %s', async (_what, url) => {
		await start();
		expect((await create({ character: { type: 'image', url } })).code).toBe(400);
	});

	it('refuses a link whose token was tampered with, and a video it never made', async () => {
		await start({ durationMs: 0 });
		const { id } = (await create()).json;
		const [link] = (await getGeneration(id)).json.video as string[];
		expect((await request(`${link}x`)).statusCode).toBe(403);
		expect((await request(link.replace(String(id), 'other'))).statusCode).toBe(404);
	});

	it('accepts nothing that it would refuse, not even under a fault', async () => {
		await start();
		fake.fail('create', accepted(reset));
		expect((await create({ seed: -1 })).code).toBe(400);
		expect(fake.generations).toHaveLength(0);
	});
});

describe('more faults', () => {
	it('meet only the requests that match', async () => {
		await start();
		fake.fail('billing', status(500), 1, ({ path }) => path.startsWith('/v1'));
		expect((await call('/v2/billing')).code).toBe(200);
		expect((await call('/v1/billing/balance')).code).toBe(500);
	});

	it('delay, trickle and expire', async () => {
		await start({ durationMs: 0 });
		fake.fail('billing', delay(20));
		fake.fail('billing', trickle(5));
		fake.fail('download', expiredLink);
		const before = performance.now();
		expect((await call('/v2/billing')).code).toBe(200);
		expect(performance.now() - before).toBeGreaterThan(15);
		const { body: stream } = await request(`${fake.url}/v2/billing`);
		let bytes = 0;
		for await (const chunk of stream) if ((bytes += (chunk as Buffer).length) >= 3) break;
		expect(bytes).toBeGreaterThanOrEqual(3);
		const [link] = (await getGeneration((await create()).json.id)).json.video as string[];
		expect((await request(link)).statusCode).toBe(403);
		expect((await request(link)).statusCode).toBe(200);
	});

	it('can be waited for', async () => {
		await start();
		fake.fail('billing', hang);
		const pending = expect(call('/v2/billing')).rejects.toThrow();
		await fake.until(({ requests }) => requests.length === 1);
		await fake.close();
		await pending;
		await expect(fake.until(() => false, 10)).rejects.toThrow();
	});
});

it('serves a video of any size with the header of an MP4', async () => {
	await start({ durationMs: 0, videoBytes: 5_000_000 });
	const [link] = (await getGeneration((await create()).json.id)).json.video as string[];
	const { headers, body: stream } = await request(link);
	const bytes = Buffer.from(await stream.arrayBuffer());
	expect([bytes.length, headers['content-length']]).toEqual([5_000_000, '5000000']);
	expect(bytes.subarray(4, 8).toString()).toBe('ftyp');
});

describe('prices, times and money', () => {
	const PRICE = '/v1/models?id=runway%2Fact_two&include=pricing';

	it('has a price by the second, for who asks for it', async () => {
		await start();
		const { code, json } = await call(PRICE, undefined, '');
		expect(code).toBe(200);
		expect(json).toMatchObject({
			object: 'list',
			data: [{ id: 'runway/act_two', pricing: { kind: 'fixed', units: [{ per: 1 }] } }],
		});
		const plain = await call('/v1/models?id=runway%2Fact_two');
		expect(JSON.stringify(plain.json)).not.toContain('pricing');
		expect((await call('/v1/models?id=other&include=pricing')).json.data).toEqual([]);
	});

	it('knows how long generations took lately, unless none succeeded', async () => {
		await start();
		const path = '/models/metrics?aliases=runway%2Fact_two';
		expect((await call(path, undefined, '')).json).toMatchObject({
			models: [{ alias: 'runway/act_two', metrics: { duration_ms: { p50: 44_100 } } }],
		});
		fake.options.durations = 'none';
		expect((await call(path)).json).toEqual({ window_seconds: 300, models: [] });
	});

	it('misbehaves there too', async () => {
		await start({ catalogue: { id: 'other', aliases: ['runway/act_two'] }, balance: {} });
		expect((await call(PRICE)).json).toMatchObject({ data: [{ id: 'other' }] });
		expect((await call('/v2/billing')).json).toEqual({});
		fake.fail('catalogue', status(500));
		fake.fail('metrics', status(404, 'Not Found'));
		expect((await call(PRICE)).code).toBe(500);
		expect((await call('/models/metrics')).code).toBe(404);
		expect(fake.count('catalogue')).toBe(2);
	});
});

describe('rows of the logs', () => {
	it('come late, overtake one another, or only after the end', async () => {
		const lags = [60_000, 0];
		let now = Date.now();
		await start({ now: () => now, durationMs: 1000, logsLagMs: (index) => lags[index] });
		await call(RUNWAY, valid);
		await call(RUNWAY, valid);
		const shown = async () =>
			((await call('/v2/logs')).json.data as Array<{ inference_id: string }>).map(
				({ inference_id }) => inference_id,
			);
		const [first, second] = fake.generations.map(({ id }) => id);
		expect(await shown()).toEqual([second]);
		fake.options.logsAfterEnd = true;
		expect(await shown()).toEqual([]);
		now += 61_000;
		expect(await shown()).toEqual([second, first]);
		fake.options.logsShuffled = true;
		expect(await shown()).toEqual([first, second].sort());
	});
});
