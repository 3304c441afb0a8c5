import * as fault from '../support/fakeAimlapi/faults.cts';
import { runInEngine } from './engine.cts';
import { closeFakeAimlapi, setup } from './setup.cts';

afterEach(closeFakeAimlapi);

const LINK_ONLY = { downloadVideo: false };
const RETRY_ON_FAIL = { retryOnFail: true, maxTries: 3, waitBetweenTries: 0 };

describe('an ID of any kind', () => {
	it.each([
		['with a slash', (index: number) => `dbf7a50e-0000-4ba5-921f-${index}:runway/act_two`],
		['a nanoid', () => '-V1StGXR8_Z5jdHi6B-my'],
		['a number', (index: number) => 1000 + index],
		['a number of more digits than JavaScript has', () => 12345678901234567890n],
		['with what a query means something by', () => 'a&b=c?d#e%41+f'],
	])('%s is created, waited for, downloaded and got again', async (_, makeId) => {
		const scenario = await setup({ server: { makeId } });
		const { outputs, error } = await runInEngine(scenario).done;
		expect(error).toBeUndefined();
		const [{ json, binary }] = outputs[0];
		expect(json).toMatchObject({ id: String(makeId(0)), status: 'completed' });
		expect(binary?.data.fileName).toMatch(/^act-two-[\w.-]+\.mp4$/);
		const got = await runInEngine({
			...scenario,
			parameters: { operation: 'get', generationId: ` ${json.id as string}\n`, ...LINK_ONLY },
		}).done;
		expect(got.outputs[0][0].json.id).toBe(json.id);
		expect(scenario.fake.count('create')).toBe(1);
	});

	it.each(['generation_id', 'header'] as const)('is read from %s', async (idIn) => {
		const scenario = await setup({ server: { idIn }, parameters: LINK_ONLY });
		const { outputs, error } = await runInEngine(scenario).done;
		expect(error).toBeUndefined();
		expect(outputs[0][0].json.id).toBe(scenario.fake.generations[0].id);
		expect(scenario.fake.count('logs')).toBe(0);
	});
});

describe('a creation whose answer is lost', () => {
	it.each([
		['reset', fault.reset],
		['HTTP 500', fault.status(500)],
		['HTTP 504', fault.status(504, 'Generation timeout')],
		['a gateway page', fault.html(502)],
		['a firewall’s page', fault.html(403)],
		['a page with status 200', fault.html(200)],
		['broken JSON', fault.body('{"id":"')],
		['an empty answer', fault.body('')],
		['a redirect', fault.redirect('http://127.0.0.1:9/')],
	])('after %s is found in the logs', async (_, answer) => {
		const scenario = await setup({ parameters: LINK_ONLY, settings: RETRY_ON_FAIL });
		scenario.fake.fail('create', fault.accepted(answer));
		const { outputs, error } = await runInEngine(scenario).done;
		expect(error).toBeUndefined();
		expect(outputs[0][0].json).toMatchObject({
			id: scenario.fake.generations[0].id,
			status: 'completed',
			creditsUsed: 650_000,
			costUsd: 0.325,
		});
		expect(scenario.fake.count('create')).toBe(1);
	});

	it('is found though the logs lag, with one question for all', async () => {
		const items = Array.from({ length: 20 }, (_, seed) => ({ json: { seed } }));
		const scenario = await setup({
			server: { logsLagMs: 3000 },
			items,
			parameters: { ...LINK_ONLY, options: { seed: '={{ $json.seed }}' } },
		});
		const isEven = ({ body }: { body?: unknown }) => (body as { seed: number }).seed % 2 === 0;
		scenario.fake.fail('create', fault.accepted(fault.reset), 20, isEven);
		const { outputs, error } = await runInEngine(scenario).done;
		expect(error).toBeUndefined();
		expect(outputs[0].map(({ json }) => json.id)).toEqual(
			items.map(({ json: { seed } }) => {
				const post = scenario.fake.requests.find(
					({ kind, body }) => kind === 'create' && (body as { seed: number }).seed === seed,
				);
				return post?.generationId;
			}),
		);
		expect(scenario.fake.count('create')).toBe(20);
		expect(scenario.fake.count('logs')).toBeLessThan(6);
	});

	it('that never arrived fails without a second POST, and names the request', async () => {
		const scenario = await setup({
			parameters: { options: { timeout: 3 } },
			settings: { ...RETRY_ON_FAIL, maxTries: 2 },
		});
		scenario.fake.fail('create', fault.reset);
		const { error } = await runInEngine(scenario).done;
		const [{ clientRequestId }] = scenario.fake.requests;
		expect(clientRequestId).toMatch(/^n8n\.execution\.0\.0\.[\da-f]{8}\.[\da-f]{8}\.[\da-f]{16}$/);
		expect(error?.message).toContain('may have been started');
		expect(error?.description).toContain(clientRequestId);
		expect(error?.description).toContain('do not show it');
		expect(scenario.fake.count('create')).toBe(1);
		expect(scenario.fake.count('logs')).toBeGreaterThan(2);
	});

	it.each([
		['barred', fault.status(403, 'Forbidden')],
		['not there', fault.status(404, 'Not Found')],
	])('fails at once where the logs are %s', async (_, answer) => {
		const scenario = await setup();
		scenario.fake.fail('create', fault.accepted(fault.reset));
		scenario.fake.fail('logs', answer, Infinity);
		const { error } = await runInEngine(scenario).done;
		expect(error?.message).toContain('may have been started');
		expect(error?.description).toContain("isn't allowed to read the usage logs");
		expect(scenario.fake.count('create')).toBe(1);
		expect(scenario.fake.count('logs')).toBe(1);
	});

	it('is found by the ID beside the unclear answer, without the logs', async () => {
		const scenario = await setup({ parameters: LINK_ONLY });
		scenario.fake.fail('create', (context) => {
			context.accept();
			const [{ id }] = scenario.fake.generations;
			fault.status(504, 'Generation timeout', { 'x-inference-id': id })(context);
		});
		const { outputs, error } = await runInEngine(scenario).done;
		expect(error).toBeUndefined();
		expect(outputs[0][0].json.id).toBe(scenario.fake.generations[0].id);
		expect(scenario.fake.count('logs')).toBe(0);
	});

	it('found as failed fails, and Retry On Fail creates it again', async () => {
		const failure = { name: 'INTERNAL', message: 'broke' };
		const scenario = await setup({
			server: { failure, durationMs: 0 },
			settings: { ...RETRY_ON_FAIL, maxTries: 2 },
		});
		scenario.fake.fail('create', fault.accepted(fault.reset));
		const { error } = await runInEngine(scenario).done;
		expect(error?.message).toContain('ended without a video');
		expect(scenario.fake.count('create')).toBe(2);
		const ids = scenario.fake.requests
			.filter(({ kind }) => kind === 'create')
			.map(({ clientRequestId }) => clientRequestId);
		expect(new Set(ids).size).toBe(2);
	});

	it('a stop while the logs are asked ends everything', async () => {
		const scenario = await setup();
		scenario.fake.fail('create', fault.reset);
		const { done, stop } = runInEngine(scenario);
		await scenario.fake.until((fake) => fake.count('logs') > 0);
		stop();
		await done;
		const sent = scenario.fake.requests.length;
		await new Promise((resolve) => setTimeout(resolve, 2500));
		expect(scenario.fake.requests).toHaveLength(sent);
	});
});

describe('after a generation that failed, Retry On Fail', () => {
	it.each([
		['SAFETY.INPUT.IMAGE', 1],
		['INPUT_PREPROCESSING.INTERNAL', 1],
		['ASSET.INVALID', 1],
		['INTERNAL.BAD_OUTPUT.CODE01', 3],
		['THIRD_PARTY.UNAVAILABLE', 3],
	])('%s: sends %i POSTs', async (name, posts) => {
		const scenario = await setup({
			server: { failure: { name, message: 'Because.' } },
			settings: RETRY_ON_FAIL,
		});
		const { error } = await runInEngine(scenario).done;
		expect(error?.message).toContain('ended without a video');
		expect(error?.description).toContain(`${name}: Because.`);
		expect(error?.context?.generationId).toBeDefined();
		expect(scenario.fake.count('create')).toBe(posts);
	});
});

describe('documented failures of other shapes', () => {
	it.each([
		['details', { detail: [{ loc: ['body'], msg: 'No face found', type: 'v' }] }, 'No face found'],
		['a text', 'Broken', 'Broken'],
		['none', null, 'AIMLAPI gave no reason'],
	])('%s', async (_, failure, words) => {
		const scenario = await setup({ server: { statuses: [[0, 'error']], failure } });
		const { error } = await runInEngine(scenario).done;
		expect(error?.description).toContain(words);
	});
});

it.each(['Succeeded', 'COMPLETE'])('%s is given as completed', async (completedStatus) => {
	const scenario = await setup({ server: { completedStatus }, parameters: LINK_ONLY });
	const { outputs } = await runInEngine(scenario).done;
	expect(outputs[0][0].json.status).toBe('completed');
});

describe('Get Many Videos', () => {
	const list = { operation: 'getMany' };

	it('lists what the key created, newest first, with cost and execution', async () => {
		const items = Array.from({ length: 3 }, () => ({ json: {} }));
		const scenario = await setup({ items, parameters: { operation: 'create' } });
		const { outputs } = await runInEngine(scenario).done;
		const { outputs: listed } = await runInEngine({
			...scenario,
			items: [{ json: {} }],
			parameters: list,
		}).done;
		expect(listed[0].map(({ json }) => json.id).sort()).toEqual(
			outputs[0].map(({ json }) => json.id as string).sort(),
		);
		expect(listed[0][0]).toEqual({
			json: {
				id: scenario.fake.generations[2].id,
				status: 'succeeded',
				createdAt: expect.stringMatching(/^20\d\d-/),
				creditsUsed: 650_000,
				costUsd: 0.325,
				clientRequestId: expect.stringMatching(/^n8n\./),
				executionId: 'execution',
			},
			pairedItem: { item: 0 },
		});
	});

	it.each([
		[{ limit: 2 }, 2],
		[{ limit: 130 }, 130],
		[{ returnAll: true }, 250],
	])('%j gives %i', async (parameters, count) => {
		const scenario = await setup({ parameters: { ...list, ...parameters } });
		for (let index = 0; index < 250; index++) {
			scenario.fake.generations.push({
				id: `g${index}`,
				createdAt: Date.now() - 1000 + index,
				durationMs: 0,
			});
		}
		const { outputs, error } = await runInEngine(scenario).done;
		expect(error).toBeUndefined();
		expect(outputs[0].map(({ json }) => json.id)).toEqual(
			Array.from({ length: count }, (_, index) => `g${249 - index}`),
		);
	});

	it('says so when the key may not read the logs', async () => {
		const scenario = await setup({ parameters: list });
		scenario.fake.fail('logs', fault.status(403, 'Forbidden'), Infinity);
		const { error } = await runInEngine(scenario).done;
		expect(error?.message).toBe("This API key isn't allowed to read the usage logs");
	});
});

describe('Retry On Fail buys nothing twice', () => {
	const SLOW = { durationMs: 2500 };
	const TWO_TRIES = { pollingInterval: 1, timeout: 1 };

	it.each([
		[
			'a seed by chance',
			{ options: { ...TWO_TRIES, seed: '={{ Math.floor(Math.random()*1e9) }}' } },
		],
		[
			'the time in a link',
			{ characterUrl: '=https://example.com/a.jpg?{{ $now.toMillis() }}', options: TWO_TRIES },
		],
		[
			'a frame size by chance',
			{ frameSize: '={{ Math.random() < 0.5 ? "960:960" : "1280:720" }}', options: TWO_TRIES },
		],
	])('though the node has %s', async (_, parameters) => {
		const scenario = await setup({
			server: SLOW,
			parameters: { ...LINK_ONLY, ...parameters },
			settings: RETRY_ON_FAIL,
		});
		const { outputs, error } = await runInEngine(scenario).done;
		expect(error).toBeUndefined();
		expect(outputs[0][0].json.status).toBe('completed');
		expect(scenario.fake.count('create')).toBe(1);
	});

	it('though its options cannot be read any more', async () => {
		const until = Date.now() + 1200;
		const seed = `={{ $now.toMillis() < ${until} ? 1 : $json.missing.seed }}`;
		const scenario = await setup({
			server: SLOW,
			parameters: { ...LINK_ONLY, options: { ...TWO_TRIES, seed } },
			settings: { ...RETRY_ON_FAIL, maxTries: 5 },
		});
		const { outputs, error } = await runInEngine(scenario).done;
		expect(error).toBeUndefined();
		expect(outputs[0][0].json.status).toBe('completed');
		expect(scenario.fake.count('create')).toBe(1);
	});

	it.each([
		['in another order', [1, 2, 0]],
		['without one of them', [2, 0]],
	])('though a link expired and the items come %s', async (_, order) => {
		const items = [{ json: { n: 1 } }, { json: { n: 2 } }, { json: { n: 2 } }];
		const scenario = await setup({
			server: SLOW,
			items,
			parameters: { ...LINK_ONLY, options: { timeout: 1 } },
		});
		const first = await runInEngine(scenario).done;
		expect(first.error?.message).toContain('2 other generations are still running');
		expect(first.error?.description).toContain('Retry this execution');
		const again = order.map((index) => items[index]);
		await new Promise((resolve) => setTimeout(resolve, 2000));
		const second = await runInEngine({
			...scenario,
			parameters: { ...scenario.parameters, options: { pollingInterval: 1, checkLinks: true } },
			items: again,
			before: first.data,
		}).done;
		expect(second.error).toBeUndefined();
		const ids = new Set(second.outputs[0].map(({ json }) => json.id));
		expect(ids.size).toBe(order.length);
		expect(scenario.fake.generations.map(({ id }) => id)).toEqual(expect.arrayContaining([...ids]));
		expect(scenario.fake.count('create')).toBe(3);
	});
});

describe('what something in front of the API answers', () => {
	const text =
		(code: number, body: string): fault.Fault =>
		({ response }) => {
			response.writeHead(code, { 'content-type': 'text/plain' });
			response.end(body);
		};

	it.each([
		[403, 'error code: 1010'],
		[401, 'Unauthorized'],
		[404, ''],
		[401, ''],
		[403, '<html><title>Sign in</title></html>'],
	])('HTTP %i “%s” ends no wait and buys nothing twice', async (code, body) => {
		const scenario = await setup({ parameters: LINK_ONLY, settings: RETRY_ON_FAIL });
		scenario.fake.fail('create', fault.accepted(text(code, body)));
		scenario.fake.fail('retrieve', text(code, body));
		scenario.fake.fail('logs', text(code, body));
		const { outputs, error } = await runInEngine(scenario).done;
		expect(error).toBeUndefined();
		expect(outputs[0][0].json.status).toBe('completed');
		expect(scenario.fake.count('create')).toBe(1);
	});
});

it.each([
	['within data', (id: string) => ({ data: { id } })],
	['as that of a task', (id: string) => ({ task_id: id, message: 'OK' })],
])('an ID that a response of success has %s is looked at before the logs', async (_, bodyOf) => {
	const scenario = await setup({ parameters: LINK_ONLY });
	scenario.fake.fail('create', (context) => {
		context.accept();
		fault.body(JSON.stringify(bodyOf(scenario.fake.generations[0].id)))(context);
	});
	const { outputs, error } = await runInEngine(scenario).done;
	expect(error).toBeUndefined();
	expect(outputs[0][0].json.id).toBe(scenario.fake.generations[0].id);
	expect(scenario.fake.count('logs')).toBe(0);
	expect(scenario.fake.count('create')).toBe(1);
});

it('a response of success that says there are no credits is shown, and not sent again', async () => {
	const scenario = await setup({ parameters: { options: { timeout: 3 } } });
	scenario.fake.fail('create', fault.body('{"error":{"message":"Insufficient balance"}}'));
	const { error } = await runInEngine(scenario).done;
	expect(error?.description).toContain('“Insufficient balance”');
	expect(scenario.fake.count('create')).toBe(1);
});

it('a 429 and the POST after it are told apart in the logs', async () => {
	const scenario = await setup({ parameters: LINK_ONLY });
	scenario.fake.fail('create', fault.status(429, 'Too Many Requests'));
	scenario.fake.fail('create', fault.accepted(fault.reset));
	const { error } = await runInEngine(scenario).done;
	expect(error).toBeUndefined();
	const posts = scenario.fake.requests.filter(({ kind }) => kind === 'create');
	expect(new Set(posts.map(({ clientRequestId }) => clientRequestId)).size).toBe(2);
});

it.each([
	[{ detail: [{ loc: ['body'], msg: 'No face found', type: 'v' }] }],
	[{ name: 'VALIDATION', message: 'The video is too long' }],
	[null],
])('after the failure %j Retry On Fail sends no second POST', async (failure) => {
	const scenario = await setup({
		server: { statuses: [[0, 'error']], failure },
		settings: { ...RETRY_ON_FAIL, maxTries: 5 },
	});
	await runInEngine(scenario).done;
	expect(scenario.fake.count('create')).toBe(1);
});
