import { isLastPage, MAX_LOG_PAGE, MAX_LOG_PAGES } from '../aimlapi/logs';
import type { LogRow, LogsVerdict, LogWindow } from '../aimlapi/logs';
import type { ErrorDetails } from '../errors';
import { backoffDelay } from '../time/backoff';
import type { Clock } from '../time/clock';

export type SearchResult =
	/** Of whatever status: what became of the generation is for polling to say. */
	| { kind: 'found'; row: LogRow & { inferenceId: string } }
	/** Not shown within the time; that proves nothing. */
	| { kind: 'notShown' }
	/** The logs could not be read. */
	| { kind: 'unreadable'; error: ErrorDetails };

/**
 * Finds the creation with this client request ID, sent at `sentAt` (milliseconds since 1970). Rejects
 * when the execution is stopped.
 */
export type LogSearch = (
	clientRequestId: string,
	sentAt: number,
	timeoutMs: number,
) => Promise<SearchResult>;

const MIN_INTERVAL_MS = 2_000;
const MAX_INTERVAL_MS = 15_000;
/** Of 200 requests a minute that the API allows, with room for the other executions of the key. */
const MIN_REQUEST_GAP_MS = 600;
/** How far from the POST's own time its row may be. */
const BEFORE_MS = 2 * 60_000;
const AFTER_MS = 5 * 60_000;
const HOUR_MS = 3_600_000;

interface Wanted {
	sentAt: number;
	endsAt: number;
	end: (result: SearchResult) => void;
	reject: (reason: unknown) => void;
}

/**
 * One search for all items that wait for a lost creation. Each round asks, page by page, for the rows
 * around their POSTs: by this machine's clock, every other time by the API's, which may differ by more.
 * Rounds come every 2 to 15 s, the last one at the deadline. No failure ends it before that, except
 * AIMLAPI's own word that the key may not read the logs.
 */
export function logSearch(
	listLogs: (window: LogWindow, limit: number, offset: number) => Promise<LogsVerdict>,
	{ now, elapsed, sleep, random }: Clock,
): LogSearch {
	const wanted = new Map<string, Wanted>();
	let interval = MIN_INTERVAL_MS;
	let rounds = 0;
	let running = false;
	let failures = 0;
	/** Why the logs could not be read the last time. */
	let lastError: ErrorDetails | undefined;

	const settle = (id: string, result: SearchResult): void => {
		wanted.get(id)?.end(result);
		wanted.delete(id);
	};

	const nextWindow = (): LogWindow => {
		const times = [...wanted.values()].map(({ sentAt }) => sentAt);
		const first = Math.min(...times);
		return rounds++ % 2 === 0
			? { start: first - BEFORE_MS, end: Math.max(...times) + AFTER_MS }
			: { periodMs: Math.max(0, now() - first) + HOUR_MS };
	};

	/** One pass through the logs; returns the delay before the next. */
	const round = async (): Promise<number> => {
		const window = nextWindow();
		let previous: LogRow[] = [];
		for (let page = 0; page < MAX_LOG_PAGES && wanted.size > 0; page++) {
			if (page > 0) {
				await sleep(MIN_REQUEST_GAP_MS);
				endLate();
			}
			const verdict = await listLogs(window, MAX_LOG_PAGE, page * MAX_LOG_PAGE);
			if (verdict.kind !== 'page') return failed(verdict);
			failures = 0;
			lastError = undefined;
			for (const row of verdict.rows) {
				const { inferenceId, clientRequestId = '' } = row;
				if (inferenceId !== undefined) {
					settle(clientRequestId, { kind: 'found', row: { ...row, inferenceId } });
				}
			}
			if (isLastPage(verdict, previous)) break;
			previous = verdict.rows;
		}
		const delay = interval;
		interval = Math.min(MAX_INTERVAL_MS, interval * 1.5);
		return delay;
	};

	const failed = (verdict: Exclude<LogsVerdict, { kind: 'page' }>): number => {
		const { error } = verdict;
		failures++;
		lastError = error;
		if (verdict.kind === 'rejected') {
			for (const id of wanted.keys()) settle(id, { kind: 'unreadable', error });
			return 0;
		}
		return Math.max(MIN_INTERVAL_MS, backoffDelay(failures, random(), verdict.retryAfterMs));
	};

	const endLate = (): void => {
		for (const [id, { endsAt }] of wanted) {
			if (elapsed() < endsAt) continue;
			settle(id, lastError ? { kind: 'unreadable', error: lastError } : { kind: 'notShown' });
		}
	};

	const search = async (): Promise<void> => {
		running = true;
		rounds = 0;
		try {
			for (;;) {
				const delay = await round();
				endLate();
				if (wanted.size === 0) return;
				const nextEnd = Math.min(...[...wanted.values()].map(({ endsAt }) => endsAt));
				await sleep(Math.max(0, Math.min(delay, nextEnd - elapsed())));
			}
		} catch (error) {
			for (const { reject } of wanted.values()) reject(error);
			wanted.clear();
		} finally {
			running = false;
		}
	};

	return async (clientRequestId, sentAt, timeoutMs) =>
		await new Promise((end, reject) => {
			wanted.set(clientRequestId, { sentAt, endsAt: elapsed() + timeoutMs, end, reject });
			interval = MIN_INTERVAL_MS;
			if (!running) void search();
		});
}
