import { getEventListeners, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

import * as fault from '../support/standin/faults.cts';
import { runInEngine } from './engine.cts';
import { closeStandin, given } from './given.cts';

afterEach(closeStandin);

const timers = () =>
	process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;

/** Longer than the longest pause between two requests of these tests. */
const SETTLED_MS = 2500;

const looked = async (setting: Awaited<ReturnType<typeof given>>, looks = 1) =>
	await setting.standin.until(
		({ requests }) =>
			requests.filter(({ kind, status }) => kind === 'retrieve' && status === 200).length >= looks,
	);

describe('Stop', () => {
	it('ends a wait at once: no request, no item, no timer and no listener is left', async () => {
		const items = [{ json: {} }, { json: {} }];
		const setting = await given(
			{},
			{ durationMs: 60_000 },
			{ items, settings: { onError: 'continueRegularOutput' } },
		);
		const before = timers();
		const running = runInEngine(setting);
		await looked(setting, items.length);
		const stoppedAt = Date.now();
		running.stop();
		const { outputs, customData, cancelSignal } = await running.done;
		expect(Date.now() - stoppedAt).toBeLessThan(1000);
		const { length } = setting.standin.requests;
		expect(outputs.flat().filter(({ json }) => 'error' in json)).toEqual([]);
		expect(getEventListeners(cancelSignal as AbortSignal, 'abort')).toEqual([]);
		await sleep(SETTLED_MS);
		expect(timers()).toBeLessThanOrEqual(before);
		expect(setting.standin.requests).toHaveLength(length);
		for (const { id } of setting.standin.generations) {
			expect(customData.actTwoGenerations1).toContain(id);
		}
	});

	it.each([
		['a look', 'retrieve'],
		['a download', 'download'],
	] as const)('ends %s that hangs', async (_, kind) => {
		const setting = await given();
		setting.standin.fail(kind, fault.hang, Infinity);
		const running = runInEngine(setting);
		await setting.standin.until((standin) => standin.count(kind) > 0);
		const stoppedAt = Date.now();
		running.stop();
		await running.done;
		expect(Date.now() - stoppedAt).toBeLessThan(1000);
		for (const socket of setting.standin.openSockets) await once(socket, 'close');
	});

	it('creates nothing for the items that come after', async () => {
		const items = Array.from({ length: 5 }, () => ({ json: {} }));
		const setting = await given(
			{ options: { maxConcurrentGenerations: 1 } },
			{ durationMs: 60_000 },
			{ items, settings: { onError: 'continueRegularOutput' } },
		);
		const running = runInEngine(setting);
		await looked(setting);
		running.stop();
		await running.done;
		await sleep(SETTLED_MS);
		expect(setting.standin.count('create')).toBe(1);
	});

	it('is not undone by Retry On Fail: the second try sends nothing', async () => {
		const setting = await given(
			{},
			{ durationMs: 60_000 },
			{ settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 0 } },
		);
		const running = runInEngine(setting);
		await looked(setting);
		running.stop();
		await running.done;
		await sleep(SETTLED_MS);
		expect(setting.standin.count('create')).toBe(1);
	});
});

it('a finished run leaves no timer and no listener', async () => {
	const items = Array.from({ length: 10 }, () => ({ json: {} }));
	const setting = await given({}, {}, { items });
	const before = timers();
	const { error, cancelSignal } = await runInEngine(setting).done;
	expect(error).toBeUndefined();
	expect(getEventListeners(cancelSignal as AbortSignal, 'abort')).toEqual([]);
	expect(timers()).toBeLessThanOrEqual(before);
});
