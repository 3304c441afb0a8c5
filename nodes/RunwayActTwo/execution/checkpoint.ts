import type { IBinaryKeyData, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { digestOf, newClientRequestId } from '../aimlapi/clientRequestId';
import { usageOf } from '../aimlapi/contract';
import type { Failure, Usage } from '../aimlapi/contract';
import { parseJson } from '../aimlapi/untrusted';
import { isTool } from '../fields/isTool';
import { customDataNotes } from './customData';
import { toolCalls } from './toolCalls';
import type { Entries } from './toolCalls';

/** What was done for this item before: by an earlier try, or meanwhile by another one. */
export type CheckpointState =
	/** A POST was sent, and whether it was accepted is not known. */
	| { kind: 'sent'; clientRequestId: string; sentAt: number }
	| { kind: 'created'; id: string; usage: Usage; reused?: boolean }
	/** The generation ended in a way that would only repeat itself. */
	| { kind: 'failed'; id: string; failure: Failure };

/**
 * What is known of one item's generation. A change is written only over what this object has loaded or
 * written itself, so that a call that was given up never overwrites what came after it.
 */
export interface Checkpoint {
	load(): CheckpointState | undefined;
	/** What two calls share that are to share one generation. */
	scope: string;
	/** A new header `X-Client-Request-Id`: every POST has its own. */
	newClientRequestId(contentDigest: string): string;
	/** @param sentAt milliseconds since 1970 */
	markSent(clientRequestId: string, sentAt: number): void;
	/** @param reused whether another execution has paid for it */
	save(id: string, usage: Usage, reused?: boolean): void;
	saveFailure(id: string, failure: Failure): void;
	/** Nothing was accepted, or what was has failed: the creation may be sent again. */
	clear(): void;
}

/** As written: short, because n8n keeps it with the execution. */
type Entry =
	| ['sent', clientRequestId: string, sentAt: number]
	| ['created', id: string, creditsUsed?: number, costUsd?: number, reused?: boolean]
	| ['failed', id: string, name: string, message: string];

/**
 * @param request what the item asks for, in parts. Of a node: its parameters as they are written, since
 *   what their expressions give may be different the next time. Of a tool: what the model asks for, and
 *   the account.
 */
export type OpenCheckpoint = (itemIndex: number, request: string[]) => Checkpoint;

/**
 * The checkpoints of the items' creations, in the node's context data, which survives n8n's Retry On Fail
 * and the retry of a failed execution, so that a second try resumes instead of paying twice. A node's
 * item is known by the run (each round of a loop is its own), by its data, and by how many equal ones
 * come before it. As a tool the node gets a new run for every call, retries included, so there the
 * request alone is the key: a model that repeats itself gets the generation that exists. n8n drops
 * context data on Stop, hence the copy of the IDs in custom data.
 */
export function checkpointsOf(context: IExecuteFunctions): OpenCheckpoint {
	const executionId = context.getExecutionId() as string | undefined;
	const instanceId = context.getInstanceId();
	const node = [instanceId, context.getWorkflow().id ?? '', context.getNode().name];
	const keepsContext = executionId !== undefined;
	const entries = keepsContext ? contextEntries(context.getContext('node')) : outsideExecutions;
	const noteInCustomData = customDataNotes(context);
	const items = isTool(context.getNode()) ? undefined : itemsOf(context);
	return (itemIndex, request) => {
		const key = digestOf([...(items?.key(itemIndex) ?? []), ...request]).slice(0, 16);
		const scope = digestOf([...node, key]);
		const entryKey = keepsContext ? key : scope;
		let known: string | undefined;
		const write = (entry?: Entry) => {
			if (entries.get(entryKey) !== known) return;
			known = entry && JSON.stringify(entry);
			if (known === undefined) entries.delete(entryKey);
			else entries.set(entryKey, known);
		};
		return {
			load: () => {
				known = entries.get(entryKey);
				return known === undefined ? undefined : stateOf(parseJson(known) as Entry);
			},
			scope: `${executionId} ${scope}`,
			newClientRequestId: (contentDigest) =>
				newClientRequestId(
					{ executionId, runIndex: items?.runIndex() ?? '0', itemIndex, instanceId },
					contentDigest,
				),
			markSent: (clientRequestId, sentAt) => write(['sent', clientRequestId, sentAt]),
			save(id, { creditsUsed, costUsd }, reused) {
				write(['created', id, creditsUsed, costUsd, reused]);
				noteInCustomData(id);
			},
			saveFailure: (id, { name = '', message }) => write(['failed', id, name, message]),
			clear: () => write(),
		};
	};
}

function stateOf(entry: Entry): CheckpointState {
	const [kind, first] = entry;
	switch (kind) {
		case 'sent':
			return { kind, clientRequestId: first, sentAt: entry[2] };
		case 'created':
			return {
				kind,
				id: first,
				usage: usageOf(entry[2], entry[3]),
				...(entry[4] && { reused: true }),
			};
		case 'failed':
			return { kind, id: first, failure: { name: entry[2], message: entry[3] } };
	}
}

/** What is the same of an item whenever the node runs again, in whatever order the items come then. */
function itemsOf(context: IExecuteFunctions) {
	let digests: Array<[digest: string, equalOnesBefore: number]> | undefined;
	// n8n builds the whole view of the workflow for each expression, so once for all items.
	let run: string | undefined;
	const runIndex = () => (run ??= String(context.evaluateExpression('{{ $runIndex }}', 0)));
	return {
		runIndex,
		key: (itemIndex: number): string[] => {
			digests ??= numbered(context.getInputData().map(digestOfItem));
			const [digest, equalOnesBefore] = digests[itemIndex];
			return [runIndex(), digest, String(equalOnesBefore)];
		},
	};
}

function numbered(digests: string[]): Array<[digest: string, equalOnesBefore: number]> {
	const counts = new Map<string, number>();
	return digests.map((digest) => {
		const before = counts.get(digest) ?? 0;
		counts.set(digest, before + 1);
		return [digest, before];
	});
}

function digestOfItem({ json, binary = {} }: INodeExecutionData): string {
	const parts = [JSON.stringify(json), ...Object.entries(binary).flatMap(namesOfFile)];
	return digestOf(parts.map((part) => part.replace(FOLDER_OF_FILES, '')));
}

/**
 * Where n8n stores an execution's files. Those of a webhook or a form are stored before the execution has
 * its number, and moved once it has ended, so a retry finds them under another ID (n8n,
 * execution-lifecycle/restore-binary-data-id.js). The file's own name stays, and is unique.
 */
const FOLDER_OF_FILES = /\bexecutions\/[^/"]+\/binary_data\//g;

/** The file's place in n8n's storage; in memory mode the item holds the file itself. */
function namesOfFile([field, { id, data, fileName = '' }]: [
	string,
	IBinaryKeyData[string],
]): string[] {
	return [field, fileName, id ?? data];
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
