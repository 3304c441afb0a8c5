import { createHash } from 'node:crypto';
import type { IExecuteFunctions } from 'n8n-workflow';

import { clientRequestIdOf } from '../aimlapi/clientRequestId';
import type { Failure, Usage } from '../aimlapi/contract';
import { own, parseJson } from '../aimlapi/untrusted';
import { isTool } from '../fields/isTool';
import { customDataNotes } from './customData';
import { toolCalls } from './toolCalls';
import type { Entries } from './toolCalls';

/** What an earlier run of the same execution did for this item. */
export type CheckpointState =
	/** A POST was sent, and whether it was accepted is not known. */
	| { kind: 'sent'; clientRequestId: string; sentAt: number }
	| { kind: 'created'; id: string; usage: Usage }
	/** The generation ended in a way that would only repeat itself. */
	| { kind: 'failed'; id: string; failure: Failure };

export interface Checkpoint {
	load(): CheckpointState | undefined;
	/** What two calls share that are to share one generation. */
	scope: string;
	/** The header `X-Client-Request-Id` of the creation, by which AIMLAPI's logs show it. */
	clientRequestId: string;
	/** @param sentAt milliseconds since 1970 */
	markSent(sentAt: number): void;
	save(id: string, usage: Usage): void;
	saveFailure(id: string, failure: Failure): void;
	/** Nothing was accepted: the creation may be sent again. */
	clear(): void;
	/** A generation has ended without a video: the next creation is another one. */
	startNextAttempt(): void;
}

/** As written: short, because n8n keeps it with the execution. */
type Entry =
	| ['sent', attempt: number, clientRequestId: string, sentAt: number]
	| ['created', attempt: number, id: string, creditsUsed?: number | null, costUsd?: number | null]
	| ['failed', attempt: number, id: string, name: string, message: string]
	| ['next', attempt: number];

/** @param fingerprint the parts of the request */
export type OpenCheckpoint = (itemIndex: number, fingerprint: string[]) => Checkpoint;

/**
 * The checkpoints of the items' creations, in the node's context data, which survives n8n's Retry On Fail
 * and the retry of a failed execution, so that a second run resumes instead of paying twice. The key
 * distinguishes run index (each round of a loop is its own), item index and the request's fingerprint (a
 * changed request is a new generation). As a tool the node gets a new run for every call, retries
 * included, so there the request alone is the key: a model that repeats itself gets the generation that
 * exists. n8n drops context data on Stop, hence the copy of the IDs in custom data.
 */
export function checkpointsOf(context: IExecuteFunctions): OpenCheckpoint {
	const asTool = isTool(context.getNode());
	const executionId = context.getExecutionId() as string | undefined;
	// n8n builds the whole view of the workflow for each expression, so once for all items.
	let runIndex = asTool ? '0' : undefined;
	const noteInCustomData = customDataNotes(context);
	return (itemIndex, fingerprint) => {
		runIndex ??= String(context.evaluateExpression('{{ $runIndex }}', itemIndex));
		const key = digestOf([...(asTool ? [] : [runIndex, String(itemIndex)]), ...fingerprint]);
		const node = digestOf([
			context.getInstanceId(),
			context.getWorkflow().id ?? '',
			context.getNode().name,
			key,
		]);
		const entries =
			executionId === undefined ? outsideExecutions : contextEntries(context.getContext('node'));
		const entryKey = executionId === undefined ? node : key;
		const entry = parseJson(String(entries.get(entryKey))) as Entry | undefined;
		const attempt = Number(own(entry, '1') ?? 1);
		const write = (...value: Entry) => {
			entries.set(entryKey, JSON.stringify(value));
		};
		return {
			load: () => (entry === undefined ? undefined : stateOf(entry)),
			scope: `${executionId} ${node}`,
			clientRequestId: clientRequestIdOf(
				executionId,
				runIndex,
				asTool ? 0 : itemIndex,
				attempt,
				node,
			),
			markSent(sentAt) {
				write('sent', attempt, this.clientRequestId, sentAt);
			},
			save(id, { creditsUsed, costUsd }) {
				if (creditsUsed === undefined && costUsd === undefined) write('created', attempt, id);
				else write('created', attempt, id, creditsUsed, costUsd);
				noteInCustomData(id);
			},
			saveFailure: (id, { name = '', message }) => write('failed', attempt, id, name, message),
			clear: () => {
				if (attempt > 1) write('next', attempt);
				else entries.delete(entryKey);
			},
			startNextAttempt: () => write('next', attempt + 1),
		};
	};
}

function stateOf(entry: Entry): CheckpointState | undefined {
	switch (entry[0]) {
		case 'sent':
			return { kind: 'sent', clientRequestId: entry[2], sentAt: entry[3] };
		case 'created': {
			const [, , id, creditsUsed, costUsd] = entry;
			return {
				kind: 'created',
				id,
				usage: {
					...(typeof creditsUsed === 'number' && { creditsUsed }),
					...(typeof costUsd === 'number' && { costUsd }),
				},
			};
		}
		case 'failed':
			return { kind: 'failed', id: entry[2], failure: { name: entry[3], message: entry[4] } };
		case 'next':
			return undefined;
	}
}

const outsideExecutions = toolCalls(() => performance.now());

/** In the node's context data, under the key itself. */
const contextEntries = (kept: Record<string, unknown>): Entries => ({
	get: (key) => (typeof kept[key] === 'string' ? kept[key] : undefined),
	set: (key, value) => {
		kept[key] = value;
	},
	delete: (key) => {
		delete kept[key];
	},
});

function digestOf(parts: string[]): string {
	const hash = createHash('sha256');
	for (const part of parts) hash.update(`${part.length}:`).update(part);
	return hash.digest('hex').slice(0, 16);
}
