import { createHash } from 'node:crypto';

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
import type { CreationGate } from '../limits/creationGate';
import { openLimits } from '../limits/keyLimits';
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
	/** Shared with all executions of the same key. */
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
	const account = createHash('sha256')
		.update(JSON.stringify([baseUrl, data.apiKey]))
		.digest('hex');
	const limits = openLimits(account, clock);
	const client = aimlapiClient(context, {
		credential,
		baseUrl,
		endpoint,
		model,
		clock,
		withTimeout,
		rateLimiter: limits.rateLimiter,
		signal,
	});
	return {
		context,
		model,
		client,
		linkChecker: linkChecker(context, clock, signal),
		findInLogs: logSearch(client.listLogs, clock),
		openCheckpoint: checkpointsOf(context),
		clock,
		withTimeout,
		limiter: new ConcurrencyLimiter(maxConcurrentGenerations, clock),
		creations: limits.creations,
		uploads: new ConcurrencyLimiter(MAX_UPLOAD_BYTES, clock),
		hints: new Hints(),
		polled: new Set(),
		signal,
		close: () => {
			clock.close();
			limits.close();
		},
	};
}
