import type { LogRow, LogsVerdict } from '../../../nodes/RunwayActTwo/aimlapi/logs';
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

/** Logs in virtual time that show each row so many milliseconds after BEGIN. */
function logs(rows: Array<[row: LogRow, shownAfterMs: number]>) {
	const clock = virtualClock();
	clock.advance(BEGIN);
	const asked: number[] = [];
	const list = async (_: number, limit: number, offset: number): Promise<LogsVerdict> => {
		asked.push(clock.now());
		const shown = rows.filter(([, after]) => clock.now() - BEGIN >= after).map(([row]) => row);
		return {
			kind: 'page',
			rows: shown.slice(offset, offset + limit),
			hasMore: shown.length > offset + limit,
		};
	};
	return { clock, list, asked };
}

it('finds a row that lags', async () => {
	const { clock, list } = logs([[rowOf('a'), 45_000]]);
	const result = await logSearch(list, clock)('a', BEGIN, 180_000);
	expect(result).toMatchObject({ kind: 'found', row: { inferenceId: 'id of a' } });
	expect(clock.now() - BEGIN).toBeLessThan(61_000);
});

it('gives up at the deadline, which proves nothing', async () => {
	const { clock, list, asked } = logs([[rowOf('other'), 0]]);
	await expect(logSearch(list, clock)('a', BEGIN, 180_000)).resolves.toEqual({ kind: 'notShown' });
	expect(clock.now() - BEGIN).toBe(180_000);
	expect(asked.length).toBeLessThan(25);
});

it('asks once for all that wait', async () => {
	const ids = Array.from({ length: 50 }, (_, index) => `n8n.${index}`);
	const { clock, list, asked } = logs(ids.map((id) => [rowOf(id), 20_000]));
	const find = logSearch(list, clock);
	const results = await Promise.all(ids.map(async (id) => await find(id, BEGIN, 180_000)));
	expect(results.every(({ kind }) => kind === 'found')).toBe(true);
	expect(asked.length).toBeLessThan(12);
});

it('turns pages until the rows are older than the creation', async () => {
	const newer = Array.from(
		{ length: 250 },
		(_, index) => [rowOf(`x${index}`), 0] as [LogRow, number],
	);
	const old = Array.from(
		{ length: 500 },
		(_, index) => [rowOf(`y${index}`, BEGIN - 3_600_000), 0] as [LogRow, number],
	);
	const { clock, list, asked } = logs([...newer, [rowOf('a'), 0], ...old]);
	await expect(logSearch(list, clock)('a', BEGIN, 60_000)).resolves.toMatchObject({
		kind: 'found',
	});
	expect(asked).toHaveLength(3);
	const { clock: clock2, list: list2, asked: asked2 } = logs([...newer, ...old]);
	await logSearch(list2, clock2)('a', BEGIN, 1000);
	expect(asked2).toHaveLength(3);
});

it('stays within the API’s 200 requests a minute', async () => {
	const rows = Array.from(
		{ length: 3000 },
		(_, index) => [rowOf(`x${index}`), 0] as [LogRow, number],
	);
	const { clock, list, asked } = logs(rows);
	await logSearch(list, clock)('a', BEGIN, 600_000);
	for (let index = 150; index < asked.length; index++) {
		expect(asked[index] - asked[index - 150]).toBeGreaterThan(60_000);
	}
});

it('is told at once that the key may not read them', async () => {
	const { clock } = logs([]);
	const find = logSearch(async () => ({ kind: 'rejected', error: ERROR }), clock);
	await expect(find('a', BEGIN, 60_000)).resolves.toEqual({ kind: 'unreadable', error: ERROR });
	expect(clock.now()).toBe(BEGIN);
});

it('outlives some failures, and calls the logs unreadable after five in a row', async () => {
	const { clock, list } = logs([[rowOf('a'), 0]]);
	let failures = 4;
	const find = logSearch(
		async (...args) => (failures-- > 0 ? { kind: 'retry', error: ERROR } : await list(...args)),
		clock,
	);
	await expect(find('a', BEGIN, 180_000)).resolves.toMatchObject({ kind: 'found' });
	failures = Infinity;
	await expect(find('b', BEGIN, 180_000)).resolves.toEqual({ kind: 'unreadable', error: ERROR });
});

it('ends with the execution', async () => {
	const { clock, list } = logs([]);
	const sleep = async () => await Promise.reject(new Error('stopped'));
	await expect(logSearch(list, { ...clock, sleep })('a', BEGIN, 60_000)).rejects.toThrow('stopped');
});
