/**
 * AI/ML API's usage logs: one row for each request of a key, newest first. Rows lag, so a missing row
 * proves nothing; a row with our client request ID proves the generation and gives its ID. Pure.
 * Source: the documentation's page “Usage Logs”.
 */
import type { ErrorDetails } from '../errors';
import { usageOf } from './contract';
import type { Usage } from './contract';
import { describeNoResponse, describeResponse } from './messages';
import { isSuccess } from './outcome';
import type { Outcome } from './outcome';
import { own, plainText, readId } from './untrusted';

export const LOGS_PATH = '/v2/logs';
/** Rows a page holds at most. */
export const MAX_LOG_PAGE = 100;
/** How many pages are asked for, whatever they say of more. */
export const MAX_LOG_PAGES = 200;
/** The longest time that can be asked for. */
const MAX_LOG_DAYS = 92;
const MAX_LOG_MS = MAX_LOG_DAYS * 24 * 3_600_000;

export interface LogRow {
	/** ISO time, as the API gave it. */
	created: string;
	status: string;
	usage: Usage;
	/** The generation's ID. */
	inferenceId?: string;
	clientRequestId?: string;
}

export type LogsVerdict =
	/** `servedAt`: AIMLAPI's own time, in milliseconds since 1970. */
	| { kind: 'page'; rows: LogRow[]; hasMore: boolean; servedAt?: number }
	/** Says nothing about the logs: ask again. */
	| { kind: 'retry'; error: ErrorDetails; retryAfterMs?: number }
	/** This key may not read the logs, or there are none here. */
	| { kind: 'rejected'; error: ErrorDetails };

const REJECTED_STATUSES = new Set([401, 402, 403, 404, 405, 410]);

/** Milliseconds: back from now by the API's clock, or two moments since 1970. Of more than 92 days the last. */
export type LogWindow = { periodMs: number } | { start: number; end: number };

/**
 * The query of one page.
 * @param modelId whose requests are listed
 */
export function logsQuery(
	modelId: string,
	window: LogWindow,
	limit: number,
	offset: number,
): string {
	const times =
		'periodMs' in window
			? `period=${periodOf(window.periodMs)}`
			: `start=${isoTime(Math.max(window.start, window.end - MAX_LOG_MS))}&end=${isoTime(window.end)}`;
	return `${times}&model=${encodeURIComponent(modelId)}&limit=${limit}&offset=${offset}`;
}

/** Rounded up to hours, or to days above a day. */
function periodOf(ms: number): string {
	const hours = Math.max(1, Math.ceil(ms / 3_600_000));
	return hours <= 24 ? `${hours}h` : `${Math.min(MAX_LOG_DAYS, Math.ceil(hours / 24))}d`;
}

const isoTime = (ms: number): string => encodeURIComponent(new Date(ms).toISOString());

/** Whether no page with other rows follows, whatever it says: `has_more` may always be true. */
export function isLastPage(
	{ rows, hasMore }: Extract<LogsVerdict, { kind: 'page' }>,
	previousRows: LogRow[],
): boolean {
	return !hasMore || rows.length === 0 || JSON.stringify(rows) === JSON.stringify(previousRows);
}

export function classifyLogs(outcome: Outcome): LogsVerdict {
	if (outcome.kind === 'noResponse') return { kind: 'retry', error: describeNoResponse(outcome) };
	const { status, body, retryAfterMs } = outcome;
	const error = describeResponse(outcome, 'logs');
	if (body && REJECTED_STATUSES.has(status)) return { kind: 'rejected', error };
	const data = isSuccess(status) ? own(body, 'data') : undefined;
	if (!Array.isArray(data)) return { kind: 'retry', error, retryAfterMs };
	return {
		kind: 'page',
		rows: data.map(readRow),
		hasMore: own(own(body, 'pagination'), 'has_more') === true,
		servedAt: outcome.servedAt,
	};
}

function readRow(row: unknown): LogRow {
	const cost = own(row, 'cost');
	return {
		created: plainText(own(row, 'created')),
		status: plainText(own(row, 'status')).toLowerCase(),
		usage: usageOf(own(cost, 'credits'), own(cost, 'usd')),
		inferenceId: readId(own(row, 'inference_id')),
		clientRequestId: readId(own(row, 'client_request_id')),
	};
}
