import * as fault from '../support/fakeAimlapi/faults.cts';
import { startFakeAimlapi } from '../support/fakeAimlapi/server.cts';
import type { FakeAimlapi, FakeAimlapiOptions } from '../support/fakeAimlapi/server.cts';
import { runInEngine } from './engine.cts';
import { closeFakeAimlapi, setup } from './setup.cts';

let fakes: FakeAimlapi[] = [];
afterEach(async () => {
	await closeFakeAimlapi();
	await Promise.all(fakes.map(async (fake) => await fake.close()));
});

/** Items of two tenants in turn, each with a key and a base URL of its own in the credential. */
async function twoTenants(count: number, server: FakeAimlapiOptions = {}) {
	fakes = await Promise.all(
		['a', 'b'].map(
			async (name) => await startFakeAimlapi({ durationMs: 500, key: `key-${name}`, ...server }),
		),
	);
	const items = Array.from({ length: count }, (_, index) => ({ json: { tenant: index % 2 } }));
	const scenario = await setup({
		items,
		parameters: { downloadVideo: false },
		settings: { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 },
		credentialOf: ({ tenant = 0 }) => {
			const { url, key } = fakes[Number(tenant)];
			return { apiKey: key, baseUrl: url };
		},
	});
	return { scenario, first: fakes[0], second: fakes[1] };
}

const idsOf = ({ generations }: FakeAimlapi) => generations.map(({ id }) => id).sort();

/** Each tenant's videos are its own, and its key went to its own API only. */
function expectApart(ids: unknown[], count: number): void {
	for (const [tenant, fake] of fakes.entries()) {
		expect(ids.filter((_, index) => index % 2 === tenant).sort()).toEqual(idsOf(fake));
		expect(fake.generations).toHaveLength(count / 2);
		const keys = new Set(fake.requests.map(({ authorization }) => authorization));
		expect([...keys]).toEqual([`Bearer ${fake.key}`]);
	}
}

it.each([2, 6])('%i items of two accounts: each is paid by its own', async (count) => {
	const { scenario } = await twoTenants(count);
	const { outputs, error } = await runInEngine(scenario).done;
	expect(error).toBeUndefined();
	expectApart(
		outputs[0].map(({ json }) => json.id),
		count,
	);
});

it('each account’s lost responses are found in its own logs', async () => {
	const { scenario, first, second } = await twoTenants(6);
	for (const fake of fakes) fake.fail('create', fault.accepted(fault.reset), 3);
	const { outputs, error } = await runInEngine(scenario).done;
	expect(error).toBeUndefined();
	expectApart(
		outputs[0].map(({ json }) => json.id),
		6,
	);
	expect(first.count('logs')).toBeGreaterThan(0);
	expect(second.count('logs')).toBeGreaterThan(0);
});

it('a retry resumes each in its own account', async () => {
	const { scenario } = await twoTenants(4, { durationMs: 2500 });
	scenario.parameters.options = { pollingInterval: 1, timeout: 1, checkLinks: false };
	scenario.settings = { ...scenario.settings, maxTries: 5 };
	const { outputs, error } = await runInEngine(scenario).done;
	expect(error).toBeUndefined();
	expectApart(
		outputs[0].map(({ json }) => json.id),
		4,
	);
});

it('one account’s limits do not hold the other', async () => {
	const { scenario, first, second } = await twoTenants(2);
	scenario.settings = { onError: 'continueRegularOutput' };
	scenario.parameters.options = { pollingInterval: 1, timeout: 6, checkLinks: false };
	first.fail('create', fault.status(429, 'Too Many Requests', { 'retry-after': '60' }), Infinity);
	const answered: number[] = [];
	second.on('answered', ({ kind }) => kind === 'retrieve' && answered.push(Date.now()));
	const startedAt = Date.now();
	const { outputs } = await runInEngine(scenario).done;
	expect(outputs[0][0].json.error).toMatchObject({
		message: expect.stringContaining('too many requests'),
	});
	expect(outputs[0][1].json).toMatchObject({ id: idsOf(second)[0], status: 'completed' });
	expect(Math.max(...answered) - startedAt).toBeLessThan(4000);
});

it('a key that is wrong costs only its own items', async () => {
	const { scenario, second } = await twoTenants(4);
	scenario.settings = { onError: 'continueRegularOutput' };
	const { credentialOf } = scenario;
	scenario.credentialOf = (item) => ({
		...scenario.credential,
		...credentialOf?.(item),
		...(item.tenant === 0 && { apiKey: 'wrong' }),
	});
	const { outputs } = await runInEngine(scenario).done;
	expect(outputs[0].map(({ json }) => json.status ?? 'failed')).toEqual([
		'failed',
		'completed',
		'failed',
		'completed',
	]);
	expect(second.generations).toHaveLength(2);
});
