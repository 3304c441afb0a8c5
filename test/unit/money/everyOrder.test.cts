import { Choices, everyOrder } from '../../support/money/choices.cts';
import { FAULTS } from '../../support/money/faults.cts';
import { loadNode } from '../../support/money/loadNode.cts';
import type { StartProcess } from '../../support/money/loadNode.cts';
import { LOGS, POST_OUTCOMES } from '../../support/money/memoryApi.cts';
import { AGAIN, ENDS, play, WHAT_RUNS } from '../../support/money/scenario.cts';

/** Events after what runs: what comes of a POST, what the logs show, how the run ends, what follows. */
const DEPTH = Number(process.env.DEPTH ?? 5);
/** Two different items differ from two alike only in what names them. */
const depthOf = (what: (typeof WHAT_RUNS)[number]) => (what === 'two items' ? DEPTH - 1 : DEPTH);
const MAX_SHOWN = 3;

/** Plays every order, and tells those that break a promise about money. */
async function brokenOrders(start: StartProcess, what: number, most = MAX_SHOWN) {
	const broken: string[] = [];
	const seen = new Set<string>();
	const explored = await everyOrder(
		1 + depthOf(WHAT_RUNS[what]),
		async (choices) => {
			if (broken.length >= most) return;
			const promises = await play(start, choices);
			for (const { option } of choices.made) seen.add(option);
			if (promises.length > 0) broken.push(`${promises.join('; ')} — ${String(choices)}`);
		},
		[what],
	);
	return { broken, seen, ...explored };
}

const { ORDER } = process.env;
(ORDER === undefined ? it.skip : it.only)('the one order that ORDER names', async () => {
	const choices = new Choices((ORDER ?? '').split(',').map(Number));
	const broken = await play(await loadNode(), choices);
	expect(`${broken.join('; ')} — ${String(choices)}`).toMatch(/^ — /);
});

/** On a machine that does much else; alone it takes a minute. */
const MAX_MS = 600_000;

describe('money is spent once and can be found again, whatever happens in whatever order', () => {
	const seen = new Set<string>();

	it.each(WHAT_RUNS.map((what, index) => [what, index] as const))(
		'%s',
		async (what, index) => {
			const { broken, orders, states, depth, ...found } = await brokenOrders(
				await loadNode(),
				index,
			);
			console.log(
				`${what}: ${orders} orders, all to ${depthOf(what)} events and some to ${depth - 1}; ${states} states between runs`,
			);
			for (const option of found.seen) seen.add(option);
			expect(broken).toEqual([]);
		},
		MAX_MS,
	);

	it('all that can happen did', () => {
		const all = [...POST_OUTCOMES, ...LOGS, ...ENDS, ...AGAIN, ...WHAT_RUNS, 'called again'];
		expect([...seen].sort()).toEqual([...new Set(all)].sort());
	});
});

it.each(FAULTS)(
	'finds a fault put in on purpose: $what',
	async ({ patches, breaks }) => {
		const start = await loadNode(patches);
		const found: string[] = [];
		for (const what of WHAT_RUNS.keys()) {
			if (found.length === 0) found.push(...(await brokenOrders(start, what, 1)).broken);
		}
		expect(found).toEqual([expect.stringMatching(breaks)]);
	},
	MAX_MS,
);
