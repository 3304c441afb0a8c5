import fc from 'fast-check';

import { judgeCreation, judgeLook, readRetryAfter } from '../../nodes/RunwayActTwo/aimlapi/answers';
import type { Answer } from '../../nodes/RunwayActTwo/aimlapi/answers';
import { linkExpiry, plainText, readGeneration } from '../../nodes/RunwayActTwo/aimlapi/contract';
import { waitForGeneration } from '../../nodes/RunwayActTwo/waiting/waitForGeneration';
import { SEED } from '../support/seed.cts';
import { virtualClock } from './virtualClock.cts';

const LINK = 'https://cdn.example.com/a.mp4';

describe('reading an answer', () => {
	it.each([
		['the Runway URL’s array', [LINK]],
		['the universal URL’s object', { url: LINK }],
		['a bare string', LINK],
	])('finds the video in %s', (_, video) => {
		expect(readGeneration({ id: 'g', status: 'complete', video }, 'g')).toEqual({
			id: 'g',
			status: 'completed',
			phase: 'completed',
			videoUrl: LINK,
		});
	});

	it.each(['waiting', 'active', 'queued', 'generating', 'undocumented'])(
		'%s is still running',
		(status) => {
			expect(readGeneration({ id: 'g', status, video: null }, 'g')?.phase).toBe('running');
		},
	);

	it('an undocumented status with a link is finished', () => {
		expect(readGeneration({ id: 'g', status: 'done', video: [LINK] }, 'g')?.phase).toBe(
			'completed',
		);
	});

	it.each(['error', 'failed', 'cancelled', 'canceled', 'expired'])('%s is a failure', (status) => {
		const body = { id: 'g', status, error: { name: 'INTERNAL', message: 'broke' } };
		expect(readGeneration(body, 'g')).toMatchObject({
			phase: 'failed',
			failure: { name: 'INTERNAL', message: 'broke' },
		});
	});

	it.each([null, [], 'text', {}, { id: 'other', status: 'queued' }, { id: '../x', status: 'a' }])(
		'%j is not about the generation',
		(body) => {
			expect(readGeneration(body, 'g')).toBeUndefined();
		},
	);

	it('reads when the documents’ example link expires', () => {
		const link =
			'https://cdn.aimlapi.com/wolf/d462f7e3-bdc6-43ac-8c2a-ac2d61dea014.mp4?_jwt=eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJrZXlIYXNoIjoiNzZmNzY0NDRiZTViYWI2YyIsImJ1Y2tldCI6InJ1bndheS10YXNrLWFydGlmYWN0cyIsInN0YWdlIjoicHJvZCIsImV4cCI6MTc1NDc4NDAwMH0.c2ln';
		expect(linkExpiry(link)).toBe('2025-08-10T00:00:00.000Z');
	});
});

it('server text is shown without markup, control characters and length', () => {
	const shown = plainText(`<script>x</script>a\u0000\u001b[31m\u202e\n${'b'.repeat(9000)}`);
	expect(shown).toMatch(/^x a \[31m b+$/);
	expect(shown).toHaveLength(500);
});

it('Retry-After is read as seconds and as a date', () => {
	const now = Date.parse('2026-01-01T00:00:00Z');
	expect(readRetryAfter('3', now)).toBe(3000);
	expect(readRetryAfter('Thu, 01 Jan 2026 00:00:10 GMT', now)).toBe(10_000);
	expect(readRetryAfter('soon', now)).toBeUndefined();
	expect(readRetryAfter(undefined, now)).toBeUndefined();
});

describe('answers nobody documented', () => {
	const nested = `${'{"message":['.repeat(20_000)}1${']}'.repeat(20_000)}`;
	const HUGE = [
		nested,
		`{"message":"m","errors":${nested}}`,
		`{"id":"g","status":"error","error":${nested}}`,
		JSON.stringify({ id: 'g', status: 's'.repeat(1_000_000), error: '<'.repeat(100_000) }),
		JSON.stringify({ id: 'g'.repeat(100_000), status: 'queued' }),
		JSON.stringify({ id: 'g', status: 'completed', video: [`https://${'a'.repeat(100_000)}`] }),
	];
	const answered = (status: number, text: string, retryAfter = '0') =>
		[{ kind: 'answered' as const, status, text, retryAfter }] as [Answer];
	/** Kept from earlier runs, and the worst that could be thought of. */
	const CASES = [
		...HUGE.map((text) => answered(200, text)),
		...HUGE.map((text) => answered(400, text)),
	];

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
		fc.constantFrom('', 'null', '{"id":"', '<html></html>', '"'.repeat(100_000)),
	);
	const answer = fc.oneof(
		fc.record({
			kind: fc.constant('answered' as const),
			status: fc.oneof(fc.constantFrom(200, 201), fc.integer({ min: 100, max: 599 })),
			retryAfter: fc.oneof(fc.constantFrom('0', '5', '-1', 'x', '1e9'), fc.string()),
			text,
		}),
		fc.record({
			kind: fc.constant('silent' as const),
			unsent: fc.boolean(),
			code: fc.constantFrom('ECONNRESET', 'ECONNREFUSED'),
		}),
	);

	it('always come to a verdict about a creation, with words for the user', () => {
		fc.assert(
			fc.property(answer, (given) => {
				const verdict = judgeCreation(given);
				if (verdict.kind === 'accepted') {
					expect(verdict.generation.id).toMatch(/^[\w.:~-]{1,200}$/);
				} else {
					expect(verdict.trouble.message).not.toBe('');
					expect(verdict.trouble.description.length).toBeLessThan(900);
				}
			}),
			{ seed: SEED, numRuns: 20_000, examples: CASES },
		);
	});

	it.each(CASES.map(([huge]) => huge))('huge ones end a look in a verdict', (huge) => {
		expect(['seen', 'unseen', 'denied']).toContain(judgeLook(huge, 'g').kind);
	});

	it('never hold a wait past its deadline', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(answer, { minLength: 1, maxLength: 8 }),
				fc.integer({ min: 1000, max: 120_000 }),
				async (answers, timeoutMs) => {
					const clock = virtualClock();
					let look = 0;
					const end = await waitForGeneration(
						async () => judgeLook(answers[look++ % answers.length], 'g'),
						{ firstLookAfterMs: 0, timeoutMs, until: ({ phase }) => phase !== 'running' },
						clock,
					);
					expect(['reached', 'denied', 'deadline']).toContain(end.kind);
					expect(clock.now()).toBeLessThanOrEqual(timeoutMs);
				},
			),
			{ seed: SEED, numRuns: 10_000 },
		);
	});
});
