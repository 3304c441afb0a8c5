import { classifyLogs, isLastPage, logsQuery } from '../../../nodes/RunwayActTwo/aimlapi/logs';
import { toResponse } from '../../../nodes/RunwayActTwo/aimlapi/outcome';

const HOUR_MS = 3_600_000;

it.each([
	[0, '1h'],
	[HOUR_MS, '1h'],
	[HOUR_MS + 1, '2h'],
	[24 * HOUR_MS, '24h'],
	[25 * HOUR_MS, '2d'],
	[400 * 24 * HOUR_MS, '92d'],
])('%i ms back are asked for as %s', (ms, period) => {
	expect(logsQuery('runway/act_two', { periodMs: ms }, 100, 200)).toBe(
		`period=${period}&model=runway%2Fact_two&limit=100&offset=200`,
	);
});

it('the time around a moment is asked for by its two ends', () => {
	const start = Date.parse('2026-01-01T10:00:00Z');
	expect(logsQuery('m', { start, end: start + HOUR_MS }, 100, 0)).toBe(
		'start=2026-01-01T10%3A00%3A00.000Z&end=2026-01-01T11%3A00%3A00.000Z&model=m&limit=100&offset=0',
	);
});

it('of more time than can be asked for, the last is', () => {
	const end = Date.parse('2026-12-31T10:00:00Z');
	expect(logsQuery('m', { start: 0, end }, 100, 0)).toMatch(
		/^start=2026-09-30T10%3A00%3A00.000Z&end=2026-12-31T10%3A00%3A00.000Z&/,
	);
});

it('a page that repeats the one before is the last, whatever it says of more', () => {
	const rows = [{ created: '', status: '', usage: {}, inferenceId: 'g' }];
	const page = { kind: 'page', rows, hasMore: true } as const;
	expect(isLastPage(page, [])).toBe(false);
	expect(isLastPage(page, [...rows])).toBe(true);
	expect(isLastPage({ ...page, rows: [] }, rows)).toBe(true);
	expect(isLastPage({ ...page, hasMore: false }, [])).toBe(true);
});

it('reads rows, also with fields of other shapes', () => {
	const text = JSON.stringify({
		data: [
			{
				created: '2026-01-01T00:00:00Z',
				status: 'Succeeded',
				cost: { usd: 0.325, credits: 650_000 },
				inference_id: 'g',
				client_request_id: 'n8n.1',
			},
			null,
			{ cost: 'free', inference_id: 7 },
		],
		pagination: { has_more: true },
	});
	expect(classifyLogs(toResponse(200, {}, text, 0))).toEqual({
		kind: 'page',
		hasMore: true,
		rows: [
			{
				created: '2026-01-01T00:00:00Z',
				status: 'succeeded',
				usage: { creditsUsed: 650_000, costUsd: 0.325 },
				inferenceId: 'g',
				clientRequestId: 'n8n.1',
			},
			{ created: '', status: '', usage: {} },
			{ created: '', status: '', usage: {}, inferenceId: '7' },
		],
	});
});

it.each([
	[401, 'rejected'],
	[403, 'rejected'],
	[404, 'rejected'],
	[400, 'retry'],
	[429, 'retry'],
	[500, 'retry'],
])('HTTP %i is %s', (status, kind) => {
	expect(classifyLogs(toResponse(status, {}, '{}', 0)).kind).toBe(kind);
});

it.each([401, 403, 404])('HTTP %i that is not AIMLAPI’s says nothing about the key', (status) => {
	expect(classifyLogs(toResponse(status, {}, 'Unauthorized', 0)).kind).toBe('retry');
});

it.each(['', 'null', '{"data":5}', '<html></html>'])('%j is asked for again', (text) => {
	expect(classifyLogs(toResponse(200, {}, text, 0)).kind).toBe('retry');
});

describe('a page says', () => {
	const page = (body: object, headers = {}, now = 0) =>
		classifyLogs(toResponse(200, headers, JSON.stringify(body), now));

	it('when it was served, and whether more follow', () => {
		const served = { date: 'Thu, 01 Jan 2026 10:00:00 GMT' };
		expect(page({ data: [], pagination: { has_more: 'yes' } }, served)).toEqual({
			...{ kind: 'page', rows: [], hasMore: false },
			servedAt: Date.parse('2026-01-01T10:00:00Z'),
		});
		expect(page({ data: [{}] })).toEqual({
			...{ kind: 'page', rows: [{ created: '', status: '', usage: {} }], hasMore: false },
		});
	});

	it('how long to wait where it cannot be given, and what is wrong', () => {
		const limited = classifyLogs(toResponse(429, { 'retry-after': '7' }, '{}', 0));
		expect(limited).toMatchObject({ kind: 'retry', retryAfterMs: 7000 });
		expect(classifyLogs(toResponse(403, {}, '{}', 0))).toMatchObject({
			error: { message: "This API key isn't allowed to read the usage logs" },
		});
		expect(classifyLogs({ kind: 'noResponse', sent: true, code: 'ECONNRESET' })).toMatchObject({
			...{ kind: 'retry', error: { httpCode: 'ECONNRESET' } },
		});
	});
});
