import { Choices } from '../../support/money/choices.cts';
import { FAULTS } from '../../support/money/faults.cts';
import { loadNode } from '../../support/money/loadNode.cts';
import type { StartProcess } from '../../support/money/loadNode.cts';
import { MANY_RUN, play } from '../../support/money/scenario.cts';

const FIRST = Number(process.env.SEED ?? 1);
const SEEDS = Number(process.env.SEEDS ?? (process.env.SEED === undefined ? 1000 : 1));
/** How often all goes well where it might not. */
const GOES_WELL = 0.5;
const MAX_SHOWN = 3;
const MAX_TOLD = 1500;

/** Mulberry32, by Tommy Ettinger (public domain): the same numbers for the same seed. */
function randomOf(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** Plays the seeds until so many of them have broken a promise. */
async function brokenSeeds(start: StartProcess, seeds: number, most: number): Promise<string[]> {
	const broken: string[] = [];
	for (let seed = FIRST; seed < FIRST + seeds && broken.length < most; seed++) {
		const random = randomOf(seed);
		const pick = (of: number) => (random() < GOES_WELL ? 0 : Math.floor(random() * of));
		const choices = new Choices([], pick);
		const promises = await play(start, choices, MANY_RUN);
		if (promises.length > 0) {
			const told = String(choices).slice(0, MAX_TOLD);
			broken.push(`SEED=${seed}: ${promises.join('; ')} — ${told}`);
		}
	}
	return broken;
}

it(`money is spent once and can be found again, whatever happens to up to twenty items in ${SEEDS} executions`, async () => {
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
