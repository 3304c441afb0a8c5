import type { LogRow, LogsVerdict, LogWindow } from '../../../nodes/RunwayActTwo/aimlapi/logs';
import { logSearch } from '../../../nodes/RunwayActTwo/polling/logSearch';
import { virtualClock } from '../../support/virtualClock.cts';

const ERROR = { message: 'm', description: 'd' };
const BEGIN = 1_000_000_000;

const rowOf = (clientRequestId: string, createdAt = BEGIN): LogRow => ({
	created: new Date(createdAt).toISOString(),
	status: 'succeeded',
	usage: {},
	inferenceId: `id of ${clientRequestId}`,
	clientRequestId,
});

/**
 * Logs in virtual time that show each row so many milliseconds after BEGIN.
 * @param behindMs how far the API's clock is behind this machine's
 */
function logs(rows: Array<[row: LogRow, shownAfterMs: number]>, behindMs = 0) {
	const clock = virtualClock();
	const now = () => BEGIN + clock.elapsed();
	const asked: number[] = [];
	const windows: LogWindow[] = [];
	const offsets: number[] = [];
	const dated = rows.map(([row, after]) => ({ row, after, at: Date.parse(row.created) }));
	const list = async (
		window: LogWindow,
		limit: number,
		offset: number,
	): Promise<Extract<LogsVerdict, { kind: 'page' }>> => {
		asked.push(now());
		windows.push(window);
		offsets.push(offset);
		const [start, end] =
			'periodMs' in window
				? [now() - behindMs - window.periodMs, Infinity]
				: [window.start, window.end];
		const elapsed = now() - BEGIN;
		const shown = dated
			.filter(({ after, at }) => elapsed >= after && at >= start && at <= end)
			.map(({ row }) => row);
		return {
			kind: 'page',
			rows: shown.slice(offset, offset + limit),
			hasMore: shown.length > offset + limit,
		};
	};
	const search = (listing: (...args: Parameters<typeof list>) => Promise<LogsVerdict> = list) =>
		logSearch(listing, { ...clock, now });
	return { clock, now, list, search, asked, windows, offsets };
}

it('the search in the logs finds a row that lags', async () => {
	const { search, now } = logs([[rowOf('a'), 45_000]]);
	const result = await search()('a', BEGIN, 180_000);
	expect(result).toMatchObject({ kind: 'found', row: { inferenceId: 'id of a' } });
	expect(now() - BEGIN).toBeLessThan(61_000);
});

it('the search finds a row of any status', async () => {
	const { search } = logs([[{ ...rowOf('a'), status: 'failed' }, 0]]);
	await expect(search()('a', BEGIN, 1000)).resolves.toMatchObject({ kind: 'found' });
});

it('the search gives up at the deadline, which proves nothing', async () => {
	const { search, now, asked } = logs([[rowOf('other'), 0]]);
	await expect(search()('a', BEGIN, 180_000)).resolves.toEqual({ kind: 'notShown' });
	expect(now() - BEGIN).toBe(180_000);
	expect(asked.at(-1)).toBe(now());
	expect(asked.length).toBeLessThan(25);
});

it('the search asks once for all that wait', async () => {
	const ids = Array.from({ length: 50 }, (_, index) => `n8n.${index}`);
	const { search, asked } = logs(ids.map((id) => [rowOf(id), 20_000]));
	const find = search();
	const results = await Promise.all(ids.map(async (id) => await find(id, BEGIN, 180_000)));
	expect(results.every(({ kind }) => kind === 'found')).toBe(true);
	expect(asked.length).toBeLessThan(12);
});

it('the search finds a POST of yesterday and one of now, each in its own time', async () => {
	const yesterday = BEGIN - 86_400_000;
	const { search, asked } = logs([
		[rowOf('new'), 0],
		[rowOf('old', yesterday), 0],
	]);
	const find = search();
	const results = await Promise.all([find('new', BEGIN, 60_000), find('old', yesterday, 60_000)]);
	expect(results.map(({ kind }) => kind)).toEqual(['found', 'found']);
	expect(asked.length).toBeLessThan(4);
});

it('the search asks for the rows around the POSTs, every other time by the API’s clock', async () => {
	const { search, windows, asked } = logs([]);
	const find = search();
	const hour = 3_600_000;
	await Promise.all([
		find('new', BEGIN + 1000, 6000),
		find('old', BEGIN - 1000, 6000),
		find('between', BEGIN, 6000),
	]);
	const around = (first: number) => ({ start: first - 120_000, end: BEGIN + 1000 + 300_000 });
	expect(windows.slice(0, 3)).toEqual([
		around(BEGIN + 1000),
		{ periodMs: asked[1] - (BEGIN - 1000) + hour },
		around(BEGIN - 1000),
	]);
	// This machine's clock may have been ahead when it sent the POST.
	const ahead = logs([]);
	await ahead.search()('a', BEGIN + 2 * hour, 6000);
	expect(ahead.windows[1]).toEqual({ periodMs: hour });
});

it('the search asks no more once all are found', async () => {
	const { search, list, asked, clock } = logs([[rowOf('a'), 0]]);
	const find = search(async (...args) => ({ ...(await list(...args)), hasMore: true }));
	await expect(find('a', BEGIN, 60_000)).resolves.toMatchObject({ kind: 'found' });
	await clock.sleep(30_000);
	expect(asked).toHaveLength(1);
});

it('a row without an ID finds nothing', async () => {
	const { search } = logs([[{ ...rowOf('a'), inferenceId: undefined }, 0]]);
	await expect(search()('a', BEGIN, 1000)).resolves.toEqual({ kind: 'notShown' });
});

it('each of several searches gives up in its own time', async () => {
	const { search, now } = logs([]);
	const find = search();
	const ends: number[] = [];
	const wait = async (id: string, timeoutMs: number) => {
		await find(id, BEGIN, timeoutMs);
		ends.push(now() - BEGIN);
	};
	await Promise.all([wait('patient', 60_000), wait('impatient', 2500)]);
	expect(ends).toEqual([2500, 60_000]);
});

it.each<[what: string, retryAfterMs: number | undefined, random: number, gaps: number[]]>([
	['with growing delays', undefined, 0, [2000, 4000, 8000]],
	['never within 2 s', undefined, 0.75, [2000, 2500, 5000]],
	['as late as the API says', 9000, 0, [9000, 9000, 9000]],
])('the search asks again after failures, %s', async (_, retryAfterMs, random, gaps) => {
	const { clock, now } = logs([]);
	const asked: number[] = [];
	const failing = async (): Promise<LogsVerdict> => {
		asked.push(now());
		return { kind: 'retry', error: ERROR, retryAfterMs };
	};
	await logSearch(failing, { ...clock, now, random: () => random })('a', BEGIN, 120_000);
	expect(asked.slice(1, 4).map((at, index) => at - asked[index])).toEqual(gaps);
});

describe('on a busy key', () => {
	const many = (count: number, createdAt: number) =>
		Array.from({ length: count }, (_, index): [LogRow, number] => [
			rowOf(`${createdAt}/${index}`, createdAt),
			0,
		]);

	it('the rows around the POST are asked for, however many came since', async () => {
		const later = many(20_000, BEGIN + 600_000);
		const { search, asked } = logs([...later, ...many(150, BEGIN + 1000), [rowOf('a'), 0]]);
		await expect(search()('a', BEGIN, 60_000)).resolves.toMatchObject({ kind: 'found' });
		expect(asked).toHaveLength(2);
	});

	it.each([-3_600_000, 1_800_000])(
		'it is found though the API’s clock is %i ms behind this one',
		async (behindMs) => {
			const rows: Array<[LogRow, number]> = [
				...many(1500, BEGIN - behindMs + 1000),
				[rowOf('a', BEGIN - behindMs), 0],
			];
			const { search } = logs(rows, behindMs);
			await expect(search()('a', BEGIN, 180_000)).resolves.toMatchObject({ kind: 'found' });
		},
	);

	it('stays within the API’s 200 requests a minute', async () => {
		const { search, asked } = logs(many(3000, BEGIN));
		await search()('a', BEGIN, 600_000);
		for (let index = 150; index < asked.length; index++) {
			expect(asked[index] - asked[index - 150]).toBeGreaterThan(60_000);
		}
	});
});

it.each([
	['repeats its first page', (page: number) => rowOf(`${page - page}`)],
	['has no end', (page: number) => rowOf(`${page}`)],
])(
	'the search ends in time where the API always says that there is more and %s',
	async (_, rowFor) => {
		const { search, now } = logs([]);
		const endless = async (__: LogWindow, limit: number, offset: number): Promise<LogsVerdict> => ({
			kind: 'page',
			rows: [rowFor(offset / limit)],
			hasMore: true,
		});
		await expect(search(endless)('a', BEGIN, 60_000)).resolves.toEqual({ kind: 'notShown' });
		expect(now() - BEGIN).toBeLessThan(61_000);
	},
);

it('the search begins anew after 200 pages', async () => {
	const { search, list, offsets } = logs([]);
	let rows = 0;
	const find = search(async (...args) => ({
		...(await list(...args)),
		...{ rows: [rowOf(`${rows++}`)], hasMore: true },
	}));
	await find('a', BEGIN, 180_000);
	expect(offsets.slice(198, 202)).toEqual([19_800, 19_900, 0, 100]);
});

it('a key that may not read the logs ends the search at once', async () => {
	const { search, now } = logs([]);
	const find = search(async () => ({ kind: 'rejected', error: ERROR }));
	await expect(find('a', BEGIN, 60_000)).resolves.toEqual({ kind: 'unreadable', error: ERROR });
	expect(now()).toBe(BEGIN);
});

it('the search outlives any number of failures, and says at the deadline why the logs were of no help', async () => {
	const { search, list, now } = logs([[rowOf('a'), 0]]);
	let failures = 9;
	const find = search(async (...args) =>
		failures-- > 0 ? { kind: 'retry', error: ERROR } : await list(...args),
	);
	await expect(find('a', BEGIN, 600_000)).resolves.toMatchObject({ kind: 'found' });
	failures = Infinity;
	const begin = now();
	await expect(find('b', BEGIN, 180_000)).resolves.toEqual({ kind: 'unreadable', error: ERROR });
	expect(now() - begin).toBe(180_000);
});

it('the search ends with the execution', async () => {
	const { clock, list } = logs([]);
	const sleep = async () => await Promise.reject(new Error('stopped'));
	await expect(logSearch(list, { ...clock, sleep })('a', BEGIN, 60_000)).rejects.toThrow('stopped');
});
