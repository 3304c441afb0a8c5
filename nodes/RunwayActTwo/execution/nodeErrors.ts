import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import type { IDataObject, INode, INodeExecutionData, JsonObject } from 'n8n-workflow';

import { RESUME_ADVICE, TOOL_ADVICE } from '../aimlapi/messages';
import { ActTwoError } from '../errors';
import { isTool } from '../fields/isTool';

const MAX_LISTED = 10;
const MAX_ADVICE = 3;

/**
 * Any failure of one item as n8n's error: two-part text, the item, and the generation ID in
 * `context.generationId` where a generation exists. The message names the item, as n8n's own nodes do,
 * where there are several.
 * @param stillRunning how many generations of other items are under way
 */
export function toNodeError(
	node: INode,
	thrown: unknown,
	itemIndex: number,
	itemCount = 1,
	stillRunning = 0,
): Error {
	if (!(thrown instanceof ActTwoError)) {
		return thrown instanceof NodeApiError || thrown instanceof NodeOperationError
			? thrown
			: new NodeOperationError(node, thrown as Error, { itemIndex });
	}
	const { details, generationId } = thrown;
	const { httpCode } = details;
	const others = describeStillRunning(stillRunning);
	const description = `${details.description}${others.advice}`;
	const item = itemCount > 1 ? ` [item ${itemIndex}]` : '';
	const message = isTool(node)
		? forModel(thrown)
		: `${withId(details.message, generationId)}${others.words}${item}`;
	// NodeApiError puts words of its own in place of ours when it sees a network code.
	const error =
		httpCode === undefined || !/^\d+$/.test(httpCode)
			? new NodeOperationError(node, message, { description, itemIndex })
			: new NodeApiError(node, { message } as JsonObject, {
					message,
					description,
					httpCode,
					itemIndex,
				});
	if (generationId !== undefined) error.context.generationId = generationId;
	return details.failure ? Object.assign(error, { failure: details.failure }) : error;
}

/** The error of items that cannot be sent: of one its own, of several a list of the first ten. */
export function toInvalidItemsError(
	node: INode,
	invalid: Array<{ thrown: unknown; itemIndex: number }>,
	itemCount: number,
	stillRunning = 0,
): Error {
	const [first] = invalid;
	const messages = invalid.map(({ thrown }) =>
		thrown instanceof Error ? thrown.message : 'unreadable',
	);
	if (new Set(messages).size === 1) {
		return toNodeError(node, first.thrown, first.itemIndex, 1, stillRunning);
	}
	const listed = messages.slice(0, MAX_LISTED);
	const others = describeStillRunning(stillRunning);
	const rest = invalid.length - listed.length;
	const advice = [...new Set(invalid.flatMap(({ thrown }) => adviceOf(thrown)))];
	const whatToDo =
		advice.slice(0, MAX_ADVICE).join(' ') || 'Change the values or their expressions.';
	const areOthersValid = invalid.length < itemCount;
	return new NodeOperationError(
		node,
		`${invalid.length} of ${itemCount} items are invalid: ${listed.join('; ')}${rest > 0 ? `; and ${rest} more` : ''}${others.words}`,
		{
			description: `${whatToDo} Nothing was sent for ${stillRunning > 0 ? 'these items' : 'any item'}.${others.advice}${areOthersValid ? " With 'On Error' set to 'Continue', the valid items are sent." : ''}`,
			itemIndex: first.itemIndex,
		},
	);
}

const adviceOf = (thrown: unknown): string[] =>
	thrown instanceof ActTwoError && thrown.details.advice ? [thrown.details.advice] : [];

/** What a failure that stops the workflow leaves behind. */
function describeStillRunning(count: number): { words: string; advice: string } {
	if (count === 0) return { words: '', advice: '' };
	return {
		words: `; ${count} other generation${count === 1 ? ' is' : 's are'} still running`,
		advice:
			' Retry this execution to get the other videos: their generations are resumed, and nothing is paid for twice.',
	};
}

/**
 * The error of an execution that was stopped, by a person or by the workflow's timeout. n8n saves no
 * output then, but hands this to the error workflow.
 * @param generationIds of all that is paid for
 */
export function toStopError(node: INode, generationIds: string[]): Error {
	const listed = generationIds.slice(0, MAX_LISTED).join(', ');
	const rest = generationIds.length - MAX_LISTED;
	const message = `The execution was stopped. Generation IDs: ${listed}${rest > 0 ? ` and ${rest} more` : ''}`;
	const description = `AIMLAPI still generates videos that were started. ${RESUME_ADVICE}`;
	const error = new NodeOperationError(node, message, { description });
	error.context.generationIds = generationIds;
	return error;
}

/**
 * The output item of a failure when the workflow continues. One key, an object: the only form that both
 * n8n 1.123 and 2.41 lead to the error output with its details intact.
 */
export function toErrorItem(node: INode, thrown: unknown, itemIndex: number): INodeExecutionData {
	return { json: { error: describe(node, thrown) }, pairedItem: { item: itemIndex } };
}

function describe(node: INode, thrown: unknown): IDataObject {
	if (!(thrown instanceof ActTwoError)) {
		const { message = 'Unknown', description } = thrown as Partial<NodeApiError>;
		return { message, ...(description && { description }) };
	}
	if (isTool(node)) return { message: forModel(thrown) };
	const { details, generationId } = thrown;
	const { message, description } = details;
	return {
		message: withId(message, generationId),
		description,
		...(generationId !== undefined && { generationId }),
	};
}

/** A model is shown the message alone, so that says all, and not to pay for the same video again. */
function forModel({ details, generationId }: ActTwoError): string {
	const parts = [`${withId(details.message, generationId)}.`, details.description];
	return [...parts, ...(generationId === undefined ? [] : [TOOL_ADVICE])].join(' ');
}

/** Lists of executions show the message alone, so the ID belongs in it. */
function withId(message: string, generationId: string | undefined): string {
	return generationId === undefined || message.includes(generationId)
		? message
		: `${message} (generation ${generationId})`;
}
