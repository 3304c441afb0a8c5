import { PRICINGS } from '../support/fakeAimlapi/account.cts';
import * as fault from '../support/fakeAimlapi/faults.cts';
import { runInEngine } from './engine.cts';
import { closeFakeAimlapi, ITEM_WITH_FILES, setup } from './setup.cts';

afterEach(closeFakeAimlapi);

/** At $0.065 a second, each item costs $0.195. */
interface Case {
	maxCost: unknown;
	count?: number;
	parameters?: object;
	server?: object;
	settings?: object;
}

const limited = async ({ maxCost, count = 4, parameters = {}, server = {}, settings }: Case) =>
	await setup({
		server,
		...(settings && { settings }),
		items: Array.from({ length: count }, () => ITEM_WITH_FILES),
		parameters: {
			characterSource: 'file',
			referenceSource: 'file',
			downloadVideo: false,
			options: { maxCost },
			...parameters,
		},
	});

it.each(['create', 'createAndWait'])(
	'%s sends what costs as much as is allowed',
	async (operation) => {
		const scenario = await limited({ maxCost: 0.78, parameters: { operation } });
		const { outputs, error } = await runInEngine(scenario).done;
		expect(error).toBeUndefined();
		expect(outputs[0]).toHaveLength(4);
		expect(scenario.fake.count('create')).toBe(4);
		expect(scenario.fake.count('catalogue')).toBe(1);
	},
);

it.each(['create', 'createAndWait'])(
	'%s sends nothing that costs a cent more',
	async (operation) => {
		const scenario = await limited({ maxCost: 0.77, parameters: { operation } });
		const { error } = await runInEngine(scenario).done;
		expect(error?.message).toBe("4 videos would cost $0.78, more than 'Max Cost' allows ($0.77)");
		expect(error?.description).toContain('4 items, 12 seconds, at $0.065 a second.');
		expect(scenario.fake.count('create')).toBe(0);
	},
);

it('takes an expression for the sum that it means', async () => {
	const scenario = await limited({ maxCost: '={{ 0.69 - 0.3 }}', count: 2 });
	expect(0.69 - 0.3).toBeLessThan(0.39);
	expect((await runInEngine(scenario).done).error).toBeUndefined();
	expect(scenario.fake.count('create')).toBe(2);
});

it('refuses each item where the workflow continues', async () => {
	const settings = { onError: 'continueRegularOutput' };
	const scenario = await limited({ maxCost: 0.1, count: 2, settings });
	const { outputs } = await runInEngine(scenario).done;
	expect(outputs[0].map(({ json }) => json.error)).toEqual(
		[0, 1].map(() =>
			expect.objectContaining({ message: expect.stringMatching(/^2 videos would/) }),
		),
	);
	expect(scenario.fake.count('create')).toBe(0);
});

it('does not ask for a price where it is not set', async () => {
	const scenario = await limited({ maxCost: '' });
	await runInEngine(scenario).done;
	expect(scenario.fake.count('catalogue')).toBe(0);
	expect(scenario.fake.count('create')).toBe(4);
});

it('counts nothing for what a try before has created', async () => {
	const first = await limited({ maxCost: 0.39, count: 2, server: { durationMs: 4000 } });
	first.parameters = {
		...first.parameters,
		options: { maxCost: 0.39, pollingInterval: 1, timeout: 1, checkLinks: false },
	};
	const failed = await runInEngine(first).done;
	expect(failed.error?.message).toMatch(/not ready within 1 second/);
	first.fake.options.catalogue = {
		pricing: { kind: 'fixed', units: [{ price: 99, unit: 'second', per: 1 }] },
	};
	first.fake.options.durationMs = 0;
	const { error } = await runInEngine({
		...first,
		parameters: {
			...first.parameters,
			options: { maxCost: 0.39, pollingInterval: 1, timeout: 30, checkLinks: false },
		},
		before: failed.data,
	}).done;
	expect(error).toBeUndefined();
	expect(first.fake.count('create')).toBe(2);
}, 60_000);

it.each([
	['varies', { catalogue: { pricing: PRICINGS.variable } }, /no fixed price/],
	['has no number of units', { catalogue: { pricing: PRICINGS.withoutPer } }, /how many units/],
	['is in euros', { catalogue: { pricing: PRICINGS.inEuros } }, /EUR/],
])('refuses where the price %s', async (_, server, reason) => {
	const scenario = await limited({ maxCost: 1000, server });
	const { error } = await runInEngine(scenario).done;
	expect(error?.message).toBe("'Max Cost' cannot be checked: the price is not known");
	expect(error?.description).toMatch(reason);
	expect(scenario.fake.count('create')).toBe(0);
});

it.each([
	['404', fault.status(404, 'Not Found')],
	['500', fault.status(500)],
	['a page', fault.html(200)],
	['nothing', fault.hang],
])(
	'refuses where the catalogue answers %s; without the option the video is made',
	async (_, broken) => {
		const scenario = await limited({ maxCost: 1000, count: 1 });
		scenario.fake.fail('catalogue', broken, Infinity);
		const { error } = await runInEngine(scenario).done;
		expect(error?.message).toBe("'Max Cost' cannot be checked: the price is not known");
		expect(scenario.fake.count('create')).toBe(0);
		delete (scenario.parameters.options as { maxCost?: unknown }).maxCost;
		expect((await runInEngine(scenario).done).error).toBeUndefined();
		expect(scenario.fake.count('create')).toBe(1);
	},
	60_000,
);

it('refuses where a length is not known, and names the item', async () => {
	const scenario = await limited({
		maxCost: 1000,
		count: 1,
		parameters: { referenceSource: 'url' },
	});
	const { error } = await runInEngine(scenario).done;
	expect(error?.message).toMatch(/length of the reference video is not known$/);
	expect(error?.description).toContain('(item 0)');
	expect(scenario.fake.count('create')).toBe(0);
});

it('the strictest of several limits counts', async () => {
	const scenario = await limited({ maxCost: '={{ $itemIndex === 2 ? 0.5 : 100 }}' });
	const { error } = await runInEngine(scenario).done;
	expect(error?.message).toMatch(/more than 'Max Cost' allows \(\$0\.50\)$/);
	expect(scenario.fake.count('create')).toBe(0);
});

it('a refusal for lack of credits says what is there and what it would cost', async () => {
	const scenario = await limited({
		maxCost: '',
		count: 1,
		server: { balance: { current_balance: 0.12, currency: 'USD' } },
	});
	scenario.fake.fail('create', fault.status(403, "You've run out of credits."), Infinity);
	const { error } = await runInEngine(scenario).done;
	expect(error?.httpCode).toBe('403');
	expect(error?.description).toContain('The balance is $0.12. This video would cost $0.195.');
});
