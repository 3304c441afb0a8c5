import { MAX_LOG_PAGE } from '../aimlapi/logs';
import type { LogRow, LogsVerdict } from '../aimlapi/logs';
import type { ErrorDetails } from '../errors';
import type { Clock } from '../time/clock';
import { backoffDelay } from '../time/backoff';

export type SearchResult =
	| { kind: 'found'; row: LogRow & { inferenceId: string } }
	/** Not shown within the time; that proves nothing. */
	| { kind: 'notShown' }
	/** The logs cannot be read. */
	| { kind: 'unreadable'; error: ErrorDetails };

/** Finds the creation with this client request ID, sent at `sentAt` (milliseconds since 1970). */
export type LogSearch = (
	clientRequestId: string,
	sentAt: number,
	timeoutMs: number,
) => Promise<SearchResult>;

const MIN_INTERVAL_MS = 2_000;
const MAX_INTERVAL_MS = 15_000;
/** Of 200 requests a minute that the API allows, with room for the other executions of the key. */
const MIN_REQUEST_GAP_MS = 600;
const MAX_PAGES_A_ROUND = 20;
/** How far the API's clock may be behind this one. */
const CLOCK_SKEW_MS = 10 * 60_000;
/** Failures in a row after which the logs count as unreadable. */
const MAX_FAILURES = 5;

interface Wanted {
	sentAt: number;
	endsAt: number;
	resolve: (result: SearchResult) => void;
	reject: (reason: unknown) => void;
}

/**
 * One search for all items that wait for a lost creation: each round asks for the newest rows, page by
 * page until all are found or the rows are older than the creations. Rounds come every 2 to 15 s, the
 * last one at the deadline.
 * @returns a search that rejects when the execution is stopped
 */
export function logSearch(
	listLogs: (periodMs: number, limit: number, offset: number) => Promise<LogsVerdict>,
	{ now, sleep, random }: Clock,
): LogSearch {
	const wanted = new Map<string, Wanted>();
	let interval = MIN_INTERVAL_MS;
	let failures = 0;
	let running = false;

	/** One pass through the logs; returns the delay before the next. */
	const round = async (): Promise<number> => {
		const oldest = Math.min(...[...wanted.values()].map(({ sentAt }) => sentAt)) - CLOCK_SKEW_MS;
		for (let page = 0; page < MAX_PAGES_A_ROUND && wanted.size > 0; page++) {
			if (page > 0) await sleep(MIN_REQUEST_GAP_MS);
			const verdict = await listLogs(now() - oldest, MAX_LOG_PAGE, page * MAX_LOG_PAGE);
			if (verdict.kind !== 'page') {
				failures++;
				if (verdict.kind === 'rejected' || failures >= MAX_FAILURES) {
					settleAll({ kind: 'unreadable', error: verdict.error });
				}
				return backoffDelay(
					failures,
					random(),
					verdict.kind === 'retry' ? verdict.retryAfterMs : undefined,
				);
			}
			failures = 0;
			for (const row of verdict.rows) {
				const { inferenceId, clientRequestId = '' } = row;
				if (inferenceId !== undefined) {
					settle(clientRequestId, { kind: 'found', row: { ...row, inferenceId } });
				}
			}
			const last = Date.parse(verdict.rows.at(-1)?.created ?? '');
			if (!verdict.hasMore || last < oldest) break;
		}
		const delay = interval;
		interval = Math.min(MAX_INTERVAL_MS, interval * 1.5);
		return delay;
	};

	const settle = (id: string, result: SearchResult): void => {
		wanted.get(id)?.resolve(result);
		wanted.delete(id);
	};
	const settleAll = (result: SearchResult): void => {
		for (const id of [...wanted.keys()]) settle(id, result);
	};

	const search = async (): Promise<void> => {
		running = true;
		failures = 0;
		try {
			while (wanted.size > 0) {
				const delay = await round();
				for (const [id, { endsAt }] of wanted)
					if (now() >= endsAt) settle(id, { kind: 'notShown' });
				if (wanted.size === 0) return;
				const nextEnd = Math.min(...[...wanted.values()].map(({ endsAt }) => endsAt));
				await sleep(Math.max(0, Math.min(delay, nextEnd - now())));
			}
		} catch (error) {
			for (const { reject } of wanted.values()) reject(error);
			wanted.clear();
		} finally {
			running = false;
		}
	};

	return async (clientRequestId, sentAt, timeoutMs) =>
		await new Promise((resolve, reject) => {
			wanted.set(clientRequestId, { sentAt, endsAt: now() + timeoutMs, resolve, reject });
			interval = MIN_INTERVAL_MS;
			if (!running) void search();
		});
}
