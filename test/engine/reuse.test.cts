import * as fault from '../support/fakeAimlapi/faults.cts';
import type { FakeAimlapiOptions } from '../support/fakeAimlapi/server.cts';
import { runInEngine } from './engine.cts';
import type { NodeSettings } from './engine.cts';
import { closeFakeAimlapi, setup } from './setup.cts';

afterEach(closeFakeAimlapi);

/** Each test has a video of its own: what a process has created it remembers. */
let seed = 0;
beforeEach(() => {
	seed++;
});

const start = async (server: FakeAimlapiOptions = {}, options = {}, parameters = {}) =>
	await setup({
		server,
		parameters: {
			downloadVideo: false,
			...parameters,
			options: { seed, reuseRecent: 1, ...options },
		},
	});

/** Each is an execution of its own. */
const execute = (scenario: NodeSettings) =>
	runInEngine({ ...scenario, executionId: String(executions++) });
let executions = 1;

const run = async (scenario: NodeSettings) => {
	const { outputs, error, hints } = await execute(scenario).done;
	if (error) throw error;
	return { items: outputs[0], json: outputs[0][0].json, hints };
};

/** As another process has created it: this one knows nothing of it. */
async function createdElsewhere(scenario: Awaited<ReturnType<typeof start>>): Promise<string> {
	const { seed: own, ...others } = scenario.parameters.options as { seed: number };
	// The digest of the content is that of this node; the process's memory is that of another account.
	await run({
		...scenario,
		credential: { ...scenario.credential, apiKey: `Bearer ${scenario.credential.apiKey}` },
		parameters: { ...scenario.parameters, operation: 'create', options: { ...others, seed: own } },
	});
	return scenario.fake.generations.at(-1)?.id as string;
}

it('is off unless set: the same content is bought again', async () => {
	const scenario = await start({}, { reuseRecent: '' });
	const first = await run(scenario);
	const second = await run(scenario);
	expect(second.json.id).not.toBe(first.json.id);
	expect(second.json).not.toHaveProperty('reused');
	expect(scenario.fake.count('create')).toBe(2);
	expect(scenario.fake.count('logs')).toBe(0);
});

it.each(['create', 'createAndWait'])(
	'%s takes the finished one, with a new link',
	async (operation) => {
		const scenario = await start({ durationMs: 0 });
		const { json } = await run(scenario);
		const again = await run({ ...scenario, parameters: { ...scenario.parameters, operation } });
		expect(again.json).toMatchObject({ id: json.id, status: 'completed', reused: true });
		expect(again.json).not.toHaveProperty('costUsd');
		expect(scenario.fake.count('create')).toBe(1);
	},
);

it('two executions that start within milliseconds share one POST', async () => {
	const scenario = await start({ durationMs: 2000, logsLagMs: 60_000 });
	const both = await Promise.all([run(scenario), run(scenario)]);
	expect(scenario.fake.count('create')).toBe(1);
	expect(new Set(both.map(({ json }) => json.id)).size).toBe(1);
	expect(both.map(({ json }) => json.reused === true).sort()).toEqual([false, true]);
});

it('five items of the same content in one execution are bought once', async () => {
	const scenario = await start({ logsLagMs: 60_000 });
	const items = Array.from({ length: 5 }, () => ({ json: {} }));
	const { items: outputs } = await run({ ...scenario, items });
	expect(new Set(outputs.map(({ json }) => json.id)).size).toBe(1);
	expect(scenario.fake.count('create')).toBe(1);
});

it('finds in the logs what another process has created, and waits where it still runs', async () => {
	const scenario = await start({ durationMs: 2500 });
	const id = await createdElsewhere(scenario);
	const { json } = await run(scenario);
	expect(json).toMatchObject({ id, status: 'completed', reused: true });
	expect(scenario.fake.count('create')).toBe(1);
});

it.each(['create', 'createAndWait'])(
	'a retry of %s still says that the video was reused',
	async (operation) => {
		const scenario = await start({ durationMs: 4000 }, {}, { operation });
		const id = await createdElsewhere(scenario);
		const options = { ...(scenario.parameters.options as object), timeout: 1 };
		const impatient = { ...scenario, parameters: { ...scenario.parameters, options } };
		const first = await execute(impatient).done;
		const { outputs, error } = await execute({ ...scenario, before: first.data }).done;
		expect(error).toBeUndefined();
		expect(outputs[0][0].json).toMatchObject({ id, reused: true });
		expect(scenario.fake.count('create')).toBe(1);
	},
);

it('creates again what has failed', async () => {
	const scenario = await start({ durationMs: 0, failure: { name: 'INTERNAL', message: 'Sorry' } });
	await createdElsewhere(scenario);
	await expect(run(scenario)).rejects.toMatchObject({
		message: expect.stringContaining('ended without a video'),
	});
	expect(scenario.fake.count('create')).toBe(2);
	delete scenario.fake.options.failure;
	// The second one has not failed after all, says AIMLAPI now; it is not bought a third time.
	expect((await run(scenario)).json).toMatchObject({ status: 'completed', reused: true });
	expect(scenario.fake.count('create')).toBe(2);
});

it.each<[what: string, change: { options?: object; [name: string]: unknown }]>([
	['another seed', { options: { seed: 4_000_000_000, reuseRecent: 1 } }],
	['another character', { characterUrl: 'https://example.com/other.jpg' }],
	['another performance', { referenceUrl: 'https://example.com/other.mp4' }],
	['another frame size', { frameSize: '960:960' }],
])('%s is another video', async (_, { options, ...change }) => {
	const scenario = await start({ durationMs: 0 });
	await run(scenario);
	const parameters = { ...scenario.parameters, ...change };
	if (options) parameters.options = { ...(scenario.parameters.options as object), ...options };
	const { json } = await run({ ...scenario, parameters } as NodeSettings);
	expect(json).not.toHaveProperty('reused');
	expect(scenario.fake.count('create')).toBe(2);
});

it('what is older than asked for is bought again', async () => {
	let now = Date.now() - 2 * 3_600_000;
	const scenario = await start({ durationMs: 0, now: () => now });
	await createdElsewhere(scenario);
	now = Date.now();
	const { json } = await run(scenario);
	expect(json).not.toHaveProperty('reused');
	expect(scenario.fake.count('create')).toBe(2);
});

it.each([
	['barred', fault.status(403, 'Forbidden')],
	['missing', fault.status(404, 'Not Found')],
	['broken', fault.status(500)],
	['a page', fault.html(200)],
])(
	'with the logs %s the video is made, and a hint says why none was looked for',
	async (_, broken) => {
		const scenario = await start({ durationMs: 0 });
		scenario.fake.fail('logs', broken, Infinity);
		const { json, hints } = await run(scenario);
		expect(json.status).toBe('completed');
		expect(hints.some(({ message }) => message.startsWith('Whether there is a recent'))).toBe(true);
		expect(scenario.fake.count('create')).toBe(1);
	},
	60_000,
);

it('an execution that was stopped before it sent anything does not stop the other', async () => {
	const scenario = await start({ durationMs: 0 });
	scenario.fake.fail('logs', fault.delay(1500), 1);
	const first = execute(scenario);
	await scenario.fake.until((fake) => fake.count('logs') === 1);
	const second = execute(scenario);
	await new Promise((done) => setTimeout(done, 300));
	first.stop();
	const { outputs, error } = await second.done;
	await first.done;
	expect(error).toBeUndefined();
	expect(outputs[0][0].json).toMatchObject({ status: 'completed' });
	expect(scenario.fake.count('create')).toBe(1);
});

it("the failure of another item of the first execution is not the second one's", async () => {
	const scenario = await start({ durationMs: 0, logsLagMs: 60_000 });
	const seeded = (seeds: number[]) => ({
		...scenario,
		items: seeds.map((json) => ({ json: { seed: json } })),
		parameters: {
			...scenario.parameters,
			options: { ...(scenario.parameters.options as object), seed: '={{ $json.seed }}' },
		},
	});
	const bad = seed + 1000;
	const isOf =
		(wanted: number) =>
		({ body }: { body?: unknown }) =>
			(body as { seed: number }).seed === wanted;
	scenario.fake.fail('create', refusedAfter(800), 1, isOf(bad));
	scenario.fake.fail('create', fault.delay(2000), 1, isOf(seed));
	const first = execute(seeded([bad, seed]));
	await scenario.fake.until((fake) => fake.count('create') === 2);
	const second = await execute(seeded([seed])).done;
	expect((await first.done).error?.message).toMatch(/did not accept the request/);
	expect(second.error).toBeUndefined();
	expect(second.outputs[0][0].json).toMatchObject({ status: 'completed', reused: true });
	expect(scenario.fake.generations).toHaveLength(1);
});

const refusedAfter =
	(ms: number): fault.Fault =>
	(context) => {
		setTimeout(() => fault.status(400, 'Body validation error')(context), ms);
	};

it('what a stopped execution has sent is looked for by the other, not bought again', async () => {
	const scenario = await start({ durationMs: 0, logsLagMs: 2000 });
	scenario.fake.fail('create', fault.accepted(fault.hang));
	const first = execute(scenario);
	await scenario.fake.until((fake) => fake.count('create') === 1);
	const second = execute(scenario);
	await new Promise((done) => setTimeout(done, 300));
	first.stop();
	await first.done;
	const { outputs, error } = await second.done;
	expect(error).toBeUndefined();
	expect(outputs[0][0].json).toMatchObject({ status: 'completed' });
	expect(scenario.fake.generations).toHaveLength(1);
});

it("Stop ends at once the one that waits for another one's answer", async () => {
	const scenario = await start({ durationMs: 0 });
	scenario.fake.fail('create', fault.delay(4000));
	const first = execute(scenario);
	await scenario.fake.until((fake) => fake.count('create') === 1);
	const second = execute(scenario);
	await new Promise((done) => setTimeout(done, 300));
	second.stop();
	const stoppedAt = Date.now();
	await second.done;
	expect(Date.now() - stoppedAt).toBeLessThan(1000);
	expect((await first.done).error).toBeUndefined();
	expect(scenario.fake.count('create')).toBe(1);
});

it.each(['create', 'createAndWait'])(
	'%s makes anew what the logs show and AIMLAPI no longer knows',
	async (operation) => {
		let now = Date.now() - 20 * 60_000;
		const scenario = await start({ durationMs: 0, now: () => now }, {}, { operation });
		const gone = await createdElsewhere(scenario);
		now = Date.now();
		const isGone = ({ path }: { path: string }) => path.includes(gone);
		scenario.fake.fail('retrieve', fault.status(404, 'Not Found'), Infinity, isGone);
		const { json } = await run(scenario);
		expect(json).not.toHaveProperty('reused');
		expect(json.id).not.toBe(gone);
	},
);
