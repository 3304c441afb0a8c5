import type { INodeExecutionData } from 'n8n-workflow';

import { executionOf } from '../aimlapi/clientRequestId';
import { mergeUsage } from '../aimlapi/contract';
import { MAX_LOG_PAGE } from '../aimlapi/logs';
import type { LogRow } from '../aimlapi/logs';
import { ActTwoError } from '../errors';
import type { Session } from '../execution/session';
import { listFields, readListSettings } from '../fields/list';
import type { ListSettings } from '../fields/list';
import { formParameters } from '../fields/read';
import { backoffDelay } from '../time/backoff';
import type { Operation } from '../execution/operation';

/** How often a page is asked for in vain. */
const MAX_ATTEMPTS = 4;

type ListedGeneration = LogRow & { inferenceId: string };

/** Lists the API key's generations from AIMLAPI's usage logs, so that the ID of anything paid is found. */
export const getMany: Operation<ListSettings> = {
	fields: listFields,

	read: (context, itemIndex) => readListSettings(formParameters(context, itemIndex)),

	async execute(session, { limit, periodMs }, itemIndex) {
		const listed = new Map<string, ListedGeneration>();
		for (let offset = 0; ; offset += MAX_LOG_PAGE) {
			const { rows, hasMore } = await readPage(session, periodMs, offset);
			for (const row of rows) {
				const { inferenceId } = row;
				if (inferenceId === undefined) continue;
				listed.set(inferenceId, merge(listed.get(inferenceId), { ...row, inferenceId }));
			}
			if (!hasMore || rows.length === 0 || listed.size >= limit) break;
		}
		return [...listed.values()].slice(0, limit).map((row) => toListItem(row, itemIndex));
	},
};

/** A generation may have a row for each of its requests; the creation's is the oldest. */
function merge(newer: ListedGeneration | undefined, row: ListedGeneration): ListedGeneration {
	if (!newer) return row;
	return {
		...newer,
		...row,
		status: newer.status,
		usage: mergeUsage(row.usage, newer.usage),
	};
}

async function readPage({ client, clock }: Session, periodMs: number, offset: number) {
	for (let attempt = 1; ; attempt++) {
		const verdict = await client.listLogs(periodMs, MAX_LOG_PAGE, offset);
		if (verdict.kind === 'page') return verdict;
		if (verdict.kind === 'rejected' || attempt === MAX_ATTEMPTS) {
			throw new ActTwoError(verdict.error);
		}
		await clock.sleep(backoffDelay(attempt, clock.random(), verdict.retryAfterMs));
	}
}

function toListItem(
	{ inferenceId, status, created, usage, clientRequestId }: ListedGeneration,
	itemIndex: number,
): INodeExecutionData {
	const executionId = clientRequestId === undefined ? undefined : executionOf(clientRequestId);
	return {
		json: {
			id: inferenceId,
			status,
			createdAt: created,
			...usage,
			...(clientRequestId !== undefined && { clientRequestId }),
			...(executionId !== undefined && { executionId }),
		},
		pairedItem: { item: itemIndex },
	};
}
