import { GONE_AFTER_MS } from '../../aimlapi/classify';
import type { AimlapiClient } from '../../aimlapi/client';
import { readClientRequestId } from '../../aimlapi/clientRequestId';
import { isLastPage, MAX_LOG_PAGE } from '../../aimlapi/logs';
import type { LogRow } from '../../aimlapi/logs';
import { STARTED_ELSEWHERE } from '../../aimlapi/messages';
import { ActTwoError } from '../../errors';
import type { CheckpointState } from '../../execution/checkpoint';
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

/** What is left of a creation whose own execution may have ended before it: nothing where none was sent. */
type Left = Extract<CheckpointState, { kind: 'created' | 'sent' }> | undefined;

/** A POST whose execution was stopped before it was answered. */
type Sent = Extract<CheckpointState, { kind: 'sent' }>;

interface Remembered {
	/** By `clock.elapsed()`. */
	createdAt: number;
	creating: Promise<Left>;
}

/** What this process creates, by account and content: executions start within milliseconds, logs lag. */
const remembered = new Map<string, Remembered>();

/**
 * The generation of the same content that the account has created within the last `withinMs` and that
 * has not failed; or else what `create` creates. Of several that ask at once in this process, the
 * first creates for all, also where its own execution ends meanwhile.
 * @param content the digest of what is asked for, without who asks
 * @param deadline until when another one's creation is waited for, by `clock.elapsed()`
 * @param left what is known of the POST that `create` has sent
 * @throws what `create` throws, also where another execution has called it
 */
export async function reuseOrCreate<T extends { id: string }>(
	session: Session,
	content: string,
	{ withinMs, deadline }: { withinMs: number; deadline: number },
	create: () => Promise<T>,
	left: () => CheckpointState | undefined,
): Promise<{ reusable: Reusable } | { created: T } | { sent: Sent }> {
	const { clock, signal, posts } = session;
	const key = `${session.account} ${content}`;
	for (let known = remembered.get(key); known; known = remembered.get(key)) {
		const reusable = await reusableOf(session, known, withinMs, deadline);
		signal.throwIfAborted();
		if (reusable) return reusable;
		// Another one may have begun meanwhile.
		if (remembered.get(key) === known) remembered.delete(key);
	}

	const look = async (): Promise<{ reusable: Reusable } | { created: T }> => {
		const found = await findInLogs(session, content, withinMs);
		if (!found) return { created: await create() };
		entry.createdAt = clock.elapsed() - found.ageMs;
		return { reusable: { id: found.id, status: found.status } };
	};
	const own = Promise.resolve().then(look);
	const entry: Remembered = {
		createdAt: clock.elapsed(),
		creating: own.then(
			(outcome) => ({
				kind: 'created',
				id: 'created' in outcome ? outcome.created.id : outcome.reusable.id,
				usage: {},
			}),
			async (error: unknown) => {
				if (!signal.aborted) throw error;
				// Its execution has ended, but a POST on its way has not.
				await Promise.allSettled(posts);
				return left() as Left;
			},
		),
	};
	remember(key, entry);
	const forget = () => {
		if (remembered.get(key) === entry) remembered.delete(key);
	};
	entry.creating.then((end) => end?.kind === 'created' || forget(), forget);
	return await own;
}

function remember(key: string, entry: Remembered): void {
	remembered.set(key, entry);
	const [oldest] = remembered.keys();
	if (remembered.size > MAX_REMEMBERED) remembered.delete(oldest);
}

/** Undefined when it is too old, has failed, or was never sent because its execution was stopped. */
async function reusableOf(
	session: Session,
	{ createdAt, creating }: Remembered,
	withinMs: number,
	deadline: number,
): Promise<{ reusable: Reusable } | { sent: Sent } | undefined> {
	const { clock } = session;
	if (clock.elapsed() - createdAt > withinMs) return undefined;
	const left = await withTimeout(clock, creating, Math.max(0, deadline - clock.elapsed()), () => {
		throw new ActTwoError(STARTED_ELSEWHERE);
	});
	if (left?.kind !== 'created') return left && { sent: left };
	const { id } = left;
	const status = await statusOf(session, id, clock.elapsed() - createdAt);
	return status === 'failed' ? undefined : { reusable: { id, status: status ?? 'unknown' } };
}

/** The status of a generation, or `failed`, also of one that is gone; undefined when AIMLAPI does not say. */
async function statusOf(
	{ client, clock }: Session,
	id: string,
	ageMs: number,
): Promise<string | undefined> {
	for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
		const verdict = await client.getGeneration(id, STATUS_TIMEOUT_MS);
		if (verdict.kind === 'found') {
			const { phase, status } = verdict.generation;
			return phase === 'failed' ? 'failed' : status;
		}
		if (verdict.kind === 'rejected') return undefined;
		if (verdict.kind === 'notFound' && ageMs > GONE_AFTER_MS) return 'failed';
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
		const status = await statusOf(session, id, ageMs);
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
	let previous: LogRow[] = [];
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
		if (isLastPage(verdict, previous)) break;
		previous = verdict.rows;
		page++;
		await clock.sleep(PAGE_GAP_MS);
	}
	return listed.sort((a, b) => a.ageMs - b.ageMs);
}
