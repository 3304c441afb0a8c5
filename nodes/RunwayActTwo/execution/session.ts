import type { IExecuteFunctions } from 'n8n-workflow';

import { checkBaseUrl } from '../aimlapi/baseUrl';
import { aimlapiClient } from '../aimlapi/client';
import type { AimlapiClient } from '../aimlapi/client';
import type { Model } from '../aimlapi/model';
import { readExecutionSettings } from '../fields/perExecution';
import { linkChecker } from '../media/linkCheck';
import type { LinkChecker } from '../media/linkCheck';
import { abortableClock } from '../time/clock';
import type { Clock } from '../time/clock';
import { logSearch } from '../polling/logSearch';
import type { LogSearch } from '../polling/logSearch';
import { sharedTimeouts } from '../time/timeout';
import type { WithTimeout } from '../time/timeout';
import { checkpointsOf } from './checkpoint';
import type { OpenCheckpoint } from './checkpoint';
import { ConcurrencyLimiter } from '../limits/concurrencyLimiter';
import { CreationGate } from '../limits/creationGate';
import { Hints } from './hints';

const CREDENTIAL_TYPE = 'aimlapiApi';
/** Files that are in memory at once to be sent within requests. */
const MAX_UPLOAD_BYTES = 32 * 1024 * 1024;

/** What all items share during one execution of the node. */
export interface Session {
	context: IExecuteFunctions;
	model: Model;
	client: AimlapiClient;
	findInLogs: LogSearch;
	openCheckpoint: OpenCheckpoint;
	linkChecker: LinkChecker;
	clock: Clock;
	withTimeout: WithTimeout;
	limiter: ConcurrencyLimiter;
	creations: CreationGate;
	/** By the bytes of files. */
	uploads: ConcurrencyLimiter;
	hints: Hints;
	/** The IDs of the generations that are being polled. */
	polled: Set<string>;
	/** Ends with the node's execution, or when one item fails and the workflow does not continue. */
	signal: AbortSignal;
	/** Takes all listeners off the signal. */
	close(): void;
}

/**
 * Reads the credential and the settings of the whole execution; sends nothing.
 * @throws ActTwoError when one of them is invalid; n8n's error when there is no credential
 */
export async function startSession(
	context: IExecuteFunctions,
	model: Model,
	signal: AbortSignal,
): Promise<Session> {
	const data = await context.getCredentials(CREDENTIAL_TYPE);
	const credential = { id: '', name: '', type: CREDENTIAL_TYPE, data };
	const baseUrl = checkBaseUrl(data.baseUrl);
	const { endpoint, maxConcurrentGenerations } = readExecutionSettings(context);
	const clock = abortableClock(signal);
	const withTimeout = sharedTimeouts(clock);
	const limiter = new ConcurrencyLimiter(maxConcurrentGenerations, signal);
	const creations = new CreationGate(clock, signal);
	const uploads = new ConcurrencyLimiter(MAX_UPLOAD_BYTES, signal);
	const client = aimlapiClient(context, {
		credential,
		baseUrl,
		endpoint,
		model,
		clock,
		withTimeout,
		signal,
	});
	const links = linkChecker(context, clock, signal);
	return {
		context,
		model,
		client,
		linkChecker: links,
		findInLogs: logSearch(client.listLogs, clock),
		openCheckpoint: checkpointsOf(context),
		clock,
		withTimeout,
		limiter,
		creations,
		uploads,
		hints: new Hints(),
		polled: new Set(),
		signal,
		close: () => {
			clock.close();
			links.close();
			limiter.close();
			creations.close();
			uploads.close();
		},
	};
}
