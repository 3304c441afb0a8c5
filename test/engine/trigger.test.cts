import * as fault from '../support/fakeAimlapi/faults.cts';
import type { FakeAimlapi, FakeAimlapiOptions } from '../support/fakeAimlapi/server.cts';
import { runInEngine } from './engine.cts';
import { closeFakeAimlapi, setup, VIDEO_BYTES } from './setup.cts';
import { PublishedTrigger } from './trigger.cts';

const HOUR_MS = 3_600_000;

/** Time as n8n and AIMLAPI see it; moved forward by hand. */
let ahead = 0;
const realNow = Date.now;
beforeEach(() => {
	ahead = 0;
	jest.spyOn(Date, 'now').mockImplementation(() => realNow() + ahead);
});
afterEach(async () => {
	jest.restoreAllMocks();
	await closeFakeAimlapi();
});
const pass = (ms: number) => {
	ahead += ms;
};

let fake: FakeAimlapi;
let create: (count?: number) => Promise<string[]>;

/** A trigger, and an execution of another workflow that only creates. */
async function start(server: FakeAimlapiOptions = {}, parameters: object = {}) {
	const scenario = await setup({ parameters: { operation: 'create' }, server });
	fake = scenario.fake;
	create = async (count = 1) => {
		const items = Array.from({ length: count }, () => ({ json: {} }));
		const { outputs, error } = await runInEngine({ ...scenario, items }).done;
		if (error) throw error;
		return outputs[0].map(({ json }) => json.id as string);
	};
	return new PublishedTrigger(scenario.credential, {
		downloadVideo: false,
		...parameters,
	} as never);
}

const idsOf = (items: Array<{ json: { id?: unknown } }>) => items.map(({ json }) => json.id);

it('gives each finished video once, with the fields of Get Video and its file', async () => {
	const trigger = await start({}, { downloadVideo: true });
	expect(await trigger.activate()).toEqual([]);
	const [id] = await create();
	expect(await trigger.poll()).toEqual([]);
	pass(1000);
	const items = await trigger.poll();
	expect(items).toEqual([
		{
			json: {
				id,
				status: 'completed',
				videoUrl: expect.stringContaining(fake.cdnUrl),
				videoUrlExpiresAt: expect.any(String),
				creditsUsed: 650_000,
				costUsd: 0.325,
				createdAt: new Date(fake.generations[0].createdAt).toISOString(),
				executionId: 'execution',
			},
			binary: { data: expect.objectContaining({ mimeType: 'video/mp4', bytes: VIDEO_BYTES }) },
		},
	]);
	for (let polls = 0; polls < 3; polls++) {
		pass(60_000);
		expect(await trigger.poll()).toEqual([]);
	}
});

it('brings nothing that was created before it was activated', async () => {
	const trigger = await start();
	await create(2);
	pass(2000);
	expect(await trigger.activate()).toEqual([]);
	pass(60_000);
	expect(await trigger.poll()).toEqual([]);

	// Neither after it was off for a while.
	await create();
	pass(HOUR_MS);
	expect(await trigger.activate()).toEqual([]);
	expect(await trigger.poll()).toEqual([]);
});

it('finds after a kill what was created before it, and repeats nothing', async () => {
	const trigger = await start({ durationMs: 30_000 });
	await trigger.activate();
	const [first] = await create();
	pass(31_000);
	expect(idsOf(await trigger.poll())).toEqual([first]);
	const [second] = await create();
	// It has been seen running, which n8n has not saved.
	expect(await trigger.poll()).toEqual([]);
	pass(5 * HOUR_MS);
	expect(idsOf(await trigger.restart())).toEqual([second]);
	expect(await trigger.restart()).toEqual([]);
	pass(60_000);
	expect(await trigger.poll()).toEqual([]);
});

it('finds what is new after more time than the logs can be asked for at once', async () => {
	const trigger = await start({ durationMs: 1000 });
	await trigger.activate();
	pass(100 * 24 * HOUR_MS);
	expect(await trigger.restart()).toEqual([]);
	const [id] = await create();
	pass(60_000);
	expect(idsOf(await trigger.poll())).toEqual([id]);
});

it('a video that ends before the first kill is not lost either', async () => {
	const trigger = await start({ durationMs: 1000 });
	await trigger.activate();
	const [id] = await create();
	pass(2000);
	expect(idsOf(await trigger.restart())).toEqual([id]);
});

it.each<[what: string, server: FakeAimlapiOptions]>([
	['come late and overtake one another', { logsLagMs: (index) => (4 - index) * 10 * 60_000 }],
	['come only after the end', { logsAfterEnd: true }],
	['come in no order', { logsShuffled: true }],
	['come hours late', { logsLagMs: (index) => (index % 2) * 5 * HOUR_MS }],
])(
	'nothing twice and nothing lost where rows %s',
	async (_, server) => {
		const trigger = await start({ durationMs: (index) => 500 + index * 90_000, ...server });
		await trigger.activate();
		const created: string[] = [];
		const got: unknown[] = [];
		for (let minute = 0; minute < 420; minute++) {
			if (minute < 4) created.push(...(await create()));
			pass(60_000);
			got.push(...idsOf(await trigger.poll()));
			if (minute === 60) got.push(...idsOf(await trigger.restart()));
		}
		expect(got.sort()).toEqual(created.sort());
	},
	60_000,
);

it('reads on where more than a page of rows came between two polls', async () => {
	const trigger = await start({ durationMs: 100 });
	await trigger.activate();
	const created: string[] = [];
	for (let round = 0; round < 6; round++) created.push(...(await create(20)));
	pass(1000);
	const got = [...idsOf(await trigger.poll()), ...idsOf(await trigger.poll())];
	expect(got.sort()).toEqual(created.sort());
	expect(await trigger.poll()).toEqual([]);
}, 60_000);

describe.each([
	['barred', fault.status(403, 'Forbidden')],
	['away', fault.status(503)],
	['a page', fault.html(200)],
])('with the logs %s for an hour', (what, broken) => {
	it('nothing is lost, nothing comes twice', async () => {
		const trigger = await start({ durationMs: 1000 });
		await trigger.activate();
		const [early] = await create();
		expect(await trigger.poll()).toEqual([]);
		let isBroken = true;
		fake.fail('logs', broken, Infinity, () => isBroken);
		const got: unknown[] = [];
		let failures = 0;
		for (let minute = 0; minute < 60; minute++) {
			pass(60_000);
			try {
				got.push(...idsOf(await trigger.poll()));
			} catch {
				failures++;
			}
		}
		// What it knew of needs no logs; a key that lost its right fails one execution, not sixty.
		expect(got).toEqual([early]);
		expect(failures).toBe(what === 'barred' ? 1 : 0);
		const [late] = await create();
		isBroken = false;
		pass(60_000);
		expect(idsOf(await trigger.poll())).toEqual([late]);
		expect(await trigger.poll()).toEqual([]);
	});
});

it('cannot be activated with a key that may not read the logs', async () => {
	const trigger = await start();
	fake.fail('logs', fault.status(403, 'Forbidden'), Infinity);
	await expect(trigger.activate()).rejects.toThrow(/usage logs/);
});

it('status checks that fail are made again at the next poll', async () => {
	const trigger = await start({ durationMs: 1000 });
	await trigger.activate();
	const [id] = await create();
	pass(2000);
	fake.fail('retrieve', fault.status(500), 1);
	expect(await trigger.poll()).toEqual([]);
	fake.fail('retrieve', fault.status(404, 'Not Found'), 1);
	expect(await trigger.poll()).toEqual([]);
	fake.fail('retrieve', fault.html(), 1);
	expect(await trigger.poll()).toEqual([]);
	expect(idsOf(await trigger.poll())).toEqual([id]);
});

it('On Generation Failed gives failures and no videos, the other event the other way round', async () => {
	const failure = { name: 'SAFETY.INPUT.IMAGE', message: 'Moderated' };
	const trigger = await start({ failure, durationMs: 0 }, { event: 'generationFailed' });
	const other = new PublishedTrigger({ apiKey: fake.key, baseUrl: fake.url });
	await trigger.activate();
	await other.activate();
	const [id] = await create();
	pass(1000);
	expect((await trigger.poll())[0].json).toMatchObject({ id, status: 'error', failure });
	expect(await other.poll()).toEqual([]);
	expect(await trigger.poll()).toEqual([]);
});

/** By another application with the same key, or by another n8n instance. */
async function createByOther(clientRequestId?: string): Promise<void> {
	await fetch(`${fake.url}/v2/video/generations`, {
		method: 'POST',
		headers: {
			authorization: `Bearer ${fake.key}`,
			'content-type': 'application/json',
			...(clientRequestId !== undefined && { 'x-client-request-id': clientRequestId }),
		},
		body: JSON.stringify(fake.requests.find(({ kind }) => kind === 'create')?.body),
	});
}

it('of the whole key where wanted, and of this n8n instance else', async () => {
	const trigger = await start({ durationMs: 0 });
	const all = new PublishedTrigger(
		{ apiKey: fake.key, baseUrl: fake.url },
		{ createdBy: 'apiKey', downloadVideo: false },
	);
	await trigger.activate();
	await all.activate();
	const [own] = await create();
	await createByOther();
	await createByOther('n8n.12.0.0.0123abcd.00000000.0123456789abcdef');
	pass(1000);
	expect(idsOf(await trigger.poll())).toEqual([own]);
	expect(idsOf(await all.poll()).sort()).toEqual(fake.generations.map(({ id }) => id).sort());
});

it('Fetch Test Event brings the latest, also one of before, and settles nothing', async () => {
	const trigger = await start({ durationMs: 1000 });
	await expect(trigger.fetchTestEvent()).rejects.toThrow(/No generation of this kind/);
	await create();
	pass(10_000);
	const [id] = await create();
	pass(10_000);
	expect(idsOf(await trigger.fetchTestEvent())).toEqual([id]);
	expect(idsOf(await trigger.fetchTestEvent())).toEqual([id]);
	await trigger.activate();
	const [next] = await create();
	pass(10_000);
	expect(idsOf(await trigger.fetchTestEvent())).toEqual([next]);
	expect(idsOf(await trigger.poll())).toEqual([next]);
});

it('Fetch Test Event finds a failure behind many videos of its own and of others', async () => {
	const trigger = await start({ durationMs: 0 }, { event: 'generationFailed' });
	const [failed] = await create();
	const answer = JSON.stringify({ id: failed, status: 'error', error: { message: 'Moderated' } });
	fake.fail('retrieve', fault.body(answer), Infinity, ({ path }) => path.includes(failed));
	pass(1000);
	await create(25);
	pass(1000);
	for (let count = 0; count < 80; count++) await createByOther();
	pass(1000);
	expect(idsOf(await trigger.fetchTestEvent())).toEqual([failed]);
}, 60_000);

it('a log that always speaks of more is read to its end', async () => {
	const trigger = await start({ durationMs: 0 });
	await trigger.activate();
	const [id] = await create();
	pass(1000);
	const row = {
		created: new Date(Date.now()).toISOString(),
		inference_id: id,
		status: 'succeeded',
	};
	const { clientRequestId } = fake.generations[0];
	const data = [{ ...row, client_request_id: clientRequestId }];
	const page = fault.body(JSON.stringify({ data, pagination: { has_more: true } }));
	fake.fail('logs', page, Infinity);
	expect(idsOf(await trigger.poll())).toEqual([id]);
	expect(fake.count('logs')).toBeLessThan(5);
});

it('a poll that starts while another is at work does nothing', async () => {
	const trigger = await start({ durationMs: 0 });
	await trigger.activate();
	const [id] = await create();
	pass(1000);
	fake.fail('retrieve', fault.delay(500));
	const [first, second] = await Promise.all([trigger.poll(), trigger.poll()]);
	expect([idsOf(first), idsOf(second)]).toEqual([[id], []]);
});
