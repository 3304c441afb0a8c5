import { PRICINGS } from '../support/fakeAimlapi/account.cts';
import * as fault from '../support/fakeAimlapi/faults.cts';
import type { Fault } from '../support/fakeAimlapi/faults.cts';
import type { FakeAimlapiOptions } from '../support/fakeAimlapi/server.cts';
import { runInEngine } from './engine.cts';
import { closeFakeAimlapi, ITEM_WITH_FILES, setup } from './setup.cts';

afterEach(closeFakeAimlapi);

const estimate = async (
	server: FakeAimlapiOptions = {},
	parameters = {},
	items = [ITEM_WITH_FILES],
) =>
	await setup({
		server,
		items,
		parameters: {
			resource: 'cost',
			operation: 'estimateCost',
			characterSource: 'file',
			referenceSource: 'file',
			...parameters,
		},
	});

const INPUTS = {
	frameSize: '960:960',
	character: { kind: 'image', format: 'PNG', width: 480, height: 480 },
	reference: { kind: 'video', format: 'MP4', width: 848, height: 480 },
};

it('says what a video would cost and pays nothing', async () => {
	const scenario = await estimate();
	const { outputs, hints, error } = await runInEngine(scenario).done;
	expect(error).toBeUndefined();
	const [{ json, pairedItem }] = outputs[0];
	expect(json).toEqual({
		estimatedCostUsd: 0.195,
		pricePerSecondUsd: 0.065,
		durationSeconds: 3,
		balanceUsd: 12.5,
		typicalSeconds: { median: 44.1, p90: 68.4 },
		...INPUTS,
	});
	expect(pairedItem).toEqual({ item: 0 });
	expect(hints).toEqual([]);
	expect(scenario.fake.count('create')).toBe(0);
});

it('asks for prices, times and the balance once for all items', async () => {
	const scenario = await estimate(
		{},
		{},
		Array.from({ length: 5 }, () => ITEM_WITH_FILES),
	);
	const { outputs } = await runInEngine(scenario).done;
	expect(outputs[0]).toHaveLength(5);
	for (const kind of ['catalogue', 'metrics', 'billing'] as const) {
		expect(scenario.fake.count(kind)).toBe(1);
	}
});

it('follows the frame size, the one that matches the character too', async () => {
	const catalogue = { pricing: PRICINGS.byFrameSize };
	const small = await estimate({ catalogue }, { frameSize: '640:480' });
	const { outputs } = await runInEngine(small).done;
	expect(outputs[0][0].json).toMatchObject({
		estimatedCostUsd: 0.06,
		pricePerSecondUsd: 0.02,
		frameSize: '640:480',
	});
});

it('refuses what cannot be used, as Create Video does', async () => {
	const swapped = {
		json: {},
		binary: {
			character: ITEM_WITH_FILES.binary.reference,
			reference: ITEM_WITH_FILES.binary.reference,
		},
	};
	const { error } = await runInEngine(await estimate({}, {}, [swapped])).done;
	expect(error?.message).toMatch(/^Character file must be an image/);
});

it.each<[what: string, pricing: unknown, hint: string]>([
	['varies', PRICINGS.variable, 'AIMLAPI has no fixed price for this model'],
	['has no number of units', PRICINGS.withoutPer, 'AIMLAPI does not say for how many units it is'],
	['is in euros', PRICINGS.inEuros, 'AIMLAPI shows it in EUR'],
])('a price that %s is absent, and a hint says why', async (_, pricing, hint) => {
	const { outputs, hints } = await runInEngine(await estimate({ catalogue: { pricing } })).done;
	expect(outputs[0][0].json).not.toHaveProperty('estimatedCostUsd');
	expect(outputs[0][0].json).not.toHaveProperty('pricePerSecondUsd');
	expect(outputs[0][0].json).toMatchObject({
		balanceUsd: 12.5,
		durationSeconds: 3,
	});
	expect(hints.map(({ message }) => message)).toEqual([`The price is not known: ${hint}.`]);
});

it('a price by the video is the whole cost, whatever the length', async () => {
	const catalogue = { pricing: PRICINGS.perGeneration };
	const { outputs } = await runInEngine(await estimate({ catalogue })).done;
	expect(outputs[0][0].json.estimatedCostUsd).toBe(0.325);
	expect(outputs[0][0].json).not.toHaveProperty('pricePerSecondUsd');
});

it('a length that is not known is absent, and a hint says so', async () => {
	const scenario = await estimate({}, { characterSource: 'url', referenceSource: 'url' });
	const { outputs, hints } = await runInEngine(scenario).done;
	expect(outputs[0][0].json).toEqual({
		pricePerSecondUsd: 0.065,
		balanceUsd: 12.5,
		typicalSeconds: { median: 44.1, p90: 68.4 },
		frameSize: expect.any(String),
	});
	expect(hints[0].message).toMatch(/^The length of the reference video is not known: /);
});

describe.each<[what: string, fault: Fault]>([
	['404', fault.status(404, 'Not Found')],
	['403', fault.status(403, 'Forbidden')],
	['500', fault.status(500)],
	['a page', fault.html(200)],
	['an empty object', fault.body('{}')],
	['half a JSON', fault.body('{"data":[')],
	['a reset', fault.reset],
	['a redirect', fault.redirect('https://example.com/')],
])('answered with %s everywhere', (_, broken) => {
	it('the file alone is described, and hints say what is missing', async () => {
		const scenario = await estimate();
		for (const kind of ['catalogue', 'metrics', 'billing'] as const) {
			scenario.fake.fail(kind, broken, Infinity);
		}
		const { outputs, hints, error } = await runInEngine(scenario).done;
		expect(error).toBeUndefined();
		expect(outputs[0][0].json).toEqual({ durationSeconds: 3, ...INPUTS });
		expect(hints.map(({ message }) => message.replace(/ is not known: .+\.$/, ''))).toEqual([
			'The price',
			'The balance',
			'How long it takes now',
		]);
	});
});

it('does not wait longer than some seconds for who never answers', async () => {
	const scenario = await estimate();
	for (const kind of ['catalogue', 'metrics', 'billing'] as const) {
		scenario.fake.fail(kind, fault.hang, Infinity);
	}
	const start = Date.now();
	const { outputs } = await runInEngine(scenario).done;
	expect(Date.now() - start).toBeLessThan(15_000);
	expect(outputs[0][0].json).toEqual({ durationSeconds: 3, ...INPUTS });
});

it('a balance in another currency is absent', async () => {
	const balance = { current_balance: 12.5, currency: 'EUR' };
	const { outputs } = await runInEngine(await estimate({ balance })).done;
	expect(outputs[0][0].json).not.toHaveProperty('balanceUsd');
});
