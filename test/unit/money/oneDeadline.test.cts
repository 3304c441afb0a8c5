import { loadNode } from '../../support/money/loadNode.cts';
import type { StartProcess } from '../../support/money/loadNode.cts';
import type { Request } from '../../support/money/memoryApi.cts';
import { contextOf } from '../../support/money/n8n.cts';
import { World } from '../../support/money/world.cts';

interface Answer {
	status: number;
	headers?: Record<string, string>;
	body?: object;
}

/** What the API answers, each after 200 ms; a promise that never settles is a trickle. */
interface Api {
	create?: (id: string) => Answer | Promise<Answer>;
	retrieve?: (id: string, ageMs: number) => Answer | Promise<Answer>;
	logs?: (sent: Array<{ id: string; clientRequestId: string; ageMs: number }>) => Answer;
}

interface Circumstances {
	items?: number;
	parameters?: Record<string, unknown>;
	/** What happens to the machine meanwhile. */
	disturb?: (world: World) => void;
}

const TIMEOUT_S = 300;
const GENERATION_MS = 45_000;
/** A last status check that fails is repeated for half a minute, and has 5 s for its answer. */
const LAST_CHECK_S = 36;
const never = new Promise<never>(() => {});
const tooMany = (retryAfter?: string): Answer => ({
	status: 429,
	...(retryAfter !== undefined && { headers: { 'retry-after': retryAfter } }),
	body: { message: 'Too Many Requests', requestId: 'r', statusCode: 429 },
});
const done = (id: string): Answer => ({
	status: 200,
	body: { id, status: 'completed', video: ['https://cdn.example.com/v.mp4'] },
});
const running = (id: string): Answer => ({ status: 200, body: { id, status: 'generating' } });
const inTime = (id: string, ageMs: number) => (ageMs < GENERATION_MS ? running(id) : done(id));
const rows: Required<Api>['logs'] = (sent) => ({
	status: 200,
	body: {
		data: sent.map(({ id, clientRequestId }) => ({
			created: '',
			status: 'succeeded',
			inference_id: id,
			client_request_id: clientRequestId,
		})),
		pagination: { has_more: false },
	},
});

let start: StartProcess;
beforeAll(async () => {
	start = await loadNode();
});

/** So many items in virtual time; returns how long it took and what came out. */
async function run(
	{ create = (id) => ({ status: 201, body: { id } }), retrieve = inTime, logs = rows }: Api,
	{ items = 1, parameters = {}, disturb }: Circumstances = {},
) {
	const world = new World();
	const { execute, apiKey } = start(world);
	const sent: Array<{ id: string; clientRequestId: string; at: number }> = [];
	const answerTo = async ({ method, url, headers }: Request): Promise<Answer> => {
		if (method === 'POST') {
			const id = `g${sent.length}`;
			sent.push({ id, clientRequestId: headers['X-Client-Request-Id'], at: world.elapsed });
			return await create(id);
		}
		const { pathname, searchParams } = new URL(url);
		const withAge = sent.map(({ at, ...one }) => ({ ...one, ageMs: world.elapsed - at }));
		if (pathname === '/v2/logs') return logs(withAge);
		const id = searchParams.get('generation_id') ?? '';
		return await retrieve(id, withAge.find((one) => one.id === id)?.ageMs ?? 0);
	};
	const api = {
		told: new Set<string>(),
		send: async (request: Request) => {
			await world.sleep(200);
			const { status, headers = {}, body } = await answerTo(request);
			return { statusCode: status, headers, body: JSON.stringify(body) };
		},
	};
	const execution = {
		id: '1',
		apiKey,
		items: Array.from({ length: items }, (_, n) => ({ character: `https://example.com/${n}.jpg` })),
		nodeContext: {},
		customData: new Map<string, string>(),
		isTool: false,
		continueOnFail: true,
		parameters: {
			...parameters,
			options: { timeout: TIMEOUT_S, maxConcurrentGenerations: 1000 },
		},
	};
	let outputs: Array<{ json: Record<string, unknown> }> | undefined;
	void execute(contextOf(execution, 0, api, new AbortController().signal, () => {})).then(
		([first]) => (outputs = first as never),
	);
	disturb?.(world);
	await world.pass(() => outputs !== undefined, 3_600_000);
	const messages = (outputs ?? []).map(
		({ json }) => (json.error as { message: string } | undefined)?.message ?? String(json.status),
	);
	return { seconds: world.elapsed / 1000, messages, outputs, posts: sent.length };
}

describe.each([1, 20, 200])('with %i items', (items) => {
	it.each([
		['429', undefined],
		['429 with a Retry-After of eleven days', '999999'],
		['429 with a Retry-After in the year 9999', 'Fri, 31 Dec 9999 23:59:59 GMT'],
	])('all end with the Timeout though every status check is answered %s', async (_, wait) => {
		const { seconds, messages, posts } = await run({ retrieve: () => tooMany(wait) }, { items });
		expect(messages).toHaveLength(items);
		for (const message of messages) expect(message).toMatch(/not ready within 300 .*generation g/);
		expect(seconds).toBeGreaterThanOrEqual(TIMEOUT_S);
		expect(seconds).toBeLessThan(TIMEOUT_S + LAST_CHECK_S);
		expect(posts).toBe(items);
	});
});

it.each([
	['is answered 429', () => tooMany()],
	['is answered 429 with a Retry-After of eleven days', () => tooMany('999999')],
	['trickles without end', async () => await never],
])('all end with the Timeout though every POST %s', async (_, create) => {
	const { seconds, messages } = await run({ create, logs: () => rows([]) }, { items: 20 });
	expect(messages).toHaveLength(20);
	expect(seconds).toBeLessThan(TIMEOUT_S + 5);
});

it('a POST that trickles without end is found in the logs, and bought once', async () => {
	const { seconds, messages, posts } = await run({ create: async () => await never });
	expect(messages).toEqual(['completed']);
	expect(seconds).toBeLessThan(200);
	expect(posts).toBe(1);
});

it('creation, search and status checks share one Timeout', async () => {
	const { seconds, messages } = await run({
		create: () => ({ status: 500 }),
		logs: (sent) => rows(sent.filter(({ ageMs }) => ageMs > 200_000)),
		retrieve: running,
	});
	expect(messages).toEqual([expect.stringContaining('(generation g0)')]);
	expect(seconds).toBeGreaterThanOrEqual(TIMEOUT_S);
	expect(seconds).toBeLessThan(TIMEOUT_S + 5);
});

describe.each([
	['back', -3_600_000],
	['forward', 3_600_000],
])('a clock that is set %s by an hour', (_, ms) => {
	it.each<[what: string, api: Api]>([
		['waits for its video', {}],
		['has a status check that hangs', { retrieve: hangingOnce() }],
		['searches for a lost response', { create: () => ({ status: 500 }) }],
	])('stops no item that %s', async (__, api) => {
		const { seconds, messages } = await run(api, {
			items: 5,
			disturb: (world) => void world.after(15_000, () => (world.wallOffset = ms)),
		});
		expect(messages).toEqual(Array(5).fill('completed'));
		expect(seconds).toBeLessThan(100);
	});
});

/** The first check of each generation is never answered. */
function hangingOnce(): Api['retrieve'] {
	const hung = new Set<string>();
	return async (id, ageMs) => {
		if (hung.has(id)) return inTime(id, ageMs);
		hung.add(id);
		return await never;
	};
}

describe('Get Many Videos', () => {
	const parameters = { operation: 'getMany', returnAll: true, period: 'day' };

	it.each([undefined, '999999', 'Fri, 31 Dec 9999 23:59:59 GMT'])(
		'ends though the logs are always answered 429 with Retry-After %s',
		async (wait) => {
			const { seconds, messages } = await run({ logs: () => tooMany(wait) }, { parameters });
			expect(messages).toEqual([expect.stringContaining('too many requests')]);
			expect(seconds).toBeLessThan(5 * 60);
		},
	);
});
