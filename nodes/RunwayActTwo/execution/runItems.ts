import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { Model } from '../aimlapi/model';
import type { Operation } from './operation';
import { toErrorItem, toInvalidItemsError, toNodeError } from './nodeErrors';
import { startSession } from './session';
import type { Session } from './session';

type ItemOutput = INodeExecutionData | INodeExecutionData[];
type OperationOf = (context: IExecuteFunctions, itemIndex: number) => Operation;

/** An item as far as it has come, or the reason why it comes no further. */
type Item = { operation: Operation; params: unknown } | { thrown: unknown };

/**
 * Reads all items, checks all, then executes them side by side, and returns their outputs in input
 * order: nothing is paid for before every item is checked. Without continue-on-fail the first failure
 * ends the polling of the others; a POST in flight is still awaited, so that its generation is saved.
 * @throws NodeApiError or NodeOperationError; on Stop, the signal's own reason
 */
export async function runItems(
	context: IExecuteFunctions,
	model: Model,
	operationOf: OperationOf,
): Promise<INodeExecutionData[]> {
	if (context.getInputData().length === 0) return [];
	const stop = new AbortController();
	const cancelSignal = context.getExecutionCancelSignal();
	const onCancel = () => stop.abort(cancelSignal?.reason);
	if (cancelSignal?.aborted) onCancel();
	cancelSignal?.addEventListener('abort', onCancel, { once: true });
	stop.signal.throwIfAborted();

	let session: Session | undefined;
	try {
		const read = readAll(context, operationOf);
		throwIfInvalid(context, read);
		try {
			session = await startSession(context, model, stop.signal);
		} catch (error) {
			// Thrown as one, n8n would take the input items for the results when it continues.
			// It is nothing of an item's, so no item is named.
			return read.map((_, itemIndex) => fail(context, stop, error, itemIndex, 1));
		}
		const checked = await checkAll(session, read);
		stop.signal.throwIfAborted();
		throwIfInvalid(context, checked);
		const outputs = await executeAll(session, checked, stop);
		session.hints.show(context);
		return outputs.flat();
	} finally {
		session?.close();
		// Ends the requests that were given up and never answered.
		stop.abort();
		cancelSignal?.removeEventListener('abort', onCancel);
	}
}

function readAll(context: IExecuteFunctions, operationOf: OperationOf): Item[] {
	return context.getInputData().map((_, itemIndex): Item => {
		try {
			const operation = operationOf(context, itemIndex);
			return { operation, params: operation.read(context, itemIndex) };
		} catch (thrown) {
			return { thrown };
		}
	});
}

async function checkAll(session: Session, items: Item[]): Promise<Item[]> {
	return await Promise.all(
		items.map(async (item, itemIndex): Promise<Item> => {
			if ('thrown' in item || !item.operation.check) return item;
			const { operation, params } = item;
			try {
				const checked = await session.limiter.run(
					async () => await operation.check?.(session, params, itemIndex),
				);
				return { operation, params: checked };
			} catch (thrown) {
				return { thrown };
			}
		}),
	);
}

async function executeAll(
	session: Session,
	items: Item[],
	stop: AbortController,
): Promise<ItemOutput[]> {
	const { context, limiter } = session;
	const results = await Promise.allSettled(
		items.map(async (item, itemIndex): Promise<ItemOutput> => {
			try {
				if ('thrown' in item) throw item.thrown;
				const { operation, params } = item;
				return await limiter.run(async () => await operation.execute(session, params, itemIndex));
			} catch (error) {
				return fail(context, stop, error, itemIndex, items.length);
			}
		}),
	);
	stop.signal.throwIfAborted();
	return results.map((result) => (result as PromiseFulfilledResult<ItemOutput>).value);
}

/** The failed item's output, or the end of all. */
function fail(
	context: IExecuteFunctions,
	stop: AbortController,
	thrown: unknown,
	itemIndex: number,
	itemCount: number,
): INodeExecutionData {
	// A stopped execution is nobody's failure: no error item may follow it.
	stop.signal.throwIfAborted();
	if (context.continueOnFail()) return toErrorItem(context.getNode(), thrown, itemIndex);
	const error = toNodeError(context.getNode(), thrown, itemIndex, itemCount);
	stop.abort(error);
	throw error;
}

/** All invalid items in one error, so that a user can mend them in one go. */
function throwIfInvalid(context: IExecuteFunctions, items: Item[]): void {
	if (context.continueOnFail()) return;
	const invalid = items.flatMap((item, itemIndex) =>
		'thrown' in item ? [{ thrown: item.thrown, itemIndex }] : [],
	);
	if (invalid.length > 0) throw toInvalidItemsError(context.getNode(), invalid, items.length);
}
