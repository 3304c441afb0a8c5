import { getEventListeners } from 'node:events';

import { done, failed, items, running, virtualNode } from '../../support/money/virtualNode.cts';

const THREE = { items: items(3) };
const NOT_HTTPS = "'Reference Video URL' must begin with https://";
const NO_PRICE = "'Max Cost' cannot be checked: the price is not known";
const inTime = (id: string, ageMs: number) => (ageMs < 45_000 ? running(id) : done(id));
/** The second item's generation fails while the others run. */
const secondFails = (id: string, ageMs: number) =>
	id === 'g1' && ageMs > 15_000 ? failed(id) : inTime(id, ageMs);
const withMaxCost = { options: { maxCost: 1, timeout: 60 } };
const errorsOf = (outputs: Array<{ json: object }> = []) =>
	outputs.map(({ json }) => (json as { error?: { message: string } }).error?.message);

it('nothing comes in, nothing goes out, and no request is sent', async () => {
	const { run, requests } = virtualNode();
	await expect(run({ items: [] })).resolves.toEqual({ outputs: [] });
	expect(requests).toEqual([]);
});

it('items run side by side, come out in the order they came in, and whoever looks on is told', async () => {
	const node = virtualNode({
		retrieve: (id, ageMs) => (ageMs < (id === 'g0' ? 50_000 : 20_000) ? running(id) : done(id)),
	});
	const { outputs } = await node.run(THREE);
	expect(outputs?.map(({ json }) => json.id)).toEqual(['g0', 'g1', 'g2']);
	expect(node.world.elapsed).toBeLessThan(60_000);
	expect(node.shown).toContain('2 of 3 finished, 1 generating, 30 s');
	expect(node.shown.at(-1)).toBe('3 of 3 finished, 52 s');
});

it('no more items run at once than the user allows', async () => {
	const node = virtualNode();
	const options = { timeout: 60, maxConcurrentGenerations: 1 };
	const { outputs } = await node.run({ ...THREE, parameters: { options } });
	expect(outputs).toHaveLength(3);
	const [first, second] = node.requests.filter(({ method }) => method === 'POST');
	expect(second.at - first.at).toBeGreaterThan(45_000);
});

describe('items that are invalid', () => {
	const parameters = { referenceUrl: 'ftp://example.com/r.mp4' };

	it('are told in one error, and nothing is sent', async () => {
		const node = virtualNode();
		const { error } = await node.run({ ...THREE, parameters });
		const each = [0, 1, 2].map((item) => `${NOT_HTTPS} [item ${item}]`).join('; ');
		expect(error?.message).toBe(`3 of 3 items are invalid: ${each}`);
		expect(error?.description).toContain('Nothing was sent for any item.');
		expect(node.requests).toEqual([]);
	});

	it('are error items where the workflow continues', async () => {
		const { outputs } = await virtualNode().run({ ...THREE, parameters, continueOnFail: true });
		expect(errorsOf(outputs)).toEqual([0, 1, 2].map((item) => `${NOT_HTTPS} [item ${item}]`));
	});

	it('keep valid ones from being sent only where the workflow stops', async () => {
		const mixed = { items: [{ character: 'no link' }, ...items(1)] };
		const stopping = virtualNode();
		const { error } = await stopping.run({
			...mixed,
			parameters: { options: { checkLinks: true } },
		});
		expect(error?.message).toBe("'Character URL' must be a URL [item 0]");
		expect(stopping.requests).toEqual([]);
		const { outputs } = await virtualNode().run({ ...mixed, continueOnFail: true });
		expect(errorsOf(outputs)).toEqual(["'Character URL' must be a URL [item 0]", undefined]);
		expect(outputs?.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
	});
});

describe('items whose link is found to be a web page before anything is paid for', () => {
	const page = { status: 200, headers: { 'content-type': 'text/html' }, body: 'A page' };
	const checked = { items: items(2), parameters: { options: { checkLinks: true, timeout: 60 } } };

	it('stop all', async () => {
		const node = virtualNode({ other: () => page });
		const { error } = await node.run(checked);
		expect(error?.message).toMatch(/^2 of 2 items are invalid: /);
		expect(node.posts).toBe(0);
	});

	it('are error items where the workflow continues', async () => {
		const node = virtualNode({
			other: (path) => (path === '/1.jpg' ? page : { status: 500 }),
		});
		const { outputs } = await node.run({ ...checked, continueOnFail: true });
		expect(errorsOf(outputs)).toEqual([undefined, expect.stringContaining('[item 1]')]);
		expect(node.posts).toBe(1);
	});
});

it('items run where n8n gives no signal to stop them', async () => {
	const { outputs } = await virtualNode().run({ hasNoSignal: true });
	expect(outputs).toHaveLength(1);
	const { error } = await virtualNode({
		create: () => ({ status: 400, body: { message: 'No' } }),
	}).run({
		hasNoSignal: true,
	});
	expect(error?.message).toBe('AIMLAPI did not accept the request');
});

describe('items of several operations', () => {
	const mixed = {
		items: [
			{ character: 'https://example.com/0.jpg', operation: 'createAndWait' },
			{ operation: 'get', generationId: 'old' },
		],
		parameters: {
			...{ ...withMaxCost, operation: '={{ $json.operation }}' },
			generationId: '={{ $json.generationId }}',
		},
	};

	it('are refused only where the operation has something against them', async () => {
		const node = virtualNode();
		const { outputs } = await node.run({ ...mixed, continueOnFail: true });
		expect(outputs?.map(({ json }) => json.id)).toEqual([undefined, 'old']);
		expect(errorsOf(outputs)).toEqual([NO_PRICE, undefined]);
		expect(node.posts).toBe(0);
	});

	it('run side by side', async () => {
		const { outputs } = await virtualNode().run({
			...mixed,
			parameters: { ...mixed.parameters, options: {} },
		});
		expect(outputs?.map(({ json }) => json.id)).toEqual(['g0', 'old']);
	});
});

describe('items that together are refused', () => {
	it('stop all', async () => {
		const node = virtualNode();
		const { error } = await node.run({ ...THREE, parameters: withMaxCost });
		expect(error).toMatchObject({ message: NO_PRICE, context: { itemIndex: 0 } });
		expect(node.posts).toBe(0);
	});

	it('are error items beside invalid ones where the workflow continues', async () => {
		const node = virtualNode();
		const mixed = { items: [{ character: 'no link' }, ...items(1)], parameters: withMaxCost };
		const { outputs } = await node.run({ ...mixed, continueOnFail: true });
		expect(errorsOf(outputs)).toEqual(["'Character URL' must be a URL [item 0]", NO_PRICE]);
		expect(node.posts).toBe(0);
	});
});

describe('an item that fails', () => {
	it('ends the polling of the others, which the next run resumes', async () => {
		const node = virtualNode({ retrieve: secondFails });
		const { run, execution } = node.start(THREE);
		await node.end(run);
		expect(run.error).toMatchObject({
			message:
				'The generation ended without a video (generation g1); 2 other generations are still running [item 1]',
			context: { generationId: 'g1', itemIndex: 1 },
		});
		expect(node.world.elapsed).toBeLessThan(20_000);
		expect(node.shown.at(-1)).toBe('0 of 3 finished, 1 failed, 2 generating, 17 s');
		const { outputs } = await node.run(execution);
		expect(outputs?.map(({ json }) => json.id)).toEqual(['g0', 'g3', 'g2']);
		expect(node.posts).toBe(4);
	});

	it('and can no more be sent at the next run says what the others have paid for', async () => {
		const create = (id: string) =>
			id === 'g1' ? { status: 400, body: { message: 'No' } } : { status: 201, body: { id } };
		const node = virtualNode({ create, other: () => ({ status: 404, body: {} }) });
		const { run, execution } = node.start(THREE);
		await node.end(run);
		expect(run.error?.message).toMatch(/; 2 other generations are still running/);
		const again = async (option: object) =>
			await node.run({ ...execution, evaluated: { ...execution.evaluated, ...option } });
		const expired = await again({ 'options.checkLinks': true });
		expect(expired.error?.message).toBe(
			'Character link was not found (HTTP 404) [item 1]; 2 other generations are still running',
		);
		expect(expired.error?.description).toContain('Retry this execution to get the other videos');
		const tooMuch = await again({ 'options.maxCost': 1 });
		expect(tooMuch.error?.message).toBe(`${NO_PRICE}; 2 other generations are still running`);
		expect(node.posts).toBe(3);
	});

	it('waits for the POST of another, so that its generation is not lost', async () => {
		const slow = (id: string) =>
			new Promise<{ status: number; body: object }>((resolve) =>
				node.world.after(id === 'g0' ? 0 : 25_000, () =>
					resolve(
						id === 'g0' ? { status: 400, body: { message: 'No' } } : { status: 201, body: { id } },
					),
				),
			);
		const node = virtualNode({ create: slow });
		const { run, execution } = node.start({ items: items(2) });
		await node.end(run);
		expect(run.error?.message).toMatch(/; 1 other generation is still running \[item 0\]$/);
		expect([...execution.customData.values()]).toEqual(['g1']);
		expect(node.world.elapsed).toBeGreaterThan(25_000);
	});

	it('is an error item where the workflow continues, and ends nothing else', async () => {
		const node = virtualNode({ retrieve: secondFails });
		const { outputs } = await node.run({ ...THREE, continueOnFail: true });
		expect(outputs?.map(({ json }) => json.id)).toEqual(['g0', undefined, 'g2']);
		expect(errorsOf(outputs)[1]).toBe('The generation ended without a video (generation g1)');
		expect(node.shown.at(-1)).toBe('2 of 3 finished, 1 failed, 46 s');
	});
});

describe('a stop', () => {
	const reason = new Error('Stopped by a person');
	/** A run that is stopped after so long, and n8n's Retry On Fail with the same signal. */
	async function stopped(afterMs: number, continueOnFail = false, node = virtualNode()) {
		const stop = new AbortController();
		const { run, execution } = node.start({ ...THREE, continueOnFail }, stop.signal);
		expect(getEventListeners(stop.signal, 'abort')).not.toEqual([]);
		await node.world.pass(() => false, afterMs);
		stop.abort(reason);
		await node.end(run);
		expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
		const sent = node.requests.length;
		const again = node.start(execution, stop.signal);
		await node.end(again.run);
		expect(node.requests).toHaveLength(sent);
		expect(again.run.error).toBe(run.error);
		return { ...run, node };
	}

	it.each([false, true])('names what is paid for (continue: %s)', async (continueOnFail) => {
		const { error, outputs, node } = await stopped(20_000, continueOnFail);
		expect(outputs).toBeUndefined();
		expect(error).toMatchObject({
			message: 'The execution was stopped. Generation IDs: g0, g1, g2',
			context: { generationIds: ['g0', 'g1', 'g2'] },
		});
		expect(node.world.elapsed).toBe(20_000);
	});

	it('before anything is paid for is the stop alone', async () => {
		const never = () => new Promise<never>(() => {});
		const checking = virtualNode({ other: never as never });
		const { error, node } = await stopped(50, false, checking);
		expect(error).toBe(reason);
		expect(node.requests.some(({ method }) => method === 'POST after the stop')).toBe(false);
	});
});

it('an execution takes its listeners off the signal when it is over', async () => {
	const node = virtualNode();
	const { signal } = new AbortController();
	const { run } = node.start({}, signal);
	await node.end(run);
	expect(getEventListeners(signal, 'abort')).toEqual([]);
});

it('an execution shows its hints when it is over', async () => {
	const node = virtualNode({ logs: () => ({ status: 403, body: { message: 'No' } }) });
	await node.run({ parameters: { options: { reuseRecent: 1, timeout: 60 } } });
	expect(node.hints).toEqual([
		expect.stringMatching(/^Whether there is a recent generation to reuse/),
	]);
});
