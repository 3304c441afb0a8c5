import type { INodeExecutionData } from 'n8n-workflow';

import { readClientRequestId } from '../aimlapi/clientRequestId';
import { mergeUsage } from '../aimlapi/contract';
import { isLastPage, MAX_LOG_PAGE, MAX_LOG_PAGES } from '../aimlapi/logs';
import type { LogRow, LogWindow } from '../aimlapi/logs';
import { ActTwoError } from '../errors';
import type { Session } from '../execution/session';
import { listFields, readListSettings } from '../fields/list';
import type { ListSettings } from '../fields/list';
import { formParameters } from '../fields/read';
import { backoffDelay } from '../time/backoff';
import type { Operation } from '../execution/operation';
import { itemOf } from './steps/outputItem';

/** How often a page is asked for in vain, and how long all of them may take. */
const MAX_ATTEMPTS = 4;
const MAX_LISTING_MS = 5 * 60_000;

type ListedGeneration = LogRow & { inferenceId: string };

/** Lists the API key's generations from AIMLAPI's usage logs, so that the ID of anything paid is found. */
export const getMany: Operation<ListSettings> = {
	fields: listFields,

	read: ({ context }, itemIndex) => readListSettings(formParameters(context, itemIndex)),

	async execute(session, { limit, periodMs }, itemIndex) {
		const listed = new Map<string, ListedGeneration>();
		const window = { periodMs };
		const deadline = session.clock.elapsed() + MAX_LISTING_MS;
		let previous: LogRow[] = [];
		for (let page = 0; page < MAX_LOG_PAGES && listed.size < limit; page++) {
			const read = await readPage(session, window, page * MAX_LOG_PAGE, deadline);
			for (const row of read.rows) {
				const { inferenceId } = row;
				if (inferenceId === undefined) continue;
				listed.set(inferenceId, merge(listed.get(inferenceId), { ...row, inferenceId }));
			}
			if (isLastPage(read, previous)) break;
			previous = read.rows;
		}
		return [...listed.values()].slice(0, limit).map((row) => toListItem(row, itemIndex));
	},
};

/** A generation may have a row for each of its requests; the creation's is the oldest. */
function merge(newer: ListedGeneration | undefined, row: ListedGeneration): ListedGeneration {
	if (!newer) return row;
	return {
		...row,
		status: newer.status,
		usage: mergeUsage(row.usage, newer.usage),
		clientRequestId: row.clientRequestId ?? newer.clientRequestId,
	};
}

async function readPage(
	{ client, clock }: Session,
	window: LogWindow,
	offset: number,
	deadline: number,
) {
	for (let attempt = 1; ; attempt++) {
		const verdict = await client.listLogs(window, MAX_LOG_PAGE, offset);
		if (verdict.kind === 'page') return verdict;
		if (verdict.kind === 'rejected' || attempt === MAX_ATTEMPTS) {
			throw new ActTwoError(verdict.error);
		}
		const delay = backoffDelay(attempt, clock.random(), verdict.retryAfterMs);
		if (clock.elapsed() + delay > deadline) throw new ActTwoError(verdict.error);
		await clock.sleep(delay);
	}
}

function toListItem(
	{ inferenceId, status, created, usage, clientRequestId }: ListedGeneration,
	itemIndex: number,
): INodeExecutionData {
	const { executionId } = readClientRequestId(clientRequestId ?? '') ?? {};
	return itemOf(
		{ id: inferenceId, status, createdAt: created, ...usage, clientRequestId, executionId },
		itemIndex,
	);
}
