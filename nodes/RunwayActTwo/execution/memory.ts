import { createHash } from 'node:crypto';
import type { IExecuteFunctions } from 'n8n-workflow';

/** In place of the generation's ID: a POST was sent, and whether it was accepted is not known. */
export const SENT = '';

/** n8n keeps at most 10 entries of custom data, of 255 characters each; the user may want some too. */
const CUSTOM_DATA_ENTRIES = 6;
const IDS_PER_ENTRY = 6;

export interface CreationMemory {
	/** The generation's ID, or `SENT`. */
	recall(): string | undefined;
	sending(): void;
	created(id: string): void;
	forget(): void;
}

/**
 * Remembers the creation of one item in the node's context data, which survives n8n's Retry On Fail
 * and the retry of a failed execution, so that a second run resumes instead of paying twice. The key
 * tells apart run index (each round of a loop is its own), item index and `identity` (a changed request
 * is a new generation). n8n keeps all of it with the execution, so it is short. n8n drops context data
 * on Stop, hence the copy in custom data.
 * @param identity the parts of the request
 */
export function creationMemory(
	context: IExecuteFunctions,
	itemIndex: number,
	identity: string[],
): CreationMemory {
	const memory = context.getContext('node');
	const runIndex = String(context.evaluateExpression('{{ $runIndex }}', itemIndex));
	const key = digestOf([runIndex, String(itemIndex), ...identity]);
	return {
		recall: () => memory[key] as string | undefined,
		sending: () => {
			memory[key] = SENT;
		},
		created: (id) => {
			memory[key] = id;
			try {
				noteInCustomData(context, id, itemIndex);
			} catch {
				context.logger.warn(`Act-Two generation ${id} could not be noted in the custom data`);
			}
		},
		forget: () => {
			delete memory[key];
		},
	};
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
 * By the workflow data proxy, the way of n8n's Code node, which 1.123 and 2.41 share: nodes have
 * `this.customData` in newer releases only.
 */
function noteInCustomData(context: IExecuteFunctions, id: string, itemIndex: number): void {
	const { $execution } = context.getWorkflowDataProxy(itemIndex);
	const customData = ($execution as { customData?: CustomData } | undefined)?.customData;
	if (!customData) return;
	for (let entry = 1; entry <= CUSTOM_DATA_ENTRIES; entry++) {
		const key = `actTwoGenerations${entry}`;
		const noted = customData.get(key);
		const ids = noted ? noted.split(' ') : [];
		if (ids.length < IDS_PER_ENTRY) {
			customData.set(key, [...ids, id].join(' '));
			return;
		}
	}
}
