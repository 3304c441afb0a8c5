import { isLastPage, MAX_LOG_PAGE } from '../aimlapi/logs';
import type { LogRow, LogsVerdict } from '../aimlapi/logs';
import type { Pending } from './memory';
import type { TriggerSession } from './session';

/** Of one poll. AIMLAPI allows 200 requests to the logs in a minute. */
const MAX_PAGES = 100;
const PAGE_GAP_MS = 600;
const CLOCK_SKEW_MS = 3_600_000;

export interface ReadRows {
	/** One for each generation, in no order. */
	rows: Pending[];
	/** Whether these are all since the time asked for. */
	isComplete: boolean;
	/** Why not. */
	error?: Exclude<LogsVerdict, { kind: 'page' }>;
	/** AIMLAPI's own time, in milliseconds since 1970. */
	servedAt?: number;
}

/** The generations in the logs, created since `from` (milliseconds since 1970). */
export async function readRows(
	{ client, clock }: TriggerSession,
	from: number,
	maxPages = MAX_PAGES,
): Promise<ReadRows> {
	const rows = new Map<string, Pending>();
	let servedAt: number | undefined;
	let error: ReadRows['error'];
	let isComplete = false;
	let previous: LogRow[] = [];
	// By AIMLAPI's clock, which may be ahead of this one.
	const window = { start: from, end: clock.now() + CLOCK_SKEW_MS };
	for (let page = 0; page < maxPages && !isComplete; page++) {
		if (page > 0) await clock.sleep(PAGE_GAP_MS);
		const verdict = await client.listLogs(window, MAX_LOG_PAGE, page * MAX_LOG_PAGE);
		if (verdict.kind !== 'page') {
			error = verdict;
			break;
		}
		servedAt ??= verdict.servedAt;
		for (const { inferenceId: id, created, usage, clientRequestId } of verdict.rows) {
			const createdAt = Date.parse(created);
			if (id === undefined || Number.isNaN(createdAt)) continue;
			// A generation may have a row for each of its requests; the creation's is the oldest.
			const known = rows.get(id);
			rows.set(id, {
				id,
				createdAt: Math.min(createdAt, known?.createdAt ?? Infinity),
				usage: known && known.createdAt < createdAt ? known.usage : usage,
				clientRequestId: known?.clientRequestId ?? clientRequestId,
			});
		}
		isComplete = isLastPage(verdict, previous);
		previous = verdict.rows;
	}
	return { rows: [...rows.values()], isComplete, error, servedAt };
}
