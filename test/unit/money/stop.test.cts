import { Choices } from '../../support/money/choices.cts';
import { loadNode } from '../../support/money/loadNode.cts';
import { MemoryApi, POST_OUTCOMES } from '../../support/money/memoryApi.cts';
import { contextOf } from '../../support/money/n8n.cts';
import { World } from '../../support/money/world.cts';

const STOP_AFTER_MS = 5_000;

it('Stop ends within a second, also where one item has failed and the response of another is awaited', async () => {
	const start = await loadNode();
	const world = new World();
	const outcomes = ['accepted, and no response ever comes', 'refused with HTTP 400'] as const;
	const order = outcomes.map((outcome) => POST_OUTCOMES.indexOf(outcome));
	const api = new MemoryApi(world, new Choices(order));
	const { execute, apiKey } = start(world);
	const stop = new AbortController();
	const items = [1, 2].map((item) => ({ character: `https://example.com/${item}.png` }));
	const execution = {
		id: '1',
		apiKey,
		items,
		nodeContext: {},
		customData: new Map(),
		isTool: false,
	};
	let endedAt = Infinity;
	void execute(contextOf(execution, 0, api, stop.signal, () => {})).catch(() => {
		endedAt = world.elapsed;
	});
	world.after(STOP_AFTER_MS, () => stop.abort(new DOMException('Stopped', 'AbortError')));
	await world.pass(() => endedAt < Infinity, 600_000);
	expect(api.refusals).toHaveLength(1);
	expect(endedAt).toBeGreaterThanOrEqual(STOP_AFTER_MS);
	expect(endedAt).toBeLessThan(STOP_AFTER_MS + 1000);
});
