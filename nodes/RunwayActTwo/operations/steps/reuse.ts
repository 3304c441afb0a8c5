import type { AimlapiClient } from '../../aimlapi/client';
import { readClientRequestId } from '../../aimlapi/clientRequestId';
import { MAX_LOG_PAGE } from '../../aimlapi/logs';
import { STARTED_ELSEWHERE } from '../../aimlapi/messages';
import { ActTwoError } from '../../errors';
import type { Session } from '../../execution/session';
import { backoffDelay } from '../../time/backoff';
import { withTimeout } from '../../time/timeout';

/** A generation of the same content, which need not be bought again. */
export interface Reusable {
	id: string;
	/** As it is now, in AIMLAPI's words. */
	status: string;
}

/** Of one look into the logs: 2000 rows. */
const MAX_PAGES = 20;
/** AIMLAPI allows 200 requests to the logs in a minute. */
const PAGE_GAP_MS = 600;
const MAX_ATTEMPTS = 3;
const STATUS_TIMEOUT_MS = 15_000;
/** How long a look into the logs serves the other items of an execution. */
const FRESH_MS = 30_000;
const MAX_REMEMBERED = 1000;

interface Remembered {
	/** By `clock.elapsed()`. */
	createdAt: number;
	/** Settles with the generation's ID. */
	creating: Promise<string>;
}

/** What this process creates, by account and content: executions start within milliseconds, logs lag. */
const remembered = new Map<string, Remembered>();

/**
 * The generation of the same content that the account has created within the last `withinMs` and that
 * has not failed; or else what `create` creates. Of several that ask at once in this process, the
 * first creates for all.
 * @param content the digest of what is asked for, without who asks
 * @param deadline until when another one's creation is waited for, by `clock.elapsed()`
 * @throws what `create` throws, also where another execution has called it
 */
export async function reuseOrCreate<T extends { id: string }>(
	session: Session,
	content: string,
	withinMs: number,
	deadline: number,
	create: () => Promise<T>,
): Promise<{ reusable: Reusable } | { created: T }> {
	const { clock, signal } = session;
	const key = `${session.account} ${content}`;
	for (let known = remembered.get(key); known; known = remembered.get(key)) {
		const reusable = await reusableOf(session, known, withinMs, deadline);
		signal.throwIfAborted();
		if (reusable) return { reusable };
		// Another one may have begun meanwhile.
		if (remembered.get(key) === known) remembered.delete(key);
	}

	let outcome: { reusable: Reusable } | { created: T } | undefined;
	const look = async (): Promise<string> => {
		const found = await findInLogs(session, content, withinMs);
		if (found) {
			entry.createdAt = clock.elapsed() - found.ageMs;
			outcome = { reusable: { id: found.id, status: found.status } };
			return found.id;
		}
		const created = await create();
		outcome = { created };
		return created.id;
	};
	const entry: Remembered = {
		createdAt: clock.elapsed(),
		creating: Promise.resolve().then(look),
	};
	remember(key, entry);
	entry.creating.catch(() => {
		if (remembered.get(key) === entry) remembered.delete(key);
	});
	await entry.creating;
	return outcome as NonNullable<typeof outcome>;
}

function remember(key: string, entry: Remembered): void {
	remembered.set(key, entry);
	const [oldest] = remembered.keys();
	if (remembered.size > MAX_REMEMBERED) remembered.delete(oldest);
}

/** Undefined when it is too old, has failed, or was never created because its execution was stopped. */
async function reusableOf(
	session: Session,
	{ createdAt, creating }: Remembered,
	withinMs: number,
	deadline: number,
): Promise<Reusable | undefined> {
	const { clock } = session;
	if (clock.elapsed() - createdAt > withinMs) return undefined;
	const settled = Promise.allSettled([creating]);
	const [result] = await withTimeout(clock, settled, deadline - clock.elapsed(), () => {
		throw new ActTwoError(STARTED_ELSEWHERE);
	});
	if (result.status === 'rejected') {
		if (result.reason instanceof ActTwoError) throw result.reason;
		return undefined;
	}
	const id = result.value;
	const status = await statusOf(session, id);
	return status === 'failed' ? undefined : { id, status: status ?? 'unknown' };
}

/** The status of a generation, or `failed`; undefined when AIMLAPI does not say. */
async function statusOf(session: Session, id: string): Promise<string | undefined> {
	const { client, clock } = session;
	for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
		const verdict = await client.getGeneration(id, STATUS_TIMEOUT_MS);
		if (verdict.kind === 'found') {
			const { phase, status } = verdict.generation;
			return phase === 'failed' ? 'failed' : status;
		}
		if (verdict.kind === 'rejected') return undefined;
		if (attempt < MAX_ATTEMPTS) await clock.sleep(backoffDelay(attempt, clock.random()));
	}
	return undefined;
}

/** A generation in the logs whose client request ID names its content. */
interface Listed {
	id: string;
	content: string;
	ageMs: number;
}

async function findInLogs(
	session: Session,
	content: string,
	withinMs: number,
): Promise<(Reusable & { ageMs: number }) | undefined> {
	const listed = await listRecent(session, withinMs);
	const same = listed.filter((row) => row.content === content && row.ageMs <= withinMs);
	for (const { id, ageMs } of same) {
		const status = await statusOf(session, id);
		if (status !== 'failed') return { id, status: status ?? 'unknown', ageMs };
	}
	return undefined;
}

interface Listing {
	withinMs: number;
	at: number;
	rows: Promise<Listed[]>;
}

const listings = new WeakMap<AimlapiClient, Listing>();

async function listRecent(session: Session, withinMs: number): Promise<Listed[]> {
	const { client, clock } = session;
	const known = listings.get(client);
	if (known && known.withinMs >= withinMs && clock.elapsed() - known.at < FRESH_MS) {
		return await known.rows;
	}
	const rows = readLogs(session, withinMs);
	listings.set(client, { withinMs, at: clock.elapsed(), rows });
	return await rows;
}

/** The newest first. What cannot be read is not there: then the video is made as without this option. */
async function readLogs(session: Session, withinMs: number): Promise<Listed[]> {
	const { client, clock, hints } = session;
	const listed: Listed[] = [];
	let failures = 0;
	for (let page = 0; page < MAX_PAGES; ) {
		const verdict = await client.listLogs(
			{ periodMs: withinMs },
			MAX_LOG_PAGE,
			page * MAX_LOG_PAGE,
		);
		if (verdict.kind !== 'page') {
			failures++;
			if (verdict.kind === 'rejected' || failures === MAX_ATTEMPTS) {
				hints.notKnown('Whether there is a recent generation to reuse', verdict.error.message);
				return listed;
			}
			await clock.sleep(backoffDelay(failures, clock.random()));
			continue;
		}
		const now = verdict.servedAt ?? clock.now();
		for (const { inferenceId: id, status, created, clientRequestId } of verdict.rows) {
			const content = readClientRequestId(clientRequestId ?? '')?.content;
			if (id === undefined || content === undefined || status === 'failed') continue;
			const ageMs = Math.max(0, now - Date.parse(created));
			if (!Number.isNaN(ageMs)) listed.push({ id, content, ageMs });
		}
		if (!verdict.hasMore || verdict.rows.length === 0) break;
		page++;
		await clock.sleep(PAGE_GAP_MS);
	}
	return listed.sort((a, b) => a.ageMs - b.ageMs);
}
