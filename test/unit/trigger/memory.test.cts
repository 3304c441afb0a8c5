import fc from 'fast-check';

import {
	MAX_PENDING,
	MAX_SETTLED,
	newMemory,
	readFrom,
	settle,
	takeIn,
} from '../../../nodes/RunwayActTwo/trigger/memory';
import type { Memory, Pending } from '../../../nodes/RunwayActTwo/trigger/memory';
import { SEED } from '../../support/seed.cts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const START = Date.parse('2026-11-28T12:00:00Z');

const row = (id: string, createdAt: number): Pending => ({ id, createdAt, usage: {} });

/** One poll that finds every generation at its end. */
function poll(memory: Memory, rows: Pending[], now: number): { memory: Memory; given: string[] } {
	const visible = rows.filter(({ createdAt }) => createdAt >= readFrom(memory, now));
	const known = takeIn(memory, visible, now, true);
	return {
		memory: settle(known, known.pending, () => true, now),
		given: known.pending.map(({ id }) => id),
	};
}

it('the trigger gives each generation once, whenever its row comes within a day and whenever n8n is killed', () => {
	const generation = fc.record({
		createdAt: fc.integer({ min: 0, max: 300 }),
		// In minutes; a row that comes later than a day is too late.
		lag: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 22 * 60 })),
	});
	fc.assert(
		fc.property(
			fc.array(generation, { maxLength: 12 }),
			fc.array(fc.integer({ min: 0, max: 2000 }), { maxLength: 4 }),
			fc.array(fc.record({ from: fc.nat(1600), for: fc.nat(400) }), { maxLength: 2 }),
			(generations, kills, outages) => {
				let memory = newMemory(START);
				let saved = memory;
				const given: string[] = [];
				for (let minute = 1; minute <= 3500; minute++) {
					if (outages.some(({ from, for: length }) => minute >= from && minute < from + length)) {
						continue;
					}
					const rows = generations.flatMap(({ createdAt, lag }, index) =>
						createdAt + lag <= minute ? row(`g${index}`, START + createdAt * MINUTE_MS) : [],
					);
					if (kills.includes(minute)) memory = saved;
					const result = poll(memory, rows, START + minute * MINUTE_MS);
					memory = result.memory;
					given.push(...result.given);
					// n8n saves it with the items only.
					if (result.given.length > 0) saved = memory;
				}
				expect(given.sort()).toEqual(generations.map((_, index) => `g${index}`).sort());
			},
		),
		{ seed: SEED, numRuns: 60 },
	);
});

it('the trigger knows nothing of what was created before it', () => {
	const memory = newMemory(START);
	const rows = [row('old', START - 1), row('new', START)];
	expect(takeIn(memory, rows, START + 1, true).pending.map(({ id }) => id)).toEqual(['new']);
	expect(readFrom(memory, START + MINUTE_MS)).toBe(START);
});

it('the trigger checks what still runs after all the others', () => {
	const memory = takeIn(
		newMemory(START),
		['a', 'b', 'c'].map((id, index) => row(id, START + index)),
		START + MINUTE_MS,
		true,
	);
	const checked = memory.pending.slice(0, 2);
	const next = settle(memory, checked, ({ id }) => id === 'b', START + MINUTE_MS);
	expect(next.pending.map(({ id }) => id)).toEqual(['c', 'a']);
});

it('the trigger reads again from where it was where not all rows could be read', () => {
	const memory = newMemory(START);
	const later = START + 50 * HOUR_MS;
	const part = takeIn(memory, [row('a', later - 1)], later, false);
	expect(readFrom(part, later + MINUTE_MS)).toBe(START);
	const whole = takeIn(memory, [row('a', later - 1)], later, true);
	expect(readFrom(whole, later + MINUTE_MS)).toBeGreaterThan(START);
});

it('the trigger’s memory has a bound, beyond which it forgets the oldest and never gives it again', () => {
	let memory = newMemory(START);
	const given: string[] = [];
	const rows = Array.from({ length: MAX_SETTLED + 700 }, (_, index) =>
		row(`g${index}`, START + index),
	);
	for (let minute = 1; minute < 20; minute++) {
		const result = poll(memory, rows, START + minute * MINUTE_MS);
		memory = result.memory;
		given.push(...result.given);
	}
	expect(given).toHaveLength(rows.length);
	expect(new Set(given).size).toBe(rows.length);
	expect(Object.keys(memory.settled).length).toBeLessThanOrEqual(MAX_SETTLED);
	expect(JSON.stringify(memory).length).toBeLessThan(300_000);
});

it('the trigger waits for no more than its bound at once, and takes the others in later', () => {
	const rows = Array.from({ length: MAX_PENDING + 5 }, (_, index) =>
		row(`g${index}`, START + index),
	);
	const first = takeIn(newMemory(START), rows, START + MINUTE_MS, true);
	expect(first.pending).toHaveLength(MAX_PENDING);
	const settled = settle(first, first.pending, () => true, START + MINUTE_MS);
	expect(takeIn(settled, rows, START + 2 * MINUTE_MS, true).pending).toHaveLength(5);
});

it('the trigger forgets IDs that no poll can meet again', () => {
	const { memory } = poll(newMemory(START), [row('a', START)], START + MINUTE_MS);
	expect(Object.keys(memory.settled)).toHaveLength(1);
	const later = takeIn(memory, [], START + 50 * HOUR_MS, true);
	expect(settle(later, [], () => true, START + 50 * HOUR_MS).settled).toEqual({});
});
