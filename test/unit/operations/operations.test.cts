import { readFileSync } from 'node:fs';

import { done, failed, items, running, virtualNode } from '../../support/money/virtualNode.cts';
import type { Answer, Api, RunOf } from '../../support/money/virtualNode.cts';

const answered = ({ outputs, error }: RunOf) => {
	if (error) throw error;
	return outputs;
};
const ofId = (operation: string, options: object = {}) => ({
	parameters: { operation, generationId: 'id-1', downloadVideo: false, options },
});
const pollsOf = ({ requests }: ReturnType<typeof virtualNode>) =>
	requests.filter(({ method, path }) => method === 'GET' && path.endsWith('/generation'));
const NO: Answer = { status: 401, body: { message: 'No' } };
const SLOW: Answer = { status: 503, body: { message: 'Later' } };
const nothing = (): Answer => ({ status: 404, body: { message: 'Not found' } });

describe('Get Video', () => {
	it.each<[what: string, retrieve: Api['retrieve'], json: object]>([
		['a running one', running, { id: 'id-1', status: 'generating' }],
		['a finished one', done, { id: 'id-1', status: 'completed', videoUrl: expect.any(String) }],
		[
			'one that failed',
			failed,
			{ id: 'id-1', status: 'error', failure: { name: 'INTERNAL', message: 'Sorry' } },
		],
	])('gives %s as it is, by one request', async (_, retrieve, json) => {
		const node = virtualNode({ retrieve });
		expect(answered(await node.run(ofId('get')))).toEqual([{ json, pairedItem: { item: 0 } }]);
		expect(node.requests).toHaveLength(1);
		expect(node.world.elapsed).toBe(200);
	});

	it('asks again for half a minute where nothing is said, and fails with the ID', async () => {
		const node = virtualNode({ retrieve: () => SLOW });
		const { error } = await node.run(ofId('get'));
		expect(error?.message).toBe('AIMLAPI is not available right now (HTTP 503) (generation id-1)');
		expect(node.world.elapsed).toBeGreaterThan(29_000);
		expect(node.world.elapsed).toBeLessThan(31_000);
	});

	it('refuses an option that cannot be read, and sends nothing', async () => {
		const node = virtualNode();
		const { error } = await node.run(ofId('get', { endpoint: 'nowhere' }));
		expect(error?.message).toBe("'Endpoint' must be one of runway, universal [item 0]");
		expect(node.requests).toEqual([]);
	});

	it('fails at once where the key is refused', async () => {
		const node = virtualNode({ retrieve: () => NO });
		const { error } = await node.run(ofId('get'));
		expect(error).toMatchObject({
			message: 'AIMLAPI did not accept the API key (generation id-1)',
			context: { generationId: 'id-1' },
		});
		expect(node.requests).toHaveLength(1);
	});
});

describe('Wait for Video', () => {
	const inTime = (id: string, seconds: number) => (seconds < 30 ? running(id) : done(id));

	it('polls at once, until the video is there', async () => {
		const node = virtualNode({ retrieve: (id) => inTime(id, node.world.elapsed / 1000) });
		expect(answered(await node.run(ofId('wait')))?.[0].json).toEqual({
			...{ id: 'id-1', status: 'completed', videoUrl: 'https://cdn.example.com/v.mp4' },
		});
		expect(node.requests[0].at).toBe(0);
		expect(node.debugged).toEqual(['Act-Two generation id-1: generating after 0 s of waiting']);
		expect(node.logged).toEqual([
			expect.stringMatching(/^Act-Two generation id-1: completed after 3\d s of waiting$/),
		]);
	});

	it('counts from its own start, however long the process has run', async () => {
		const node = virtualNode({ retrieve: running });
		node.world.elapsed = 500_000;
		const { error } = await node.run(ofId('wait', { timeout: 20 }));
		expect(error?.message).toContain('not ready within 20 seconds');
		expect(node.world.elapsed).toBeLessThanOrEqual(520_200);
		expect(node.debugged).toEqual(['Act-Two generation id-1: generating after 0 s of waiting']);
	});

	it('shows nothing where nobody looks on', async () => {
		const node = virtualNode({ retrieve: (id) => inTime(id, node.world.elapsed / 1000) });
		answered(await node.run({ ...ofId('wait'), mode: 'trigger' }));
		expect(node.shown).toEqual([]);
	});

	it('asks the endpoint that the user has chosen', async () => {
		const node = virtualNode({ retrieve: done });
		answered(await node.run(ofId('wait', { endpoint: 'universal' })));
		expect(new Set(node.requests.map(({ path }) => path))).toEqual(
			new Set(['/v2/video/generations']),
		);
	});

	it('asks less often about each where very many are waited for, and again as often once they are done', async () => {
		const many = 300;
		const node = virtualNode({
			retrieve: (id) =>
				node.world.elapsed < (id === 'id-0' ? 90_000 : 25_000) ? running(id) : done(id),
		});
		const ids = Array.from({ length: many }, (_, n) => ({ id: `id-${n}` }));
		const parameters = { ...ofId('wait').parameters, generationId: '={{ $json.id }}' };
		const options = { timeout: 600, maxConcurrentGenerations: many };
		answered(await node.run({ items: ids, parameters: { ...parameters, options } }));
		const polls = (from: number, to: number) =>
			pollsOf(node).filter(({ at }) => at >= from && at < to).length;
		// The rate limiter lets 375 through in 5 s.
		expect(polls(5000, 10_000)).toBeLessThan(340);
		expect(polls(40_000, 60_000)).toBeGreaterThan(6);
	});

	it.each([
		['queued', 'queued'],
		['waiting', 'queued'],
		['generating', 'generating'],
	])('shows %s as %s', async (status, shown) => {
		const node = virtualNode({
			retrieve: (id) =>
				node.world.elapsed < 10_000 ? { status: 200, body: { id, status } } : done(id),
		});
		await node.run(ofId('wait'));
		expect(node.shown).toEqual([`0 of 1 finished, 1 ${shown}, 0 s`, '1 of 1 finished, 13 s']);
	});

	it('asks in the interval that the user sets', async () => {
		const node = virtualNode({ retrieve: (id) => inTime(id, node.world.elapsed / 1000) });
		await node.run(ofId('wait', { pollingInterval: 7 }));
		const [first, second] = pollsOf(node);
		expect(second.at - first.at).toBe(7200);
	});

	it.each<[what: string, retrieve: Api['retrieve'], message: string]>([
		['it fails', failed, 'The generation ended without a video (generation id-1)'],
		['the key is refused', () => NO, 'AIMLAPI did not accept the API key (generation id-1)'],
		['it takes too long', running, 'The video was not ready within 20 seconds (generation id-1)'],
	])('fails with the ID where %s', async (_, retrieve, message) => {
		const node = virtualNode({ retrieve });
		const { error } = await node.run(ofId('wait', { timeout: 20 }));
		expect(error).toMatchObject({ message, context: { generationId: 'id-1' } });
		expect(node.world.elapsed).toBeLessThanOrEqual(20_200);
	});

	it('repeats a last check that says nothing for half a minute', async () => {
		const node = virtualNode({ retrieve: () => SLOW });
		await node.run(ofId('wait', { timeout: 20 }));
		expect(node.world.elapsed).toBeGreaterThan(50_000);
		expect(node.world.elapsed).toBeLessThan(52_000);
	});

	it.each<[what: string, retrieve: Api['retrieve'], json: object]>([
		['as it is', running, { id: 'id-1', status: 'generating' }],
		['as unknown where nothing is said', () => SLOW, { id: 'id-1', status: 'unknown' }],
	])('gives the status in time where the user wants that: %s', async (_, retrieve, json) => {
		const node = virtualNode({ retrieve });
		const options = { timeout: 20, onTimeout: 'returnStatus' };
		expect(answered(await node.run(ofId('wait', options)))?.[0].json).toEqual(json);
	});
});

describe('Create Video and Wait', () => {
	const usage = { meta: { usage: { credits_used: 650_000, usd_spent: 0.325 } } };

	it('leaves a new generation alone at first, and tells what it cost', async () => {
		const node = virtualNode({
			create: (id) => ({ status: 201, body: { id, ...usage } }),
			retrieve: (id) => (node.world.elapsed < 30_000 ? running(id) : done(id)),
		});
		expect(answered(await node.run())?.[0].json).toEqual({
			...{ id: 'g0', status: 'completed', videoUrl: 'https://cdn.example.com/v.mp4' },
			...{ creditsUsed: 650_000, costUsd: 0.325 },
		});
		expect(pollsOf(node)[0].at).toBe(10_200);
	});

	it.each([1, 2, 3])('works on as many items at once as the user wants: %i', async (most) => {
		const node = virtualNode();
		const options = { timeout: 600, maxConcurrentGenerations: most };
		answered(await node.run({ items: items(4), parameters: { options } }));
		const posts = node.requests.filter(({ method }) => method === 'POST');
		expect(posts.filter(({ at }) => at < 40_000)).toHaveLength(most);
		expect(posts).toHaveLength(4);
	});

	it('gives the status with the cost where the time is over', async () => {
		const node = virtualNode({
			create: (id) => ({ status: 201, body: { id, ...usage } }),
			retrieve: running,
		});
		const options = { timeout: 20, onTimeout: 'returnStatus', pollingInterval: 3 };
		expect(answered(await node.run({ parameters: { options } }))?.[0].json).toEqual({
			...{ id: 'g0', status: 'generating', creditsUsed: 650_000, costUsd: 0.325 },
		});
		expect(pollsOf(node)[0].at).toBe(3200);
	});

	it('resumes at once in the next run, and what failed for good is not bought again', async () => {
		const moderated = (id: string): Answer => ({
			status: 200,
			body: { id, status: 'error', error: { name: 'SAFETY', message: 'Moderated' } },
		});
		let retrieve: NonNullable<Api['retrieve']> = () => NO;
		const node = virtualNode({ retrieve: (id, ageMs) => retrieve(id, ageMs) });
		const { run, execution } = node.start();
		await node.end(run);
		retrieve = moderated;
		const before = node.world.elapsed;
		const failing = await node.run(execution);
		expect(failing.error?.message).toBe('The generation ended without a video (generation g0)');
		expect(node.world.elapsed - before).toBe(200);
		const again = await node.run(execution);
		expect(again.error?.description).toContain('It was not created again.');
		expect(node.posts).toBe(1);
	});
});

describe('Create Video', () => {
	it('gives what the API says of it at once', async () => {
		const node = virtualNode({
			create: (id) => ({
				status: 201,
				body: { id, status: 'waiting', meta: { usage: { usd_spent: 0.3 } } },
			}),
		});
		const { outputs } = await node.run({ parameters: { operation: 'create' } });
		expect(outputs).toEqual([
			{ json: { id: 'g0', status: 'waiting', costUsd: 0.3 }, pairedItem: { item: 0 } },
		]);
		expect(node.world.elapsed).toBe(200);
	});

	it('searches three minutes for a lost one', async () => {
		const node = virtualNode({ create: () => ({ status: 500 }), logs: () => node.page([]) });
		const { error } = await node.run({ parameters: { operation: 'create' } });
		expect(error?.message).toContain('may have been started');
		expect(node.world.elapsed).toBeGreaterThan(179_000);
		expect(node.world.elapsed).toBeLessThan(182_000);
	});

	it('waits half an hour for its turn', async () => {
		const node = virtualNode({ create: () => ({ status: 429, body: { message: 'Busy' } }) });
		const { error } = await node.run({ parameters: { operation: 'create' } });
		expect(error?.message).toBe('AIMLAPI is receiving too many requests');
	});
});

describe('Get Many Videos', () => {
	const parameters = { operation: 'getMany', returnAll: true, period: 'day' };
	const row = (id: string | undefined, more: object = {}) => ({
		...{ created: '2026-01-01T00:00:00Z', status: 'Succeeded', inference_id: id },
		...more,
	});

	it('lists each generation once, as its creation tells, with what it cost and who made it', async () => {
		const node = virtualNode({
			logs: () =>
				node.page([
					row('a', { status: 'failed', cost: { usd: 0 } }),
					row(undefined),
					row('b', { client_request_id: 'theirs' }),
					row('a', {
						created: '2025-12-31T00:00:00Z',
						cost: { usd: 0.3, credits: 5 },
						client_request_id: 'n8n.17.0.3.1.0123456789abcdef',
					}),
				]),
		});
		expect(answered(await node.run({ parameters }))).toEqual([
			{
				json: {
					...{ id: 'a', status: 'failed', createdAt: '2025-12-31T00:00:00Z' },
					...{ creditsUsed: 5, costUsd: 0.3 },
					...{ clientRequestId: 'n8n.17.0.3.1.0123456789abcdef', executionId: '17' },
				},
				pairedItem: { item: 0 },
			},
			{
				json: {
					...{ id: 'b', status: 'succeeded', createdAt: '2026-01-01T00:00:00Z' },
					clientRequestId: 'theirs',
				},
				pairedItem: { item: 0 },
			},
		]);
	});

	it.each([
		[{ returnAll: false, limit: 3 }, 3, 2],
		[{ returnAll: true }, 8, 4],
	])('asks for as many pages as it needs: %j', async (wanted, count, pages) => {
		const node = virtualNode({
			logs: (_, query) => {
				const page = Number(query.get('offset')) / 100;
				return node.page([row(`${page}a`), row(`${page}b`)], page < 3);
			},
		});
		expect(answered(await node.run({ parameters: { ...parameters, ...wanted } }))).toHaveLength(
			count,
		);
		expect(node.count('/v2/logs')).toBe(pages);
	});

	it('ends where pages repeat themselves', async () => {
		const node = virtualNode({ logs: () => node.page([row('a')], true) });
		expect(answered(await node.run({ parameters }))).toHaveLength(1);
		expect(node.count('/v2/logs')).toBe(2);
	});

	it.each([
		['at once where the key may not', { status: 403, body: { message: 'No' } }, 1, 1000],
		['after four attempts', SLOW, 4, 30_000],
		[
			'where the API asks for too long a pause',
			{ ...SLOW, headers: { 'retry-after': '400' } },
			1,
			1000,
		],
	])('fails %s', async (_, answer, requests, most) => {
		const node = virtualNode({ logs: () => answer });
		const { error } = await node.run({ parameters });
		expect(error).toBeDefined();
		expect(node.count('/v2/logs')).toBe(requests);
		expect(node.world.elapsed).toBeLessThan(most);
	});

	it('reads on after a failure', async () => {
		let failures = 3;
		const node = virtualNode({ logs: () => (failures-- > 0 ? SLOW : node.page([row('a')])) });
		expect(answered(await node.run({ parameters }))).toHaveLength(1);
	});
});

describe('what a refusal for lack of credits tells', () => {
	const pricing = { kind: 'fixed', units: [{ unit: 'video', price: 0.325, per: 1 }] };
	const account =
		(facts: Record<string, object>) =>
		(path: string): Answer =>
			path in facts ? { status: 200, body: facts[path] } : nothing();
	const facts = {
		'/v2/billing': { currency: 'USD', current_balance: '0.1' },
		'/v1/models': { data: [{ id: 'runway/act_two', pricing }] },
	};
	const refusal = async (status: number, message: string, known: object) => {
		const create = () => ({ status, body: { message } });
		const node = virtualNode({ create, other: account(known as typeof facts) });
		const { error } = await node.run();
		return { description: error?.description ?? '', requests: node.requests.length };
	};

	it.each([402, 403])('is the balance and the price, after HTTP %i', async (status) => {
		const { description } = await refusal(status, 'Insufficient balance', facts);
		expect(description).toMatch(/ The balance is \$0\.10\. This video would cost \$0\.325\.$/);
	});

	it.each([
		[{ '/v2/billing': facts['/v2/billing'] }, / The balance is \$0\.10\.$/],
		[{ '/v1/models': facts['/v1/models'] }, / This video would cost \$0\.325\.$/],
		[{}, /app\/billing\/\.$/],
	])('is no more than is known: %j', async (known, told) => {
		expect((await refusal(403, 'Not enough credits', known)).description).toMatch(told);
	});

	it.each([
		[400, 'Insufficient balance'],
		[403, 'Not allowed'],
	])('is nothing after HTTP %i “%s”', async (status, message) => {
		expect((await refusal(status, message, facts)).requests).toBe(1);
	});
});

describe('Estimate Cost', () => {
	const SECOND = { kind: 'fixed', units: [{ unit: 'second', price: 0.065, per: 1 }] };
	const METRICS = {
		models: [{ alias: 'runway/act_two', metrics: { duration_ms: { p50: 44_100, p90: 68_400 } } }],
	};
	const NO_LENGTH =
		'The length of the reference video is not known: its host or the file does not say, or Check Links is off.';
	type Answers = Partial<Record<'price' | 'balance' | 'metrics', Answer>>;
	const priced = (pricing: unknown): Answer => ({
		status: 200,
		body: { data: [{ id: 'runway/act_two', pricing }] },
	});
	const known: Answers = {
		price: priced(SECOND),
		balance: { status: 200, body: { currency: 'USD', current_balance: 12.34567 } },
		metrics: { status: 200, body: METRICS },
	};
	const estimate = async (answers: Answers, changes: object = {}, parameters: object = {}) => {
		const paths = { '/v1/models': 'price', '/v2/billing': 'balance', '/models/metrics': 'metrics' };
		const node = virtualNode({
			other: (path) => answers[paths[path as never] as keyof Answers] ?? nothing(),
		});
		const run = await node.run({
			...{ parameters: { operation: 'estimateCost', ...parameters }, ...changes },
		});
		return { node, jsons: answered(run)?.map(({ json }) => json) };
	};

	it('pays nothing, tells what is known, and says in hints what is not', async () => {
		const { node, jsons } = await estimate({ price: known.price }, { items: items(2) });
		const json = { pricePerSecondUsd: 0.065, frameSize: '1280:720' };
		expect(jsons).toStrictEqual([json, json]);
		expect(node.hints).toEqual([
			NO_LENGTH,
			'The balance is not known: AIMLAPI did not say (HTTP 404).',
			'How long it takes now is not known: AIMLAPI did not say (HTTP 404).',
		]);
		expect(node.posts).toBe(0);
		expect(node.requests).toHaveLength(3);
	});

	it('tells of files what they are, and what a video of that length costs', async () => {
		const file = (name: string, mimeType: string) => ({
			...{ bytes: readFileSync(`test/support/fakeAimlapi/assets/${name}`), mimeType },
		});
		const stored = {
			character: file('character.png', 'image/png'),
			reference: file('performance.mp4', 'video/mp4'),
		};
		const byFiles = {
			...{ characterSource: 'file', referenceSource: 'file' },
			...{ characterBinaryPropertyName: 'character', referenceBinaryPropertyName: 'reference' },
		};
		const { node, jsons } = await estimate(known, { stored }, byFiles);
		const [json] = jsons ?? [];
		const { durationSeconds } = json as { durationSeconds: number };
		expect(json).toStrictEqual({
			estimatedCostUsd: Math.round(durationSeconds * 650) / 10_000,
			pricePerSecondUsd: 0.065,
			durationSeconds: expect.any(Number),
			balanceUsd: 12.3457,
			typicalSeconds: { median: 44.1, p90: 68.4 },
			frameSize: '1280:720',
			character: { kind: 'image', format: 'PNG', width: 480, height: 480 },
			reference: expect.objectContaining({ kind: 'video', width: expect.any(Number) }),
		});
		expect(node.hints).toEqual([expect.stringContaining('cuts off 44%')]);
	});

	it.each<[what: string, answers: Answers, json: object, hints: string[]]>([
		[
			'a price of the whole video',
			{
				...known,
				price: priced({ kind: 'fixed', units: [{ unit: 'video', price: 0.325, per: 1 }] }),
			},
			{ estimatedCostUsd: 0.325, balanceUsd: 12.3457 },
			['The price of a second is not known: AIMLAPI charges by the video.', NO_LENGTH],
		],
		[
			'an unknown price',
			{ ...known, price: priced({ kind: 'variable' }) },
			{ balanceUsd: 12.3457 },
			['The price is not known: AIMLAPI has no fixed price for this model.', NO_LENGTH],
		],
		[
			'answers of other shapes',
			{
				price: known.price,
				balance: { status: 200, body: {} },
				metrics: { status: 200, body: {} },
			},
			{ pricePerSecondUsd: 0.065 },
			[
				NO_LENGTH,
				'The balance is not known: AIMLAPI sent it in an unknown form.',
				'How long it takes now is not known: no generation has finished in the last minutes.',
			],
		],
		...[401, 403].map((status): [string, Answers, object, string[]] => [
			`a key that may not read, HTTP ${status}`,
			{ ...known, balance: { status, body: { message: 'No' } } },
			{ pricePerSecondUsd: 0.065 },
			[NO_LENGTH, "The balance is not known: this API key isn't allowed to read it."],
		]),
	])('says what it can of %s', async (_, answers, json, hints) => {
		const { node, jsons } = await estimate(answers);
		expect(jsons?.[0]).toMatchObject(json);
		expect(node.hints).toEqual(hints);
	});

	it.each([
		[400, 1],
		[428, 1],
		[429, 3],
		[503, 3],
	])('HTTP %i is asked for %i times in all', async (status, times) => {
		const { node } = await estimate({ ...known, balance: { status, body: { message: 'No' } } });
		expect(node.count('/v2/billing')).toBe(times);
		expect(node.hints).toContain(`The balance is not known: AIMLAPI did not say (HTTP ${status}).`);
	});

	it('follows the settings, as far as the price does', async () => {
		const rate = { unit: 'second', per: 1 };
		const variants = [
			{ when: { frame_size: '1280:720', character_type: 'image', seed: 5 }, ...rate, price: 0.02 },
			{ when: { frame_size: '960:960' }, ...rate, price: 0.03 },
		];
		const price = priced({ kind: 'variants', variants });
		const options = { checkLinks: false, seed: 5 };
		const { jsons } = await estimate({ ...known, price }, {}, { options });
		expect(jsons?.[0]).toMatchObject({ pricePerSecondUsd: 0.02 });
	});
});
