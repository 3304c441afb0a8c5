import { readRetryAfter, toResponse } from '../../../nodes/RunwayActTwo/aimlapi/outcome';

const NOW = Date.parse('2026-01-01T00:00:00Z');

it('Retry-After is read as seconds and as a date', () => {
	expect(readRetryAfter('3', NOW)).toBe(3000);
	expect(readRetryAfter('Thu, 01 Jan 2026 00:00:10 GMT', NOW)).toBe(10_000);
	expect(readRetryAfter('Thu, 01 Jan 2025 00:00:10 GMT', NOW)).toBe(0);
	expect(readRetryAfter('soon', NOW)).toBeUndefined();
	expect(readRetryAfter(undefined, NOW)).toBeUndefined();
});

it('the tracing headers are read', () => {
	const headers = {
		'x-inference-id': ' id/1 ',
		'x-aimlapi-credits-used': '650000',
		'x-aimlapi-usd-spent': '0.325',
		'retry-after': '1',
	};
	expect(toResponse(201, headers, '{}', NOW)).toEqual({
		kind: 'response',
		status: 201,
		text: '{}',
		isPage: false,
		retryAfterMs: 1000,
		inferenceId: 'id/1',
		usage: { creditsUsed: 650_000, costUsd: 0.325 },
	});
});

it.each([
	['by its type', { 'content-type': 'text/html; charset=utf-8' }, ''],
	['by its first tag', {}, ' <!DOCTYPE html><title>x</title>'],
	['by its first tag, without a doctype', {}, '<html lang="en">'],
])('a web page is known %s', (_, headers, text) => {
	expect(toResponse(200, headers, text, NOW).isPage).toBe(true);
});

it.each(['{"message":"<b>no</b>"}', '', 'null', '<Error><Code>x</Code></Error>'])(
	'%j is no web page',
	(text) => {
		expect(toResponse(200, { 'content-type': 'application/json' }, text, NOW).isPage).toBe(false);
	},
);
