import { FAULTS } from '../../support/money/faults.cts';
import { loadNode } from '../../support/money/loadNode.cts';
import type { StartProcess } from '../../support/money/loadNode.cts';
import { LOGS, POST_OUTCOMES } from '../../support/money/memoryApi.cts';
import { HOST_FAULTS } from '../../support/money/seeds/files.cts';
import { REQUEST_FAULTS } from '../../support/money/seeds/inFront.cts';
import { OPERATIONS, SOURCES } from '../../support/money/seeds/plan.cts';
import { toldFailure } from '../../support/money/seeds/replay.cts';
import { simulate } from '../../support/money/seeds/simulate.cts';

const { SEED } = process.env;
const FIRST = Number(SEED ?? 1);
const SEEDS = Number(process.env.SEEDS ?? (SEED === undefined ? 3000 : 1));
const MAX_SHOWN = 3;
const MAX_MS = 600_000;

/** Plays the seeds until so many of them have broken a promise, of those that are looked for. */
async function play(
	start: StartProcess,
	first: number,
	seeds: number,
	most: number,
	promise = /./,
) {
	const broken: string[] = [];
	const kinds = new Set<string>();
	const sums = { items: 0, mostItems: 0, payments: 0 };
	for (let seed = first; seed < first + seeds && broken.length < most; seed++) {
		const played = await simulate(start, seed);
		if (promise.test(played.broken.join('; '))) {
			broken.push(toldFailure(seed, played.broken, played.story));
		}
		for (const kind of played.kinds) kinds.add(kind);
		sums.items += played.items;
		sums.mostItems = Math.max(sums.mostItems, played.items);
		sums.payments += played.payments;
	}
	return { broken, kinds, ...sums };
}

describe('the whole node keeps its promises, whatever happens', () => {
	let kinds: Set<string> | undefined;

	it(
		`in what ${SEEDS} seeds draw`,
		async () => {
			const played = await play(await loadNode(), FIRST, SEEDS, MAX_SHOWN);
			console.log(
				`${SEEDS} seeds: ${played.items} items, ${played.mostItems} in one of them, ${played.payments} payments`,
			);
			({ kinds } = played);
			expect(played.broken).toEqual([]);
		},
		MAX_MS,
	);

	(SEED === undefined ? it : it.skip)('all that can happen did', () => {
		expect([...(kinds ?? [])].sort()).toEqual(
			[
				...new Set<string>([
					...[...OPERATIONS, ...SOURCES, ...POST_OUTCOMES, ...LOGS, ...REQUEST_FAULTS],
					...[...HOST_FAULTS, 'killed', 'stopped', 'Retry'],
				]),
			].sort(),
		);
	});
});

(SEED === undefined ? it : it.skip).each(FAULTS)(
	'a fault put in on purpose is found, and told with the commit and the command that plays it again: $what',
	async ({ patches, breaks }) => {
		const start = await loadNode(patches);
		const [told] = (await play(start, 1, 1000, 1, breaks)).broken;
		expect(told).toMatch(breaks);
		expect(told).toMatch(/^At commit [\da-f]{7,}( \+ changes)?\. To play it again: SEED=\d+ /m);
		const [, seed, file] = /SEED=(\d+) npx jest (\S+)$/m.exec(told) ?? [];
		expect(__filename.replaceAll('\\', '/')).toContain(file);
		expect((await play(start, Number(seed), 1, 1)).broken).toEqual([told]);
	},
	MAX_MS,
);
