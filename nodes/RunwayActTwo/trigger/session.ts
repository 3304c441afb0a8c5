import type { IExecuteFunctions, IPollFunctions } from 'n8n-workflow';

import { checkBaseUrl } from '../aimlapi/baseUrl';
import { aimlapiClient } from '../aimlapi/client';
import { digestOf, instanceDigest } from '../aimlapi/clientRequestId';
import type { Endpoint } from '../aimlapi/contract';
import type { Model } from '../aimlapi/model';
import { Hints } from '../execution/hints';
import { CREDENTIAL_TYPE } from '../execution/session';
import { ConcurrencyLimiter } from '../limits/concurrencyLimiter';
import { limitsOf } from '../limits/keyLimits';
import { linkChecker } from '../media/linkCheck';
import type { VideoSession } from '../operations/steps/outputItem';
import { abortableClock } from '../time/clock';

/** Generations that are checked and downloaded at once. */
const MAX_CONCURRENT_CHECKS = 10;

/** What one poll works with. */
export interface TriggerSession extends VideoSession {
	poll: IPollFunctions;
	limiter: ConcurrencyLimiter;
	/** By which a client request ID names this n8n instance. */
	instance: string;
	close(): void;
}

/** @throws ActTwoError when the credential is invalid; n8n's error when there is none */
export async function startTriggerSession(
	poll: IPollFunctions,
	model: Model,
	endpoint: Endpoint,
): Promise<TriggerSession> {
	const data = await poll.getCredentials(CREDENTIAL_TYPE);
	const credential = { id: '', name: '', type: CREDENTIAL_TYPE, data };
	// n8n does not stop a poll, so only its own end is a signal.
	const stop = new AbortController();
	const { signal } = stop;
	// Of a context the client and the downloads use the helpers and the logger, which a poll has too.
	const context = poll as unknown as IExecuteFunctions;
	const clock = abortableClock(signal);
	const baseUrl = checkBaseUrl(data.baseUrl);
	const { rateLimiter } = limitsOf(digestOf([baseUrl, String(data.apiKey)]));
	return {
		poll,
		context,
		model,
		instance: instanceDigest(poll.getInstanceId()),
		client: aimlapiClient(context, {
			credential,
			baseUrl,
			endpoint,
			model,
			rateLimiter,
			clock,
			signal,
		}),
		linkChecker: linkChecker(context, clock, signal),
		hints: new Hints(),
		clock,
		limiter: new ConcurrencyLimiter(MAX_CONCURRENT_CHECKS, clock),
		signal,
		close: () => {
			clock.close();
			stop.abort();
		},
	};
}
