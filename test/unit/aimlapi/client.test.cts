import type { IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';

import { aimlapiClient } from '../../../nodes/RunwayActTwo/aimlapi/client';
import { ACT_TWO } from '../../../nodes/RunwayActTwo/aimlapi/model';
import type { RateLimiter } from '../../../nodes/RunwayActTwo/limits/rateLimiter';
import type { Wait } from '../../../nodes/RunwayActTwo/limits/waitingLine';
import { virtualClock } from '../../support/virtualClock.cts';

interface Answer {
	statusCode: number;
	headers?: object;
	body?: unknown;
}
interface Sent {
	type: string;
	options: IHttpRequestOptions;
	extra: unknown;
	signal: AbortSignal | undefined;
}

const BASE_URL = 'https://api.example.com';
const BODY = Buffer.from('{}');
const never = async (): Promise<Answer> => await new Promise(() => {});
const running: Answer = { statusCode: 200, body: '{"id":"g","status":"generating"}' };
const failing = (code: string) => async (): Promise<Answer> =>
	await Promise.reject(Object.assign(new Error(code), { code }));

/** A client and what it sends and tells the rate limiter; nothing in front of it makes it wait. */
function client(answer: () => Promise<Answer> | Answer, stop?: AbortController) {
	const clock = virtualClock();
	const sent: Sent[] = [];
	const waits: Wait[] = [];
	const told: unknown[][] = [];
	const listeners = new Set<() => void>();
	const context = {
		getExecutionCancelSignal: () => stop?.signal,
		helpers: {
			async httpRequestWithAuthentication(
				this: IExecuteFunctions,
				type: string,
				options: IHttpRequestOptions,
				extra: unknown,
			) {
				sent.push({ type, options, extra, signal: this.getExecutionCancelSignal() });
				return { headers: {}, ...(await answer()) };
			},
		},
	} as unknown as IExecuteFunctions;
	const credential = { id: '', name: '', type: 'aimlapiApi', data: { apiKey: 'key' } };
	const session = new AbortController();
	return {
		...{ clock, sent, waits, told, session, credential, listeners },
		api: aimlapiClient(context, {
			...{ credential, clock, baseUrl: BASE_URL, endpoint: 'runway', model: ACT_TWO },
			rateLimiter: {
				acquire: async (wait: Wait) => await Promise.resolve(waits.push(wait) > 0),
				succeeded: (...times: unknown[]) => told.push(['succeeded', ...times]),
				throttled: (...times: unknown[]) => told.push(['throttled', ...times]),
			} as unknown as RateLimiter,
			signal: session.signal,
			onCancel: (listener) => {
				const end = () => listener(undefined);
				listeners.add(end);
				return () => listeners.delete(end);
			},
		}),
	};
}

const AS_N8N_SENDS_IT = {
	...{ encoding: 'text', returnFullResponse: true },
	...{ ignoreHttpStatusErrors: true, disableFollowRedirect: true },
};

describe('a GET', () => {
	it('is sent as JSON is asked for, with the key that is already at hand', async () => {
		const { api, sent, credential } = client(() => ({
			...{ statusCode: 200, body: '{"id":"a/b","status":"generating"}' },
		}));
		expect(await api.getGeneration('a/b', 60_000)).toMatchObject({ kind: 'found' });
		expect(sent).toMatchObject([
			{
				type: 'aimlapiApi',
				options: {
					...{ method: 'GET', headers: { Accept: 'application/json' }, ...AS_N8N_SENDS_IT },
					url: `${BASE_URL}/v2/generate/video/runway/generation?generation_id=a%2Fb`,
				},
				extra: { credentialsDecrypted: credential },
			},
		]);
	});

	it.each([
		[3_600_000, 30_000, 3_600_000],
		[12_000, 12_000, 12_000],
		[1, 5000, 5000],
	])('with %i ms left may take %i ms, after %i ms in line', async (left, timeout, wait) => {
		const { api, sent, waits, clock } = client(never);
		clock.advance(1000);
		const verdict = await api.getGeneration('g', left);
		expect(verdict).toMatchObject({ kind: 'retry', error: { httpCode: 'ETIMEDOUT' } });
		expect(verdict).toMatchObject({ error: { message: 'The connection to AIMLAPI was lost' } });
		expect(sent[0].options.timeout).toBe(timeout);
		expect(waits[0].deadline).toBe(1000 + wait);
		expect(clock.elapsed()).toBe(1000 + timeout);
	});

	it('of the logs may take 30 s, of what is nice to know 10 s', async () => {
		const { api, clock, waits, sent } = client(never);
		expect((await api.listLogs({ periodMs: 1 }, 10, 0)).kind).toBe('retry');
		expect(clock.elapsed()).toBe(30_000);
		expect(await api.lookUp('/v2/billing')).toEqual({
			...{ kind: 'noResponse', sent: true, code: 'ETIMEDOUT' },
		});
		expect(clock.elapsed()).toBe(40_000);
		expect(waits.map(({ order }) => order)).toEqual([-Infinity, -Infinity]);
		expect(sent.map(({ options }) => options.url)).toEqual([
			`${BASE_URL}/v2/logs?period=1h&model=runway%2Fact_two&limit=10&offset=0`,
			`${BASE_URL}/v2/billing`,
		]);
	});

	it('for the generation that was polled first goes first, and nobody waits for ever', async () => {
		const { api, clock, waits } = client(() => running);
		await api.getGeneration('first', 60_000);
		clock.advance(1000);
		await api.getGeneration('second', 60_000);
		clock.advance(1000);
		await api.getGeneration('second', 60_000);
		await api.getGeneration('first', 60_000);
		expect(waits.map(({ order }) => order)).toEqual([0, 2000, 3000, 2000]);
	});

	it.each<[answer: string, response: Answer | string, told: unknown[][]]>([
		['taken', running, [['succeeded', 500, 500]]],
		['refused for itself', { statusCode: 404, body: '{}' }, [['succeeded', 500, 500]]],
		[
			'refused for the rate',
			{ statusCode: 429, headers: { 'retry-after': '7' }, body: '{}' },
			[['throttled', 500, 500, 7000]],
		],
		['not served', { statusCode: 500, body: '{}' }, []],
		['lost', 'ECONNRESET', []],
	])('for a status that is %s tells what it says of the rate', async (_, response, told) => {
		const node = client(async () =>
			typeof response === 'string' ? await failing(response)() : response,
		);
		node.clock.advance(500);
		await node.api.getGeneration('g', 60_000);
		expect(node.told).toEqual(told);
	});

	it('for the logs or the catalogue tells nothing of the rate: no video waits for their limits', async () => {
		const node = client(() => ({ statusCode: 429, headers: { 'retry-after': '300' }, body: '{}' }));
		await node.api.lookUp('/models/metrics');
		await node.api.listLogs({ periodMs: 1 }, 100, 0);
		expect(node.told).toEqual([]);
	});

	it.each<[body: unknown, read: unknown]>([
		['{"id":12345678901234567890}', { id: '12345678901234567890' }],
		[{ id: 'g' }, { id: 'g' }],
		[
			{ id: 12345678901234567890, seed: 5, cost: 0.3 },
			{ id: null, seed: 5, cost: 0.3 },
		],
		[undefined, undefined],
	])('is read whether n8n has parsed it or not: %j', async (body, read) => {
		const { api } = client(() => ({ statusCode: 200, headers: {}, body }));
		const outcome = await api.lookUp('/v2/billing');
		expect(outcome).toMatchObject({ kind: 'response', status: 200 });
		expect((outcome as { body?: unknown }).body).toEqual(read);
		expect((outcome as { text?: string }).text).toBe(
			body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(read),
		);
	});

	it('is not sent once the session has ended, and ends with the execution', async () => {
		const { api, sent, clock, session } = client(never);
		const poll = api.getGeneration('g', 60_000);
		await new Promise(setImmediate);
		expect(sent[0].signal?.aborted).toBe(false);
		clock.stop(new Error('stopped'));
		await expect(poll).rejects.toThrow('stopped');
		expect(sent[0].signal?.aborted).toBe(true);
		session.abort(new Error('over'));
		await expect(api.lookUp('/v2/billing')).rejects.toThrow('over');
		expect(sent).toHaveLength(1);
	});
});

describe('a creation', () => {
	/** The end of the 150 s. */
	let limit: AbortController;
	let limitMs: number;
	beforeEach(() => {
		limit = new AbortController();
		jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
			limitMs = ms;
			return limit.signal;
		});
	});
	afterEach(() => jest.restoreAllMocks());

	it('is one POST of JSON under its request ID, which may take 150 s', async () => {
		const { api, sent, waits } = client(() => ({ statusCode: 201, body: '{"id":"g"}' }));
		expect(await api.createGeneration(BODY, 'n8n.1')).toMatchObject({
			...{ kind: 'accepted', created: { id: 'g' } },
		});
		expect(sent).toHaveLength(1);
		expect(sent[0].options).toEqual({
			...{ method: 'POST', body: BODY, timeout: 150_000, ...AS_N8N_SENDS_IT },
			url: `${BASE_URL}/v2/generate/video/runway/generation`,
			headers: {
				...{ Accept: 'application/json', 'Content-Type': 'application/json' },
				'X-Client-Request-Id': 'n8n.1',
			},
		});
		expect(waits).toEqual([]);
		expect(limitMs).toBe(150_000);
	});

	it('is given up after 150 s, and may have been accepted', async () => {
		const node = client(async () => {
			limit.abort();
			return await failing(node.sent[0].signal?.aborted ? 'ERR_CANCELED' : 'GOES_ON')();
		});
		expect(await node.api.createGeneration(BODY, 'n8n.1')).toMatchObject({
			...{ kind: 'unknown', error: { httpCode: 'ERR_CANCELED' } },
		});
	});

	it.each<[what: string, answer: () => Answer | Promise<Answer>, kind: string | undefined]>([
		['without an answer, is left to the next run', failing('ECONNRESET'), undefined],
		['certainly not sent, is told as that', failing('ECONNREFUSED'), 'notSent'],
		['accepted, is paid for', () => ({ statusCode: 201, body: '{"id":"g"}' }), 'accepted'],
	])('at a stop: %s', async (_, answer, kind) => {
		const stop = new AbortController();
		const node = client(async () => {
			stop.abort(new Error('stopped'));
			return await answer();
		}, stop);
		const verdict = node.api.createGeneration(BODY, 'n8n.1');
		if (kind === undefined) await expect(verdict).rejects.toThrow('stopped');
		else expect(await verdict).toMatchObject({ kind });
	});

	it('is lost in a release of n8n that cannot stop it, too', async () => {
		const { api } = client(failing('ECONNRESET'));
		expect((await api.createGeneration(BODY, 'n8n.1')).kind).toBe('unknown');
	});

	it('listens to the stop no longer than it runs', async () => {
		const node = client(() => {
			expect(node.listeners.size).toBe(1);
			return { statusCode: 500, body: '{}' };
		});
		await node.api.createGeneration(BODY, 'n8n.1');
		expect(node.sent).toHaveLength(1);
		expect(node.listeners.size).toBe(0);
	});
});
