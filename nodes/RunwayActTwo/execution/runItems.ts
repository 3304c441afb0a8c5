import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { Model } from '../aimlapi/model';
import { ActTwoError } from '../errors';
import type { Operation, Refusal } from './operation';
import { toErrorItem, toInvalidItemsError, toNodeError, toStopError } from './nodeErrors';
import { startSession } from './session';
import type { Session, SharedSession, StartedSession } from './session';

type ItemOutput = INodeExecutionData | INodeExecutionData[];
type OperationOf = (context: IExecuteFunctions, itemIndex: number) => Operation;

/** An item as far as it has come, or the reason why it comes no further. */
type Item = { session: Session; operation: Operation; params: unknown } | { thrown: unknown };

/**
 * Reads all items, checks all, then executes them side by side, and returns their outputs in input
 * order: nothing is paid for before every item is checked. Without continue-on-fail the first failure
 * ends the polling of the others; a POST in flight is still awaited, so that its generation is saved.
 * @throws NodeApiError or NodeOperationError; on Stop an error that names what is paid for, or, where
 *   nothing is, the signal's own reason
 */
export async function runItems(
	context: IExecuteFunctions,
	model: Model,
	operationOf: OperationOf,
	continuesOnFail: boolean,
): Promise<INodeExecutionData[]> {
	const stop = new AbortController();
	const cancelSignal = context.getExecutionCancelSignal();
	const onCancel = () => stop.abort(cancelSignal?.reason);
	// n8n's Retry On Fail runs the node again after Stop.
	if (cancelSignal?.aborted) throw stopErrors.get(cancelSignal) ?? (cancelSignal.reason as Error);
	cancelSignal?.addEventListener('abort', onCancel);

	const session = startSession(context, model, stop.signal);
	try {
		let items = await readAll(session, operationOf);
		if (!continuesOnFail) throwIfInvalid(session, items);
		items = await checkAll(items);
		stop.signal.throwIfAborted();
		if (!continuesOnFail) throwIfInvalid(session, items);
		items = await refuseTogether(session, items, continuesOnFail);
		const outputs = await executeAll(session, items, stop, continuesOnFail);
		session.hints.show(context);
		return outputs.flat();
	} catch (error) {
		throw cancelSignal?.aborted ? stopErrorOf(session, cancelSignal, error) : error;
	} finally {
		session.close();
		// Ends the requests that were given up and never answered.
		stop.abort();
		cancelSignal?.removeEventListener('abort', onCancel);
	}
}

const stopErrors = new WeakMap<AbortSignal, Error>();

/** Where nothing is paid for, `error`: the stop's own reason. */
function stopErrorOf({ context, created }: SharedSession, signal: AbortSignal, error: unknown) {
	if (created.size === 0) return error;
	const stopError = toStopError(context.getNode(), [...created]);
	stopErrors.set(signal, stopError);
	return stopError;
}

async function readAll(session: StartedSession, operationOf: OperationOf): Promise<Item[]> {
	return await Promise.all(
		session.context.getInputData().map(async (_, itemIndex): Promise<Item> => {
			try {
				const operation = operationOf(session.context, itemIndex);
				const isPaid = operation.isPaid?.(session, itemIndex) ?? false;
				const own = await session.ofItem(itemIndex, isPaid);
				return { session: own, operation, params: operation.read(own, itemIndex) };
			} catch (thrown) {
				return { thrown };
			}
		}),
	);
}

async function checkAll(items: Item[]): Promise<Item[]> {
	return await Promise.all(
		items.map(async (item, itemIndex): Promise<Item> => {
			if ('thrown' in item || !item.operation.check) return item;
			const { session, operation, params } = item;
			try {
				const check = async () => await operation.check?.(session, params, itemIndex);
				return { session, operation, params: await session.run(check) };
			} catch (thrown) {
				return { thrown };
			}
		}),
	);
}

/** What an operation has against all of its items together. */
async function refuseTogether(
	{ context, unfinished }: SharedSession,
	items: Item[],
	continuesOnFail: boolean,
): Promise<Item[]> {
	const valid = items.flatMap((item, itemIndex) =>
		'thrown' in item ? [] : { ...item, itemIndex },
	);
	const refused = new Map<number, ActTwoError>();
	for (const operation of new Set(valid.map((item) => item.operation))) {
		const refusal = await operation.refuse?.(valid.filter((item) => item.operation === operation));
		for (const itemIndex of refusal?.itemIndexes ?? []) {
			refused.set(itemIndex, new ActTwoError((refusal as Refusal).error));
		}
	}
	const [first] = refused;
	if (first && !continuesOnFail) {
		throw toNodeError(context.getNode(), first[1], first[0], 1, unfinished.size);
	}
	return items.map((item, itemIndex): Item => {
		const thrown = refused.get(itemIndex);
		return thrown ? { thrown } : item;
	});
}

async function executeAll(
	session: SharedSession,
	items: Item[],
	stop: AbortController,
	continuesOnFail: boolean,
): Promise<ItemOutput[]> {
	const { context } = session;
	let failure: { thrown: unknown; itemIndex: number } | undefined;
	const results = await Promise.allSettled(
		items.map(async (item, itemIndex): Promise<ItemOutput> => {
			try {
				if ('thrown' in item) throw item.thrown;
				const { operation, params } = item;
				const output = await item.session.run(
					async () => await operation.execute(item.session, params, itemIndex),
				);
				session.progress.end(itemIndex, 'finished');
				return output;
			} catch (thrown) {
				// A stopped execution is nobody's failure: no error item may follow it.
				stop.signal.throwIfAborted();
				session.unfinished.delete(itemIndex);
				session.progress.end(itemIndex, 'failed');
				if (continuesOnFail) return toErrorItem(context.getNode(), thrown, itemIndex);
				failure = { thrown, itemIndex };
				stop.abort(thrown);
				return [];
			}
		}),
	);
	await Promise.allSettled(session.posts);
	if (failure) {
		const others = session.unfinished.size;
		throw toNodeError(context.getNode(), failure.thrown, failure.itemIndex, items.length, others);
	}
	stop.signal.throwIfAborted();
	return results.map((result) => (result as PromiseFulfilledResult<ItemOutput>).value);
}

/** All invalid items in one error, so that a user can mend them in one go. */
function throwIfInvalid({ context, unfinished }: SharedSession, items: Item[]): void {
	const invalid = items.flatMap((item, itemIndex) =>
		'thrown' in item ? [{ thrown: item.thrown, itemIndex }] : [],
	);
	if (invalid.length > 0) {
		throw toInvalidItemsError(context.getNode(), invalid, items.length, unfinished.size);
	}
}
