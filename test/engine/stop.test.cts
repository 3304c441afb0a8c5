import { getEventListeners } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import * as fault from '../support/fakeAimlapi/faults.cts';
import { runInEngine } from './engine.cts';
import { closeFakeAimlapi, setup } from './setup.cts';

afterEach(closeFakeAimlapi);

const timers = () =>
	process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;

/** Longer than the longest pause between two requests of these tests. */
const SETTLED_MS = 2500;

/**
 * Sockets take a moment to close, and jest's reporter has a timer of its own for a moment now and then;
 * a link check's own time limit would last for longer.
 */
async function expectNoMoreTimers(before: number): Promise<void> {
	for (const end = Date.now() + SETTLED_MS; timers() > before && Date.now() < end; )
		await sleep(50);
	expect(timers()).toBeLessThanOrEqual(before);
}

const polled = async (scenario: Awaited<ReturnType<typeof setup>>, polls = 1) =>
	await scenario.fake.until(
		({ requests }) =>
			requests.filter(({ kind, status }) => kind === 'retrieve' && status === 200).length >= polls,
	);

/** Resolves however they end: a socket that is written to may fail first. */
async function allClosed({ openSockets }: { openSockets: Iterable<Socket> }): Promise<void> {
	const closed = [...openSockets].map(
		async (socket) => await new Promise((done) => socket.once('close', done)),
	);
	await Promise.all(closed);
}

describe('Stop', () => {
	it('ends a wait at once: no request, no item, no timer and no listener is left', async () => {
		const items = [{ json: {} }, { json: {} }];
		const scenario = await setup({
			server: { durationMs: 60_000 },
			items,
			settings: { onError: 'continueRegularOutput' },
		});
		const before = timers();
		const running = runInEngine(scenario);
		await polled(scenario, items.length);
		const stoppedAt = Date.now();
		running.stop();
		const { outputs, customData, cancelSignal } = await running.done;
		expect(Date.now() - stoppedAt).toBeLessThan(1000);
		const { length } = scenario.fake.requests;
		expect(outputs.flat().filter(({ json }) => 'error' in json)).toEqual([]);
		expect(getEventListeners(cancelSignal as AbortSignal, 'abort')).toEqual([]);
		await sleep(SETTLED_MS);
		await expectNoMoreTimers(before);
		expect(scenario.fake.requests).toHaveLength(length);
		for (const { id } of scenario.fake.generations) {
			expect(customData.actTwoGenerations1).toContain(id);
		}
	});

	it.each([false, true])(
		'names what is paid for, whether its item is done or not (Retry On Fail: %s)',
		async (retryOnFail) => {
			const items = [{ json: {} }, { json: {} }];
			const scenario = await setup({
				server: { durationMs: (index) => (index === 0 ? 0 : 60_000) },
				items,
				parameters: { downloadVideo: false },
				settings: { retryOnFail, maxTries: 2, waitBetweenTries: 0 },
			});
			const running = runInEngine(scenario);
			await polled(scenario, 3);
			running.stop();
			const { error } = await running.done;
			const ids = scenario.fake.generations.map(({ id }) => id);
			expect(error?.context?.generationIds).toHaveLength(2);
			for (const id of ids) expect(error?.message).toContain(id);
			expect(error?.description).toContain('Wait for Video');
		},
	);

	it.each([
		['a poll', 'retrieve'],
		['a download', 'download'],
	] as const)('ends %s that hangs, and its connection', async (_, kind) => {
		const scenario = await setup();
		scenario.fake.fail(kind, fault.hang, Infinity);
		const running = runInEngine(scenario);
		await scenario.fake.until((fake) => fake.count(kind) > 0);
		const stoppedAt = Date.now();
		running.stop();
		await running.done;
		await allClosed(scenario.fake);
		expect(Date.now() - stoppedAt).toBeLessThan(1000);
	});

	it('ends a download in its middle, and its connection', async () => {
		const scenario = await setup();
		// More than the connection itself holds: the node reads.
		const halfway = new Promise<void>((reached) => {
			scenario.fake.fail('download', ({ response }) => {
				response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': 1e9 });
				let sent = 0;
				const more = (error?: Error | null) => {
					if (error) return;
					if (++sent === 20) reached();
					response.write(Buffer.alloc(1e6), more);
				};
				more();
			});
		});
		const running = runInEngine(scenario);
		await halfway;
		const stoppedAt = Date.now();
		running.stop();
		await running.done;
		await allClosed(scenario.fake);
		expect(Date.now() - stoppedAt).toBeLessThan(1000);
	});

	it('creates nothing for the items that come after', async () => {
		const items = Array.from({ length: 5 }, () => ({ json: {} }));
		const scenario = await setup({
			parameters: { options: { maxConcurrentGenerations: 1 } },
			server: { durationMs: 60_000 },
			items,
			settings: { onError: 'continueRegularOutput' },
		});
		const running = runInEngine(scenario);
		await polled(scenario);
		running.stop();
		await running.done;
		await sleep(SETTLED_MS);
		expect(scenario.fake.count('create')).toBe(1);
	});

	it('is not undone by Retry On Fail: the second try sends nothing', async () => {
		const scenario = await setup({
			server: { durationMs: 60_000 },
			settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 0 },
		});
		const running = runInEngine(scenario);
		await polled(scenario);
		running.stop();
		await running.done;
		await sleep(SETTLED_MS);
		expect(scenario.fake.count('create')).toBe(1);
	});
});

it('a finished run leaves no timer and no listener, whether links were checked or not', async () => {
	for (const checkLinks of [false, true]) {
		const items = Array.from({ length: 10 }, () => ({ json: {} }));
		const scenario = await setup({ items, parameters: { options: { checkLinks } } });
		const before = timers();
		const { error, cancelSignal } = await runInEngine(scenario).done;
		expect(error).toBeUndefined();
		expect(getEventListeners(cancelSignal as AbortSignal, 'abort')).toEqual([]);
		await expectNoMoreTimers(before);
		await scenario.fake.close();
	}
});
