import { FAULTS } from '../../support/money/faults.cts';
import { loadNode } from '../../support/money/loadNode.cts';
import type { StartProcess } from '../../support/money/loadNode.cts';
import { simulate } from '../../support/money/seeds/simulate.cts';

const FIRST = Number(process.env.SEED ?? 1);
const SEEDS = Number(process.env.SEEDS ?? (process.env.SEED === undefined ? 3000 : 1));
const MAX_SHOWN = 3;
const MAX_TOLD = 1500;

/** Plays the seeds until so many of them have broken a promise. */
async function brokenSeeds(start: StartProcess, seeds: number, most: number): Promise<string[]> {
	const broken: string[] = [];
	for (let seed = FIRST; seed < FIRST + seeds && broken.length < most; seed++) {
		const played = await simulate(start, seed);
		if (played.broken.length > 0) {
			const told = played.story.slice(0, MAX_TOLD);
			broken.push(`SEED=${seed}: ${played.broken.join('; ')} — ${told}`);
		}
	}
	return broken;
}

it(`money is spent once and can be found again, whatever happens in ${SEEDS} executions`, async () => {
	expect(await brokenSeeds(await loadNode(), SEEDS, MAX_SHOWN)).toEqual([]);
}, 300_000);

it.each(FAULTS)(
	'a seed finds a fault put in on purpose: $what',
	async ({ patches, breaks }) => {
		const found = await brokenSeeds(await loadNode(patches), 1000, 1);
		expect(found).toEqual([expect.stringMatching(breaks)]);
	},
	300_000,
);
