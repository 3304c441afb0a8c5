import { isSuccess, readRetryAfter, toResponse } from '../../../nodes/RunwayActTwo/aimlapi/outcome';

const NOW = Date.parse('2026-01-01T00:00:00Z');

it('Retry-After is read as seconds and as a date', () => {
	expect(readRetryAfter('3', NOW)).toBe(3000);
	expect(readRetryAfter('Thu, 01 Jan 2026 00:00:10 GMT', NOW)).toBe(10_000);
	expect(readRetryAfter('Thu, 01 Jan 2025 00:00:10 GMT', NOW)).toBe(0);
	expect(readRetryAfter('soon', NOW)).toBeUndefined();
	for (const value of [undefined, 3, '', '  ', 'Infinity']) {
		expect(readRetryAfter(value, NOW)).toBeUndefined();
	}
	expect(readRetryAfter('0', NOW)).toBe(0);
	expect(readRetryAfter('-5', NOW)).toBe(0);
});

it('the tracing headers are read', () => {
	const headers = {
		'x-inference-id': ' id/1 ',
		'x-aimlapi-credits-used': '650000',
		'x-aimlapi-usd-spent': '0.325',
		'retry-after': '1',
		date: 'Thu, 01 Jan 2026 00:00:10 GMT',
	};
	expect(toResponse(201, headers, '{}', NOW)).toEqual({
		kind: 'response',
		status: 201,
		text: '{}',
		body: {},
		retryAfterMs: 1000,
		inferenceId: 'id/1',
		servedAt: NOW + 10_000,
		usage: { creditsUsed: 650_000, costUsd: 0.325 },
	});
});

it.each([
	['an object', '{"id":1}', true],
	['problem+json', '{"title":"Bad","status":400}', true],
	['a page', '<!DOCTYPE html><title>x</title>', false],
	['a text', 'error code: 1010', false],
	['nothing', '', false],
	['null', 'null', false],
	['a JSON text', '"Unauthorized"', false],
	['a list', '[]', false],
	['half of it', '{"id":"', false],
])('%s speaks for AIMLAPI: %s %s', (_, text, speaks) => {
	expect(toResponse(403, {}, text, NOW).body !== undefined).toBe(speaks);
});

it('no server is waited for longer than five minutes', () => {
	for (const value of ['999999', 'Fri, 31 Dec 9999 23:59:59 GMT']) {
		expect(readRetryAfter(value, NOW)).toBe(300_000);
	}
});

it('without them nothing is made up', () => {
	const bare = { kind: 'response', status: 201, text: '{}', body: {}, usage: {} };
	expect(toResponse(201, {}, '{}', NOW)).toEqual(bare);
	expect(toResponse(201, { 'x-aimlapi-usd-spent': '0.325' }, '{}', NOW).usage).toStrictEqual({
		costUsd: 0.325,
	});
});

it('a success is 200 to 299', () => {
	expect([199, 200, 299, 300].map(isSuccess)).toEqual([false, true, true, false]);
});
