import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { aimlapiClient } from '../aimlapi/client';
import type { AimlapiClient } from '../aimlapi/client';
import { checkBaseUrl } from '../aimlapi/baseUrl';
import { abortableClock } from '../waiting/clock';
import { sharedPace } from '../waiting/pace';
import { timeLimit } from '../waiting/timeLimit';
import type { TimeLimit } from '../waiting/timeLimit';
import type { Clock } from '../waiting/waitForGeneration';
import { Admission } from './admission';
import { Notices } from './notices';
import { toErrorItem, toNodeError } from './errors';
import { readEndpoint, readMaxConcurrentGenerations } from '../fields/parameters';

const CREDENTIAL_TYPE = 'aimlapiApi';

/** What the operations share during one execution of the node. */
export interface Run {
	context: IExecuteFunctions;
	client: AimlapiClient;
	clock: Clock;
	within: TimeLimit;
	admission: Admission;
	notices: Notices;
	/** Resolves when the next look is allowed. */
	pace: () => Promise<void>;
	/** Ends with the execution, or when one item fails and the workflow does not go on. */
	signal: AbortSignal;
	/** Takes all listeners off the signal. */
	close(): void;
}

/** The work of one item, its parameters already read and checked. */
export type Job = (run: Run) => Promise<INodeExecutionData>;

/** Reads and checks one item's parameters without sending anything. */
export type Prepare = (context: IExecuteFunctions, itemIndex: number) => Job;

/**
 * Runs all items side by side and returns their outputs in input order. Every item is checked before
 * the first request of any. Without continue-on-fail the first failure ends the others' waits; a POST
 * in flight is still awaited, so that its generation is remembered.
 * @throws NodeApiError or NodeOperationError; on Stop, the signal's own reason
 */
export async function runItems(
	context: IExecuteFunctions,
	prepare: Prepare,
): Promise<INodeExecutionData[]> {
	const goesOn = context.continueOnFail();
	const items = context.getInputData();
	if (items.length === 0) return [];

	const stop = new AbortController();
	const cancelSignal = context.getExecutionCancelSignal();
	const onCancel = () => stop.abort(cancelSignal?.reason);
	if (cancelSignal?.aborted) onCancel();
	cancelSignal?.addEventListener('abort', onCancel, { once: true });
	stop.signal.throwIfAborted();

	const failed = (thrown: unknown, itemIndex: number): INodeExecutionData => {
		// A stopped execution is nobody's failure: no error item may follow it.
		stop.signal.throwIfAborted();
		if (goesOn) return toErrorItem(thrown, itemIndex);
		const error = toNodeError(context.getNode(), thrown, itemIndex);
		stop.abort(error);
		throw error;
	};

	let run: Run | undefined;
	try {
		const jobs: Array<Job | INodeExecutionData> = [];
		for (let itemIndex = 0; itemIndex < items.length; itemIndex++) {
			try {
				jobs.push(prepare(context, itemIndex));
			} catch (error) {
				jobs.push(failed(error, itemIndex));
			}
		}
		try {
			run = await startRun(context, stop.signal);
		} catch (error) {
			// Thrown in one, n8n would take the input items for the results when it goes on.
			return items.map((_, itemIndex) => failed(error, itemIndex));
		}

		const started = run;
		const results = await Promise.allSettled(
			jobs.map(async (job, itemIndex) => {
				if (typeof job !== 'function') return job;
				try {
					return await started.admission.run(async () => await job(started));
				} catch (error) {
					return failed(error, itemIndex);
				}
			}),
		);
		stop.signal.throwIfAborted();
		started.notices.tell(context);
		return results.map((result) => (result as PromiseFulfilledResult<INodeExecutionData>).value);
	} finally {
		run?.close();
		cancelSignal?.removeEventListener('abort', onCancel);
	}
}

async function startRun(context: IExecuteFunctions, signal: AbortSignal): Promise<Run> {
	const data = await context.getCredentials(CREDENTIAL_TYPE);
	const credential = { id: '', name: '', type: CREDENTIAL_TYPE, data };
	const url = checkBaseUrl(data.baseUrl);
	const endpoint = readEndpoint(context);
	const mostAtOnce = readMaxConcurrentGenerations(context);
	const clock = abortableClock(signal);
	const within = timeLimit(clock);
	const admission = new Admission(mostAtOnce, clock, signal);
	return {
		context,
		client: aimlapiClient(context, credential, url, endpoint, within),
		within,
		clock,
		admission,
		notices: new Notices(),
		pace: sharedPace(clock),
		signal,
		close: () => {
			clock.close();
			admission.close();
		},
	};
}
