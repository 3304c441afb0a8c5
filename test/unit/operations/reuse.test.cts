import { failed, items, virtualNode } from '../../support/money/virtualNode.cts';
import type { Answer, Api, RunOf } from '../../support/money/virtualNode.cts';

const MINUTE_MS = 60_000;
const options = { reuseRecent: 1, timeout: 60 };
const WANTED = { parameters: { operation: 'create', options } };

const jsonOf = ({ outputs, error }: RunOf) => {
	if (error) throw error;
	return (outputs ?? []).map(({ json }) => json);
};

/** What the content of an item is called in the logs, as another process has sent it. */
async function contentOf(changes: object = {}): Promise<string> {
	let sent = '';
	const node = virtualNode({
		logs: ([paid]) => {
			sent = paid.clientRequestId;
			return node.page([]);
		},
		create: () => ({ status: 500 }),
	});
	await node.run({ ...WANTED, ...changes, parameters: { operation: 'create' } });
	return sent.split('.').slice(-2).join('.');
}

interface Row {
	id?: string | null;
	ageMs?: number;
	created?: string;
	content?: string;
	status?: string;
}

/** Logs with rows of other executions. */
function logsOf(rows: Row[], api: Api = {}) {
	const queries: URLSearchParams[] = [];
	let content = '';
	const node = virtualNode({
		logs: (_, query) => {
			queries.push(query);
			return node.page(
				rows.map(({ id = 'theirs', ageMs = MINUTE_MS, ...row }) => ({
					...node.row({ id: id as string, clientRequestId: `n8n.9.0.0.ab.${content}`, ageMs }),
					...(row.created !== undefined && { created: row.created }),
					...(row.status !== undefined && { status: row.status }),
					...(row.content !== undefined && { client_request_id: row.content }),
				})),
			);
		},
		...api,
	});
	return {
		node,
		queries,
		run: async (changes = {}) => {
			content = await contentOf(changes);
			return jsonOf(await node.run({ ...WANTED, ...changes }));
		},
	};
}

const generating = (id: string): Answer => ({ status: 200, body: { id, status: 'generating' } });

describe('what this process has created', () => {
	it('is taken for as long as the user says, and then bought again', async () => {
		const node = virtualNode();
		expect(jsonOf(await node.run(WANTED))).toEqual([{ id: 'g0', status: 'queued' }]);
		node.world.elapsed += 59 * MINUTE_MS;
		expect(jsonOf(await node.run({ ...WANTED, id: '2' }))).toEqual([
			{ id: 'g0', status: 'completed', reused: true },
		]);
		expect(node.count('/v2/logs')).toBe(1);
		node.world.elapsed += 2 * MINUTE_MS;
		expect(jsonOf(await node.run({ ...WANTED, id: '3' }))).toEqual([
			{ id: 'g1', status: 'queued' },
		]);
		expect(node.count('/v2/logs')).toBe(2);
		// The newer one is known in its place.
		expect(jsonOf(await node.run({ ...WANTED, id: '4' }))).toMatchObject([
			{ id: 'g1', reused: true },
		]);
	});

	it('and has failed is bought again', async () => {
		const node = virtualNode({ retrieve: failed });
		await node.run(WANTED);
		expect(jsonOf(await node.run({ ...WANTED, id: '2' }))).toEqual([
			{ id: 'g1', status: 'queued' },
		]);
	});

	it.each<[what: string, answer: Answer, requests: number]>([
		['refuses to say', { status: 401, body: { message: 'No' } }, 1],
		['cannot say in three attempts', { status: 503, body: { message: 'Later' } }, 3],
	])('is taken where AIMLAPI %s what became of it', async (_, answer, requests) => {
		const node = virtualNode({ retrieve: () => answer });
		await node.run(WANTED);
		const before = node.requests.length;
		expect(jsonOf(await node.run({ ...WANTED, id: '2' }))).toEqual([
			{ id: 'g0', status: 'unknown', reused: true },
		]);
		expect(node.requests).toHaveLength(before + requests);
		const times = [...node.requests.slice(before).map(({ at }) => at), node.world.elapsed];
		const gaps = times.slice(1).map((at, index) => at - times[index]);
		// Ever more between attempts, and none after the last.
		expect(gaps).toEqual(requests === 1 ? [200] : [1700, 3200, 200]);
	});

	it('is the account’s own', async () => {
		await virtualNode().run(WANTED);
		expect(jsonOf(await virtualNode().run(WANTED))).toEqual([{ id: 'g0', status: 'queued' }]);
	});
});

describe('two executions at once', () => {
	it('share one POST', async () => {
		const node = virtualNode();
		const both = [node.start({ ...WANTED, id: '1' }), node.start({ ...WANTED, id: '2' })];
		await node.end(...both.map(({ run }) => run));
		expect(both.map(({ run }) => jsonOf(run)[0])).toEqual([
			{ id: 'g0', status: 'queued' },
			{ id: 'g0', status: 'generating', reused: true },
		]);
		expect(node.posts).toBe(1);
	});

	it('share its refusal, and the next one tries again', async () => {
		let refuses = true;
		const node = virtualNode({
			create: (id) =>
				refuses ? { status: 400, body: { message: 'No' } } : { status: 201, body: { id } },
		});
		const both = [node.start({ ...WANTED, id: '1' }), node.start({ ...WANTED, id: '2' })];
		await node.end(...both.map(({ run }) => run));
		for (const { run } of both) {
			expect(run.error?.message).toBe('AIMLAPI did not accept the request');
		}
		expect(node.posts).toBe(1);
		refuses = false;
		expect(jsonOf(await node.run({ ...WANTED, id: '3' }))).toEqual([
			{ id: 'g1', status: 'queued' },
		]);
	});

	describe('of which the first gets no clear answer for an hour', () => {
		const patient = { parameters: { options: { ...options, timeout: 3600 } }, id: '1' };
		const begin = async (signal?: AbortSignal) => {
			const node = virtualNode({ create: () => ({ status: 500 }), logs: () => node.page([]) });
			node.world.elapsed += 10 * MINUTE_MS;
			const first = node.start(patient);
			await node.world.pass(() => node.posts === 1, 5_000);
			const second = node.start({ parameters: { options }, id: '2' }, signal);
			return { node, first, second };
		};

		it('the other waits no longer than its own Timeout, and sends nothing', async () => {
			const { node, first, second } = await begin();
			await node.end(second.run);
			expect(second.run.error?.message).toBe(
				'The same video is still being started by another execution',
			);
			expect(node.world.elapsed).toBeLessThan(10 * MINUTE_MS + 65_000);
			await node.end(first.run);
			expect(node.posts).toBe(1);
		});

		it('the other ends at once where it is stopped', async () => {
			const stop = new AbortController();
			const { node, first, second } = await begin(stop.signal);
			await node.world.pass(() => false, 5_000);
			stop.abort(new Error('Stopped'));
			await node.world.pass(() => second.run.error !== undefined, 1_000);
			expect(second.run.error?.message).toBe('Stopped');
			await node.end(first.run);
		});
	});

	it('of which the first is stopped: the other creates', async () => {
		let looks = 0;
		const node = virtualNode({
			logs: () => (looks++ === 0 ? new Promise<never>(() => {}) : node.page([])),
		});
		const stop = new AbortController();
		const first = node.start({ ...WANTED, id: '1' }, stop.signal);
		await node.world.pass(() => false, 5_000);
		const second = node.start({ ...WANTED, id: '2' });
		await node.world.pass(() => false, 5_000);
		stop.abort(new Error('Stopped'));
		await node.end(first.run, second.run);
		expect(first.run.error?.message).toBe('Stopped');
		expect(jsonOf(second.run)).toEqual([{ id: 'g0', status: 'queued' }]);
	});
});

describe('two executions at once, of which the first is stopped during its POST', () => {
	const begin = async (api: Api) => {
		const node = virtualNode({ create: () => new Promise<never>(() => {}), ...api });
		const stop = new AbortController();
		const first = node.start({ ...WANTED, id: '1' }, stop.signal);
		await node.world.pass(() => node.posts === 1, 5_000);
		const second = node.start({ ...WANTED, id: '2' });
		await node.world.pass(() => false, 5_000);
		stop.abort(new Error('Stopped'));
		await node.end(first.run, second.run);
		return { node, second };
	};

	it('the other finds it in the logs and pays nothing', async () => {
		const { node, second } = await begin({});
		expect(jsonOf(second.run)).toMatchObject([{ id: 'g0' }]);
		expect(node.posts).toBe(1);
	});

	it('the other does not pay where the logs do not show it; a later one looks again, and pays', async () => {
		let isStuck = true;
		const { node, second } = await begin({
			logs: () => ({ status: 200, body: { data: [], pagination: { has_more: false } } }),
			create: async (id) =>
				isStuck ? await new Promise<never>(() => {}) : { status: 201, body: { id } },
		});
		expect(second.run.error?.message).toContain('may have been started');
		expect(node.posts).toBe(1);
		isStuck = false;
		expect(jsonOf(await node.run({ ...WANTED, id: '3' }))).toEqual([
			{ id: 'g1', status: 'queued' },
		]);
	});
});

describe('what AIMLAPI no longer knows', () => {
	const unknown: Api = { retrieve: () => ({ status: 404, body: { message: 'No' } }) };

	it('is not what it cannot say anything of', async () => {
		const away: Api = { retrieve: () => ({ status: 503, body: { message: 'Later' } }) };
		const { run } = logsOf([{ ageMs: 11 * MINUTE_MS }], away);
		expect(await run()).toEqual([{ id: 'theirs', status: 'unknown', reused: true }]);
	});

	it.each([
		[9, { id: 'theirs', status: 'unknown', reused: true }],
		[11, { id: 'g0', status: 'queued' }],
	])('%i minutes after another process created it', async (minutes, json) => {
		const { run } = logsOf([{ ageMs: minutes * MINUTE_MS }], unknown);
		expect(await run()).toEqual([json]);
	});

	it.each([
		[9, { id: 'g0', status: 'unknown', reused: true }],
		[11, { id: 'g1', status: 'queued' }],
	])('%i minutes after this process created it', async (minutes, json) => {
		const node = virtualNode({ ...unknown, logs: () => node.page([]) });
		node.world.elapsed += 20 * MINUTE_MS;
		await node.run(WANTED);
		node.world.elapsed += minutes * MINUTE_MS;
		expect(jsonOf(await node.run({ ...WANTED, id: '2' }))).toEqual([json]);
	});
});

describe('what another process has created', () => {
	it('is found in the logs of the time that the user says', async () => {
		const { run, queries, node } = logsOf([{}], { retrieve: generating });
		expect(await run()).toEqual([{ id: 'theirs', status: 'generating', reused: true }]);
		expect(queries.map((query) => [query.get('period'), query.get('limit')])).toEqual([
			['1h', '100'],
		]);
		expect(node.posts).toBe(0);
	});

	it('is polled at once, told to whoever looks on, and noted in the log', async () => {
		const { run, node } = logsOf([{}], {
			retrieve: (id) => ({
				status: 200,
				body: { id, status: 'completed', video: 'https://example.com/v.mp4' },
			}),
		});
		expect(await run({ parameters: { options } })).toMatchObject([
			{ id: 'theirs', videoUrl: 'https://example.com/v.mp4', reused: true },
		]);
		expect(node.world.elapsed).toBeLessThan(1000);
		expect(node.logged).toContain('Act-Two generation theirs of the same content reused');
		expect(node.shown[0]).toBe('0 of 1 finished, 1 queued, 0 s');
	});

	it('is taken where AIMLAPI does not say what became of it', async () => {
		const { run } = logsOf([{}], { retrieve: () => ({ status: 401, body: { message: 'No' } }) });
		expect(await run()).toEqual([{ id: 'theirs', status: 'unknown', reused: true }]);
	});

	it('is as old as it is: not as old as the look at it', async () => {
		const { run, node } = logsOf([{ ageMs: 50 * MINUTE_MS }], { retrieve: generating });
		expect(await run()).toMatchObject([{ id: 'theirs' }]);
		node.world.elapsed += 5 * MINUTE_MS;
		expect(jsonOf(await node.run({ ...WANTED, id: '2' }))).toMatchObject([{ id: 'theirs' }]);
		expect(node.count('/v2/logs')).toBe(1);
		node.world.elapsed += 10 * MINUTE_MS;
		await node.run({ ...WANTED, id: '3' });
		expect(node.count('/v2/logs')).toBe(2);
	});

	it('is judged by AIMLAPI’s clock', async () => {
		const serverNow = Date.UTC(2030, 0, 1);
		const created = new Date(serverNow - MINUTE_MS).toISOString();
		const { run, node } = logsOf([{ created }], { retrieve: generating });
		const { page } = node;
		node.page = (rows) => ({
			...page(rows),
			headers: { date: new Date(serverNow).toUTCString() },
		});
		expect(await run()).toMatchObject([{ id: 'theirs' }]);
		node.world.elapsed += 58 * MINUTE_MS;
		expect(jsonOf(await node.run({ ...WANTED, id: '2' }))).toMatchObject([{ id: 'theirs' }]);
		expect(node.count('/v2/logs')).toBe(1);
	});

	it.each<[what: string, row: Row]>([
		['is too old', { ageMs: 61 * MINUTE_MS }],
		['is of another content', { content: 'n8n.9.0.0.ab.0123abcd.0123456789abcdef' }],
		['is of nobody knows whom', { content: 'theirs' }],
		['has no ID', { id: null }],
		['has no time', { created: 'soon' }],
		['has failed, says the row', { status: 'failed' }],
	])('is not taken where it %s', async (_, row) => {
		const { run, node } = logsOf([row], { retrieve: generating });
		expect(await run()).toEqual([{ id: 'g0', status: 'queued' }]);
		expect(node.posts).toBe(1);
	});

	it('is the newest that has not failed', async () => {
		const rows = [3, 1, 2, 4].map((age) => ({ id: `age ${age}`, ageMs: age * MINUTE_MS }));
		const { run } = logsOf(rows, {
			retrieve: (id) => (id === 'age 1' ? failed(id) : generating(id)),
		});
		expect(await run()).toMatchObject([{ id: 'age 2', reused: true }]);
	});

	it('is searched for once for all items that start within half a minute', async () => {
		const node = virtualNode();
		node.world.elapsed = MINUTE_MS;
		await node.run({ ...WANTED, items: items(5) });
		expect(node.count('/v2/logs')).toBe(1);
		expect(node.posts).toBe(5);
		const oneByOne = { options: { ...options, timeout: 300, maxConcurrentGenerations: 1 } };
		await node.run({ parameters: oneByOne, items: items(7).slice(5), id: '2' });
		expect(node.count('/v2/logs')).toBe(3);
	});

	it('is searched for again by an item that wants an older one too', async () => {
		const periods: Array<string | null> = [];
		const node = virtualNode({
			logs: (_, query) => {
				periods.push(query.get('period'));
				return node.page([]);
			},
		});
		await node.run({
			items: items(3).map((item, index) => ({ ...item, hours: [1, 2, 1][index] })),
			parameters: { operation: 'create', options: { reuseRecent: '={{ $json.hours }}' } },
		});
		expect(periods).toEqual(['1h', '2h']);
	});
});

describe('the logs', () => {
	const other = (node: ReturnType<typeof virtualNode>, n: number) =>
		node.row({ id: `x${n}`, clientRequestId: 'theirs', ageMs: n });

	it('are read page by page, gently, and not without end', async () => {
		const offsets: Array<string | null> = [];
		const node = virtualNode({
			logs: (_, query) => {
				offsets.push(query.get('offset'));
				return node.page([other(node, offsets.length)], true);
			},
		});
		expect(jsonOf(await node.run(WANTED))).toMatchObject([{ id: 'g0' }]);
		expect(offsets).toEqual(Array.from({ length: 20 }, (_, page) => String(page * 100)));
		const [first, second] = node.requests;
		expect(second.at - first.at).toBeGreaterThanOrEqual(600);
	});

	it.each([
		['is empty', true, []],
		['is said to be the last', false, [1]],
	])('end with a page that %s', async (_, hasMore, rows) => {
		const node = virtualNode({
			logs: () =>
				node.page(
					rows.map((n) => other(node, n)),
					hasMore,
				),
		});
		await node.run(WANTED);
		expect(node.count('/v2/logs')).toBe(1);
	});

	it.each<[what: string, status: number, requests: number]>([
		['are barred', 403, 1],
		['fail three times', 503, 3],
	])('that %s keep no video from being made, and a hint says so', async (_, status, requests) => {
		const node = virtualNode({ logs: () => ({ status, body: { message: 'No' } }) });
		expect(jsonOf(await node.run(WANTED))).toEqual([{ id: 'g0', status: 'queued' }]);
		expect(node.count('/v2/logs')).toBe(requests);
		expect(node.hints).toEqual([
			expect.stringMatching(/^Whether there is a recent generation to reuse is not known/),
		]);
	});

	it('that fail twice are read all the same', async () => {
		let failures = 2;
		const node = virtualNode({
			logs: () =>
				failures-- > 0 ? { status: 503, body: { message: 'Later' } } : node.page([other(node, 1)]),
		});
		await node.run(WANTED);
		expect(node.count('/v2/logs')).toBe(3);
		expect(node.hints).toEqual([]);
		const [first, second, third] = node.requests.map(({ at }) => at);
		expect(second - first).toBeGreaterThan(600);
		expect(third - second).toBeGreaterThan(second - first);
	});
});
