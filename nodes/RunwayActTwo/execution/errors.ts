import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import type { INode, INodeExecutionData, JsonObject } from 'n8n-workflow';

import { TroubleError } from '../aimlapi/trouble';

/**
 * Any failure of one item as n8n's error: two-part text, the item, and the generation ID in
 * `context.generationId` where a generation exists.
 */
export function toNodeError(node: INode, thrown: unknown, itemIndex: number): Error {
	if (!(thrown instanceof TroubleError)) {
		return thrown instanceof NodeApiError || thrown instanceof NodeOperationError
			? thrown
			: new NodeOperationError(node, thrown as Error, { itemIndex });
	}
	const { trouble, generationId } = thrown;
	const message = withId(trouble.message, generationId);
	const { description, httpCode } = trouble;
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
	return error;
}

/**
 * The output item of a failure when the workflow goes on. One key, an object: the only form that both
 * n8n 1.123 and 2.41 lead to the error output with its details intact.
 */
export function toErrorItem(thrown: unknown, itemIndex: number): INodeExecutionData {
	const trouble = thrown instanceof TroubleError ? thrown.trouble : undefined;
	const generationId = thrown instanceof TroubleError ? thrown.generationId : undefined;
	const { message, description } = thrown as { message?: string; description?: string | null };
	return {
		json: {
			error: {
				message: withId(trouble?.message ?? message ?? 'Unknown', generationId),
				...((trouble ?? description) && { description: trouble?.description ?? description }),
				...(generationId !== undefined && { generationId }),
			},
		},
		pairedItem: { item: itemIndex },
	};
}

/** AI agents are shown an error's message alone, so the ID belongs in it. */
function withId(message: string, generationId: string | undefined): string {
	return generationId === undefined || message.includes(generationId)
		? message
		: `${message} (generation ${generationId})`;
}
