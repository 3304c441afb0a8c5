export { seededRandom } from './random.cts';

/** The seed of this run's generated values; SEED repeats one. */
export const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31);

process.stdout.write(`Generated values: SEED=${SEED}\n`);
