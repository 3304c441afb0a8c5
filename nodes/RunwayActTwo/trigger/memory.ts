/**
 * What the trigger remembers between two polls, so that each generation comes once. Rows of AIMLAPI's
 * logs lag, overtake one another and may be there before the generation has ended, and n8n keeps this
 * memory only when items are handed on: so every poll reads again what may have been missed, and knows
 * by ID what is settled. Pure; all times in milliseconds since 1970.
 */
import { createHash } from 'node:crypto';

import type { LogRow } from '../aimlapi/logs';

/** How late a row may come: that far back is read again at every poll, and once an hour, farther. */
const USUAL_LAG_MS = 3_600_000;
const LONGEST_LAG_MS = 24 * 3_600_000;
const LOOK_FAR_BACK_EVERY_MS = 3_600_000;
/** IDs are remembered for longer than rows are read again. */
const REMEMBERED_MS = LONGEST_LAG_MS + 3_600_000;

/** So that the workflow's static data stays small, below some 300 kB. */
export const MAX_SETTLED = 5_000;
export const MAX_PENDING = 1_000;

/** A generation of the logs whose end has not been seen. */
export interface Pending extends Pick<LogRow, 'usage' | 'clientRequestId'> {
	id: string;
	createdAt: number;
}

export interface Memory {
	/** Generations created before are none of the trigger's: it was not active, or has forgotten them. */
	since: number;
	/** Rows of generations created before have been read, but for those that lag. */
	readTo: number;
	/** When the logs were last read far back. */
	readFarBackAt: number;
	/** By digest of the ID, when the generation was created: handed on, or not wanted. */
	settled: Record<string, number>;
	/** The one that was checked longest ago first. */
	pending: Pending[];
}

/** Nothing created before `now` is ever handed on. */
export function newMemory(now: number): Memory {
	return { since: now, readTo: now, readFarBackAt: now, settled: {}, pending: [] };
}

/** From when on rows are to be read at `now`. */
export function readFrom({ since, readTo, readFarBackAt }: Memory, now: number): number {
	const lag = now - readFarBackAt >= LOOK_FAR_BACK_EVERY_MS ? LONGEST_LAG_MS : USUAL_LAG_MS;
	return Math.max(since, Math.min(readTo, now) - lag);
}

/**
 * Takes in rows that were read at `now`, in whatever order.
 * @param rows all since `readFrom`, or the newest part of them where `isComplete` is false
 */
export function takeIn(memory: Memory, rows: Pending[], now: number, isComplete: boolean): Memory {
	const known = new Set(memory.pending.map(({ id }) => id));
	const isNew = ({ id, createdAt }: Pending) =>
		createdAt >= memory.since && !known.has(id) && !Object.hasOwn(memory.settled, digestOf(id));
	const found = rows.filter(isNew).sort((a, b) => a.createdAt - b.createdAt);
	const room = Math.max(0, MAX_PENDING - memory.pending.length);
	const left = found[room];
	const isWhole = isComplete && left === undefined;
	const wasFarBack = readFrom(memory, now) < Math.min(memory.readTo, now) - USUAL_LAG_MS;
	return {
		...memory,
		pending: [...memory.pending, ...found.slice(0, room)],
		readTo: isWhole ? Math.max(memory.readTo, now) : memory.readTo,
		readFarBackAt: isWhole && wasFarBack ? now : memory.readFarBackAt,
	};
}

/** The generations that are settled leave `pending`; those that still run go to its end. */
export function settle(
	memory: Memory,
	checked: Pending[],
	isSettled: (generation: Pending) => boolean,
	now: number,
): Memory {
	const checkedIds = new Set(checked.map(({ id }) => id));
	const done = checked.filter(isSettled);
	const settled = {
		...memory.settled,
		...Object.fromEntries(done.map(({ id, createdAt }) => [digestOf(id), createdAt])),
	};
	return forget(
		{
			...memory,
			settled,
			pending: [
				...memory.pending.filter(({ id }) => !checkedIds.has(id)),
				...checked.filter((generation) => !isSettled(generation)),
			],
		},
		now,
	);
}

/** Forgets what no poll reads again; beyond the bound, the oldest, whose time is over then. */
function forget(memory: Memory, now: number): Memory {
	const oldest = Math.min(memory.readTo, now) - REMEMBERED_MS;
	const kept = Object.entries(memory.settled)
		.filter(([, createdAt]) => createdAt >= oldest)
		.sort(([, a], [, b]) => b - a);
	const dropped = kept[MAX_SETTLED];
	return {
		...memory,
		settled: Object.fromEntries(kept.slice(0, MAX_SETTLED)),
		since: dropped === undefined ? memory.since : Math.max(memory.since, dropped[1] + 1),
	};
}

function digestOf(id: string): string {
	return createHash('sha256').update(id).digest('base64url').slice(0, 12);
}
