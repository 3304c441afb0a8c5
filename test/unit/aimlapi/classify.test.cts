import fc from 'fast-check';

import {
	classifyCreation as classify,
	classifyPoll,
} from '../../../nodes/RunwayActTwo/aimlapi/classify';
import { ACT_TWO } from '../../../nodes/RunwayActTwo/aimlapi/model';
import { toResponse } from '../../../nodes/RunwayActTwo/aimlapi/outcome';
import type { Outcome } from '../../../nodes/RunwayActTwo/aimlapi/outcome';
import { pollUntil } from '../../../nodes/RunwayActTwo/polling/poll';
import { SEED } from '../../support/seed.cts';
import { virtualClock } from '../../support/virtualClock.cts';

const classifyCreation = (outcome: Outcome) => classify(outcome, ACT_TWO);

const LINK = 'https://cdn.example.com/a.mp4';
const PAGE = '<html><head><title>Sign in to Hotel Wi-Fi</title></head></html>';

const respond = (status: number, body: unknown, headers: Record<string, unknown> = {}) =>
	toResponse(status, headers, typeof body === 'string' ? body : JSON.stringify(body), 0);

describe('a creation', () => {
	it.each([
		['a UUID', { id: 'dbf7a50e-87b2-4ba5-921f-f02fdb8f7cc6' }, {}],
		['an ID with a slash', { id: 'dbf7a50e:runway/act_two', status: 'queued' }, {}],
		['a nanoid', { id: '-V1StGXR8_Z5jdHi6B-my' }, {}],
		['a number', { id: 42 }, {}],
		['generation_id', { generation_id: 'g' }, {}],
		['a header beside an empty body', '', { 'x-inference-id': 'g' }],
		['a header beside broken JSON', '{"id":"', { 'x-inference-id': 'g' }],
		['a header beside a page', PAGE, { 'x-inference-id': 'g' }],
	])('is accepted with %s', (_, body, headers) => {
		expect(classifyCreation(respond(201, body, headers)).kind).toBe('accepted');
	});

	it('takes the body’s id first and keeps the others for the log', () => {
		const body = {
			id: 'a',
			generation_id: 'b',
			status: 'Queued',
			meta: { usage: { credits_used: 5 } },
		};
		const headers = { 'x-inference-id': 'c', 'x-aimlapi-usd-spent': '0.1' };
		expect(classifyCreation(respond(201, body, headers))).toEqual({
			kind: 'accepted',
			created: {
				id: 'a',
				status: 'queued',
				usage: { creditsUsed: 5, costUsd: 0.1 },
				otherIds: ['b', 'c'],
			},
		});
	});

	it('is queued where the API names no status, and each of its IDs counts once', () => {
		const headers = { 'x-inference-id': 'a' };
		expect(classifyCreation(respond(201, { id: 'a' }, headers))).toEqual({
			kind: 'accepted',
			created: { id: 'a', status: 'queued', usage: {}, otherIds: [] },
		});
		expect(classifyCreation(respond(201, { id: 'a', status: 'Generating' }))).toMatchObject({
			created: { status: 'generating' },
		});
	});

	it.each([400, 401, 402, 403, 404, 405, 413, 414, 415, 422])('is rejected by %i', (status) => {
		expect(classifyCreation(respond(status, { message: 'no' })).kind).toBe('rejected');
	});

	it.each([300, 302, 304, 408, 409, 425, 500, 502, 503, 504, 520])(
		'has an unknown outcome after %i',
		(status) => {
			expect(classifyCreation(respond(status, { message: 'no' })).kind).toBe('unknown');
		},
	);

	it.each([200, 201, 301, 400, 401, 403, 404, 500, 502])(
		'has an unknown outcome after a web page with %i',
		(status) => {
			const verdict = classifyCreation(respond(status, PAGE));
			expect(verdict).toMatchObject({
				kind: 'unknown',
				error: {
					message: expect.stringContaining('web page'),
					description: expect.stringContaining('“Sign in to Hotel Wi-Fi”'),
				},
			});
			expect(JSON.stringify(verdict)).not.toMatch(/credits|API key/);
		},
	);

	it.each([401, 403, 404, 400, 422])(
		'has an unknown outcome after HTTP %i that AIMLAPI did not send',
		(status) => {
			for (const text of ['error code: 1010', 'Unauthorized', '']) {
				const verdict = classifyCreation(respond(status, text));
				expect(verdict).toMatchObject({
					kind: 'unknown',
					error: { description: expect.stringMatching(/firewall, a proxy/) },
				});
				expect(JSON.stringify(verdict)).not.toMatch(/credits|API key/);
				expect(JSON.stringify(verdict)).toContain(text);
			}
		},
	);

	it.each([
		['wrapped', { data: { id: 'g' } }],
		['a task', { task_id: 'g' }],
		['a task of a gateway', { result: { taskId: 'g' } }],
	])('whose ID is in an unexpected place may be that generation: %s', (_, body) => {
		expect(classifyCreation(respond(200, body))).toMatchObject({
			kind: 'unknown',
			possibleId: 'g',
		});
	});

	it('shows the words of a success that is none', () => {
		expect(
			classifyCreation(respond(200, { error: { message: 'Insufficient balance' } })),
		).toMatchObject({
			kind: 'unknown',
			error: { description: expect.stringContaining('“Insufficient balance”') },
		});
	});

	it('has its ID digit for digit, however long the number is', () => {
		const id = '12345678901234567890';
		expect(classifyCreation(respond(201, `{"id": ${id}, "status": "queued"}`))).toMatchObject({
			created: { id },
		});
	});

	it('keeps an ID that came with an unclear response', () => {
		expect(classifyCreation(respond(504, '', { 'x-inference-id': 'g' }))).toMatchObject({
			kind: 'unknown',
			possibleId: 'g',
		});
	});

	it('is rate limited by 429, also from a gateway', () => {
		expect(classifyCreation(respond(429, PAGE, { 'retry-after': '3' }))).toMatchObject({
			kind: 'rateLimited',
			retryAfterMs: 3000,
		});
	});

	it.each([
		['a proxy that wants a login', respond(407, PAGE)],
		['no connection', { kind: 'noResponse', sent: false, code: 'ECONNREFUSED' } as const],
	])('was not sent: %s', (_, outcome) => {
		const verdict = classifyCreation(outcome);
		expect(verdict.kind).toBe('notSent');
		expect(JSON.stringify(verdict)).not.toContain('may have been started');
	});

	it('has an unknown outcome when the connection broke', () => {
		const outcome = { kind: 'noResponse', sent: true, code: 'ECONNRESET' } as const;
		expect(classifyCreation(outcome).kind).toBe('unknown');
	});

	it('says what to do when a file is too large, from whoever says so', () => {
		for (const body of [PAGE, { message: 'Payload Too Large' }]) {
			expect(classifyCreation(respond(413, body))).toMatchObject({
				kind: 'rejected',
				error: {
					message: expect.stringContaining('too large'),
					description: expect.stringContaining('set the source to URL'),
				},
			});
		}
	});

	it('names a retired model at 404', () => {
		expect(classifyCreation(respond(404, { message: 'Not Found' }))).toMatchObject({
			error: { description: expect.stringContaining('retired') },
		});
	});

	it('gives the request ID for the support', () => {
		const body = { message: 'no', requestId: 'req-1', statusCode: '400' };
		expect(classifyCreation(respond(400, body))).toMatchObject({
			error: { description: expect.stringContaining('req-1') },
		});
	});

	it('understands problem+json', () => {
		const body = {
			title: 'Bad',
			status: 400,
			error: { name: 'ValidationError', message: 'Wrong seed' },
		};
		expect(classifyCreation(respond(400, body))).toMatchObject({
			kind: 'rejected',
			error: { description: expect.stringContaining('Wrong seed') },
		});
	});
});

describe('a poll', () => {
	it.each([400, 401, 402, 403, 405, 422])('is rejected by %i', (status) => {
		expect(classifyPoll(respond(status, { message: 'no' }), 'g').kind).toBe('rejected');
	});

	it.each([200, 401, 403, 404, 502])('is repeated after a web page with %i', (status) => {
		const verdict = classifyPoll(respond(status, PAGE), 'g');
		expect(verdict.kind).toBe('retry');
		expect(JSON.stringify(verdict)).not.toMatch(/credits|API key/);
	});

	it.each([401, 403, 404])('is repeated after HTTP %i that AIMLAPI did not send', (status) => {
		expect(classifyPoll(respond(status, 'error code: 1010'), 'g').kind).toBe('retry');
	});

	it('is repeated after a success that tells of no generation, whose words are kept', () => {
		expect(classifyPoll(respond(200, { error: { message: 'Slow down' } }), 'g')).toMatchObject({
			kind: 'retry',
			error: { description: expect.stringContaining('Slow down') },
		});
	});

	it('is repeated where no response comes, and says so', () => {
		const outcome = { kind: 'noResponse', sent: true, code: 'ECONNRESET' } as const;
		expect(classifyPoll(outcome, 'g')).toEqual({
			kind: 'retry',
			error: {
				message: 'The connection to AIMLAPI was lost',
				description:
					'No complete response arrived (ECONNRESET). Check the network of this n8n instance.',
				httpCode: 'ECONNRESET',
			},
		});
	});

	it('has no cost where none is told', () => {
		expect(classifyPoll(respond(200, { id: 'g', status: 'queued' }), 'g')).toEqual({
			kind: 'found',
			generation: { id: 'g', status: 'queued', phase: 'running', usage: {} },
		});
	});

	it('finds nothing at 404', () => {
		expect(classifyPoll(respond(404, { message: 'Not found' }), 'g').kind).toBe('notFound');
	});

	it('reads costs from headers, and rather from the body', () => {
		const headers = { 'x-aimlapi-credits-used': '1', 'x-aimlapi-usd-spent': '2' };
		const body = {
			id: 'g',
			status: 'completed',
			video: [LINK],
			meta: { usage: { credits_used: 5 } },
		};
		expect(classifyPoll(respond(200, body, headers), 'g')).toMatchObject({
			generation: { usage: { creditsUsed: 5, costUsd: 2 } },
		});
	});
});

describe('responses nobody documented', () => {
	const nested = `${'{"message":['.repeat(20_000)}1${']}'.repeat(20_000)}`;
	const HUGE = [
		nested,
		`{"message":"m","errors":${nested}}`,
		`{"id":"g","status":"error","error":${nested}}`,
		JSON.stringify({ id: 'g', status: 's'.repeat(1_000_000), error: '<'.repeat(100_000) }),
		JSON.stringify({ id: 'g'.repeat(100_000), status: 'queued' }),
		JSON.stringify({ id: 'g', status: 'completed', video: [`https://${'a'.repeat(100_000)}`] }),
	];
	/** Kept from earlier runs, and the worst that could be thought of. */
	const CASES = [200, 400].flatMap((status) =>
		HUGE.map((text) => [respond(status, text, { 'retry-after': '0' })] as [Outcome]),
	);

	const status = fc.oneof(
		fc.constantFrom('queued', 'completed', 'error', 'complete', '__proto__', 'constructor', ''),
		fc.string(),
		fc.jsonValue(),
	);
	const video = fc.oneof(
		fc.constantFrom([LINK], { url: LINK }, null, [], [null], { url: {} }, 'ftp://x', [[LINK]]),
		fc.jsonValue(),
	);
	const body = fc.oneof(
		fc.record({ id: fc.constantFrom('g', 'h', 5, null), status, video, error: fc.jsonValue() }),
		fc.record({ __proto__: fc.jsonValue(), status, meta: fc.jsonValue() }),
		fc.jsonValue({ maxDepth: 6 }),
	);
	const text = fc.oneof(
		body.map((value) => JSON.stringify(value)),
		fc.string(),
		fc.constantFrom('', 'null', '{"id":"', PAGE, '"'.repeat(100_000)),
	);
	const headers = fc.record(
		{
			'retry-after': fc.oneof(fc.constantFrom('0', '5', '-1', 'x', '1e9'), fc.string()),
			'x-inference-id': fc.oneof(fc.constantFrom('g', 'a/b', ''), fc.string()),
			'x-aimlapi-credits-used': fc.string(),
			'content-type': fc.constantFrom('text/html', 'application/json'),
		},
		{ requiredKeys: [] },
	);
	const response = fc
		.record({
			code: fc.oneof(fc.constantFrom(200, 201), fc.integer({ min: 100, max: 599 })),
			headers,
			text,
		})
		.map((given): Outcome => respond(given.code, given.text, given.headers));
	const outcome = fc.oneof(
		response,
		fc.record({
			kind: fc.constant('noResponse' as const),
			sent: fc.boolean(),
			code: fc.constantFrom('ECONNRESET', 'ECONNREFUSED'),
		}),
	);

	it('always come to a verdict about a creation, with words for the user', () => {
		fc.assert(
			fc.property(outcome, (given) => {
				const verdict = classifyCreation(given);
				if (verdict.kind === 'accepted') {
					expect(verdict.created.id).toMatch(/^[^\p{Cc}]{1,200}$/u);
				} else {
					expect(verdict.error.message).not.toBe('');
					expect(verdict.error.description).not.toBe('');
					expect(verdict.error.description.length).toBeLessThan(1200);
				}
			}),
			{ seed: SEED, numRuns: 20_000, examples: CASES },
		);
	});

	const id = fc
		.oneof(
			fc.uuid(),
			fc.string({ minLength: 1, maxLength: 200 }),
			fc.nat(),
			fc.constantFrom('-a/b:c'),
		)
		.filter(
			(value) => typeof value === 'number' || (value.trim() !== '' && !/\p{Cc}/u.test(value)),
		);

	it('an accepted creation with any ID in it is never judged unknown', () => {
		fc.assert(
			fc.property(
				id,
				fc.constantFrom('id', 'generation_id', 'header'),
				fc.constantFrom(200, 201, 202),
				fc.jsonValue(),
				text,
				(value, place, code, rest, noise) => {
					const given =
						place === 'header'
							? respond(code, noise, { 'x-inference-id': String(value) })
							: respond(code, { status: rest, error: rest, [place]: value });
					expect(classifyCreation(given).kind).toBe('accepted');
				},
			),
			{ seed: SEED, numRuns: 10_000 },
		);
	});

	it('only a certain refusal lets a creation be sent again', () => {
		fc.assert(
			fc.property(outcome, (given) => {
				const { kind } = classifyCreation(given);
				const mayHaveArrived =
					given.kind === 'noResponse'
						? given.sent
						: given.status < 300 ||
							given.status >= 500 ||
							(given.status >= 300 && given.status < 400);
				if (mayHaveArrived) expect(['accepted', 'unknown']).toContain(kind);
			}),
			{ seed: SEED, numRuns: 10_000 },
		);
	});

	it.each(CASES.map(([huge]) => huge))('huge ones end a poll in a verdict', (huge) => {
		expect(['found', 'retry', 'rejected']).toContain(classifyPoll(huge, 'g').kind);
	});

	it('never hold the polling past its deadline', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(outcome, { minLength: 1, maxLength: 8 }),
				fc.integer({ min: 1000, max: 120_000 }),
				async (outcomes, timeoutMs) => {
					const clock = virtualClock();
					let poll = 0;
					const result = await pollUntil(
						async () => classifyPoll(outcomes[poll++ % outcomes.length], 'g'),
						{
							initialDelayMs: 0,
							timeoutMs,
							typicalMs: ACT_TWO.typicalMs,
							until: ({ phase }) => phase !== 'running',
						},
						clock,
					);
					expect(['reached', 'rejected', 'timeout']).toContain(result.kind);
					expect(clock.elapsed()).toBeLessThanOrEqual(timeoutMs);
				},
			),
			{ seed: SEED, numRuns: 10_000 },
		);
	});
});
