import { createHash } from 'node:crypto';
import type { IExecuteFunctions } from 'n8n-workflow';

import { clientRequestIdOf } from '../aimlapi/clientRequestId';
import type { Failure, Usage } from '../aimlapi/contract';
import { own, parseJson } from '../aimlapi/untrusted';

/** n8n keeps at most 10 entries of custom data, of 255 characters each; the user may want some too. */
const CUSTOM_DATA_ENTRIES = 6;
const MAX_ENTRY_LENGTH = 255;

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
	const isTool = context.getNode().type.endsWith('Tool');
	const executionId = context.getExecutionId() as string | undefined;
	// n8n builds the whole view of the workflow for each expression, so once for all items.
	let runIndex = isTool ? '0' : undefined;
	const noteInCustomData = customDataNotes(context);
	return (itemIndex, fingerprint) => {
		runIndex ??= String(context.evaluateExpression('{{ $runIndex }}', itemIndex));
		const key = digestOf([...(isTool ? [] : [runIndex, String(itemIndex)]), ...fingerprint]);
		const node = digestOf([
			context.getInstanceId(),
			context.getWorkflow().id ?? '',
			context.getNode().name,
			key,
		]);
		const entries = executionId === undefined ? callsOf(node) : context.getContext('node');
		const entry = parseJson(String(entries[key])) as Entry | undefined;
		const attempt = Number(own(entry, '1') ?? 1);
		const write = (...value: Entry) => {
			entries[key] = JSON.stringify(value);
		};
		return {
			load: () => (entry === undefined ? undefined : stateOf(entry)),
			scope: `${executionId} ${node}`,
			clientRequestId: clientRequestIdOf(
				executionId,
				runIndex,
				isTool ? 0 : itemIndex,
				attempt,
				node,
			),
			markSent(sentAt) {
				write('sent', attempt, this.clientRequestId, sentAt);
			},
			save(id, { creditsUsed, costUsd }) {
				if (creditsUsed === undefined && costUsd === undefined) write('created', attempt, id);
				else write('created', attempt, id, creditsUsed, costUsd);
				try {
					noteInCustomData(id);
				} catch {
					context.logger.warn(`Act-Two generation ${id} could not be saved in the custom data`);
				}
			},
			saveFailure: (id, { name = '', message }) => write('failed', attempt, id, name, message),
			clear: () => {
				if (attempt > 1) write('next', attempt);
				else delete entries[key];
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

/**
 * An MCP Server Trigger runs its tools before there is an execution, so what they created is kept in
 * this process, for callers that gave up too early and call again.
 */
const callsByNode = new Map<string, { openedAt: number; entries: Record<string, unknown> }>();
const CALLS_KEPT_MS = 3_600_000;

function callsOf(node: string): Record<string, unknown> {
	const now = Date.now();
	for (const [key, { openedAt }] of callsByNode) {
		if (now - openedAt > CALLS_KEPT_MS) callsByNode.delete(key);
	}
	const calls = callsByNode.get(node) ?? { openedAt: now, entries: {} };
	callsByNode.set(node, calls);
	return calls.entries;
}

function digestOf(parts: string[]): string {
	const hash = createHash('sha256');
	for (const part of parts) hash.update(`${part.length}:`).update(part);
	return hash.digest('hex').slice(0, 16);
}

interface CustomData {
	get(key: string): string | undefined;
	set(key: string, value: string): void;
}

/**
 * Notes IDs in the custom data, by the workflow data proxy, the way of n8n's Code node, which 1.123 and
 * 2.41 share: nodes have `this.customData` in newer releases only.
 */
function customDataNotes(context: IExecuteFunctions): (id: string) => void {
	let customData: CustomData | undefined;
	return (id) => {
		customData ??= customDataOf(context);
		if (!customData) return;
		for (let entry = 1; entry <= CUSTOM_DATA_ENTRIES; entry++) {
			const key = `actTwoGenerations${entry}`;
			const saved = customData.get(key);
			const ids = saved ? `${saved} ${id}` : id;
			if (ids.length <= MAX_ENTRY_LENGTH) {
				customData.set(key, ids);
				return;
			}
		}
	};
}

function customDataOf(context: IExecuteFunctions): CustomData | undefined {
	const { $execution } = context.getWorkflowDataProxy(0);
	return ($execution as { customData?: CustomData } | undefined)?.customData;
}
