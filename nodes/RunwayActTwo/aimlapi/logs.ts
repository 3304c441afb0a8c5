/**
 * AI/ML API's usage logs: one row for each request of a key, newest first. Rows lag, so a missing row
 * proves nothing; a row with our client request ID proves the generation and gives its ID. Pure.
 * Source: the documentation's page “Usage Logs”.
 */
import type { ErrorDetails } from '../errors';
import type { Usage } from './contract';
import {
	describePage,
	describeInvalidResponse,
	describeNoResponse,
	describeStatus,
} from './messages';
import type { Outcome } from './outcome';
import { own, parseJson, plainText, readAmount, readId } from './untrusted';

export const LOGS_PATH = '/v2/logs';
/** Rows a page holds at most. */
export const MAX_LOG_PAGE = 100;
/** The longest time that can be asked for. */
export const MAX_LOG_DAYS = 92;

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
	| { kind: 'page'; rows: LogRow[]; hasMore: boolean }
	/** Says nothing about the logs: ask again. */
	| { kind: 'retry'; error: ErrorDetails; retryAfterMs?: number }
	/** This key may not read the logs, or there are none here. */
	| { kind: 'rejected'; error: ErrorDetails };

const REJECTED_STATUSES = new Set([400, 401, 402, 403, 404, 405, 410, 422]);

/**
 * The query of one page.
 * @param modelId whose requests are listed
 * @param periodMs how far back, rounded up to hours, or to days above a day; at most 92 days
 */
export function logsQuery(
	modelId: string,
	periodMs: number,
	limit: number,
	offset: number,
): string {
	const hours = Math.max(1, Math.ceil(periodMs / 3_600_000));
	const period = hours <= 24 ? `${hours}h` : `${Math.min(MAX_LOG_DAYS, Math.ceil(hours / 24))}d`;
	return `period=${period}&model=${encodeURIComponent(modelId)}&limit=${limit}&offset=${offset}`;
}

export function classifyLogs(outcome: Outcome): LogsVerdict {
	if (outcome.kind === 'noResponse') return { kind: 'retry', error: describeNoResponse(outcome) };
	if (outcome.isPage) return { kind: 'retry', error: describePage(outcome) };
	const { status, retryAfterMs } = outcome;
	if (REJECTED_STATUSES.has(status)) {
		return { kind: 'rejected', error: describeStatus(outcome, 'logs') };
	}
	if (status >= 200 && status < 300) {
		const body = parseJson(outcome.text);
		const data = own(body, 'data');
		return Array.isArray(data)
			? {
					kind: 'page',
					rows: data.map(readRow),
					hasMore: own(own(body, 'pagination'), 'has_more') === true,
				}
			: { kind: 'retry', error: describeInvalidResponse(outcome) };
	}
	return {
		kind: 'retry',
		error: describeStatus(outcome, 'logs'),
		...(retryAfterMs !== undefined && { retryAfterMs }),
	};
}

function readRow(row: unknown): LogRow {
	const cost = own(row, 'cost');
	const creditsUsed = readAmount(own(cost, 'credits'));
	const costUsd = readAmount(own(cost, 'usd'));
	const inferenceId = readId(own(row, 'inference_id'));
	const clientRequestId = readId(own(row, 'client_request_id'));
	return {
		created: plainText(own(row, 'created')),
		status: plainText(own(row, 'status')).toLowerCase(),
		usage: {
			...(creditsUsed !== undefined && { creditsUsed }),
			...(costUsd !== undefined && { costUsd }),
		},
		...(inferenceId !== undefined && { inferenceId }),
		...(clientRequestId !== undefined && { clientRequestId }),
	};
}
