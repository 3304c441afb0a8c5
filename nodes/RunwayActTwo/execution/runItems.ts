import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { Model } from '../aimlapi/model';
import type { Operation } from './operation';
import { toErrorItem, toInvalidItemsError, toNodeError } from './nodeErrors';
import { startSession } from './session';
import type { Session } from './session';

type ItemOutput = INodeExecutionData | INodeExecutionData[];

/** An item that was read, or the reason why it cannot be executed. */
type ReadItem = { operation: Operation; params: unknown } | { thrown: unknown };

/**
 * Reads and checks all items, then executes them side by side and returns their outputs in input order.
 * Nothing is paid for before every item is checked. Without continue-on-fail the first failure ends the polling of the
 * others; a POST in flight is still awaited, so that its generation is saved.
 * @throws NodeApiError or NodeOperationError; on Stop, the signal's own reason
 */
export async function runItems(
	context: IExecuteFunctions,
	model: Model,
	operationOf: (context: IExecuteFunctions, itemIndex: number) => Operation,
): Promise<INodeExecutionData[]> {
	const continueOnFail = context.continueOnFail();
	const items = context.getInputData();
	if (items.length === 0) return [];

	const stop = new AbortController();
	const cancelSignal = context.getExecutionCancelSignal();
	const onCancel = () => stop.abort(cancelSignal?.reason);
	if (cancelSignal?.aborted) onCancel();
	cancelSignal?.addEventListener('abort', onCancel, { once: true });
	stop.signal.throwIfAborted();

	const fail = (
		thrown: unknown,
		itemIndex: number,
		itemCount = items.length,
	): INodeExecutionData => {
		// A stopped execution is nobody's failure: no error item may follow it.
		stop.signal.throwIfAborted();
		if (continueOnFail) return toErrorItem(context.getNode(), thrown, itemIndex);
		const error = toNodeError(context.getNode(), thrown, itemIndex, itemCount);
		stop.abort(error);
		throw error;
	};

	let session: Session | undefined;
	try {
		const readItems = items.map((_, itemIndex): ReadItem => {
			try {
				const operation = operationOf(context, itemIndex);
				return { operation, params: operation.read(context, itemIndex) };
			} catch (thrown) {
				return { thrown };
			}
		});
		if (!continueOnFail) throwInvalid(context, readItems);
		try {
			session = await startSession(context, model, stop.signal);
		} catch (error) {
			// Thrown as one, n8n would take the input items for the results when it continues.
			// It is nothing of an item's, so no item is named.
			return items.map((_, itemIndex) => fail(error, itemIndex, 1));
		}

		const started = session;
		const checkedItems = await Promise.all(
			readItems.map(async (item, itemIndex): Promise<ReadItem> => {
				if ('thrown' in item || !item.operation.check) return item;
				const { operation, params } = item;
				try {
					return {
						operation,
						params: await started.limiter.run(
							async () => await operation.check?.(started, params, itemIndex),
						),
					};
				} catch (thrown) {
					return { thrown };
				}
			}),
		);
		stop.signal.throwIfAborted();
		if (!continueOnFail) throwInvalid(context, checkedItems);
		const results = await Promise.allSettled(
			checkedItems.map(async (item, itemIndex): Promise<ItemOutput> => {
				if ('thrown' in item) return fail(item.thrown, itemIndex);
				const { operation, params } = item;
				try {
					return await started.limiter.run(
						async () => await operation.execute(started, params, itemIndex),
					);
				} catch (error) {
					return fail(error, itemIndex);
				}
			}),
		);
		stop.signal.throwIfAborted();
		started.hints.show(context);
		return results.flatMap((result) => (result as PromiseFulfilledResult<ItemOutput>).value);
	} finally {
		session?.close();
		// Ends the requests that were given up and never answered.
		stop.abort();
		cancelSignal?.removeEventListener('abort', onCancel);
	}
}

/** All invalid items in one error, so that a user can mend them in one go. */
function throwInvalid(context: IExecuteFunctions, items: ReadItem[]): void {
	const invalid = items.flatMap((item, itemIndex) =>
		'thrown' in item ? [{ thrown: item.thrown, itemIndex }] : [],
	);
	if (invalid.length > 0) {
		throw toInvalidItemsError(context.getNode(), invalid, items.length);
	}
}
