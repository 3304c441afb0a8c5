import type {
	ICredentialsDecrypted,
	IExecuteFunctions,
	IHttpRequestOptions,
	IN8nHttpFullResponse,
} from 'n8n-workflow';

import type { Clock } from '../time/clock';
import { rateLimiter } from '../limits/rateLimiter';
import type { Creation, LimitedRequest } from '../limits/rateLimiter';
import type { WithTimeout } from '../time/timeout';
import { classifyCreation, classifyPoll } from './classify';
import type { CreationVerdict, PollVerdict } from './classify';
import { ENDPOINT_PATHS } from './contract';
import type { Endpoint } from './contract';
import { classifyLogs, LOGS_PATH, logsQuery } from './logs';
import type { LogsVerdict } from './logs';
import type { Model } from './model';
import { toNoResponse } from './networkError';
import { toResponse } from './outcome';
import type { Outcome } from './outcome';

/** A creation may carry two files as data URIs, some 20 MB. */
const CREATE_TIMEOUT_MS = 120_000;
const POLL_TIMEOUT_MS = 30_000;
const LOOK_UP_TIMEOUT_MS = 10_000;
/** What a poll still gets when the deadline is nearer than that. */
const MIN_POLL_TIMEOUT_MS = 5_000;

const TIMED_OUT: Outcome = { kind: 'noResponse', sent: true, code: 'ETIMEDOUT' };

export interface AimlapiClient {
	/**
	 * Sends exactly one POST as soon as the rate limit allows, or none when another one is refused before
	 * that. Rejects only when the execution is stopped.
	 * @param body the request as JSON, from requestBody.ts
	 * @param as what the gate admitted it as
	 * @param clientRequestId 1 to 128 of `A-Z a-z 0-9 . _ : -`, under which AIMLAPI's logs show it
	 * @param onSend called right before it is sent
	 */
	createGeneration(
		body: Buffer,
		as: Creation,
		clientRequestId: string,
		onSend: () => void,
	): Promise<CreationVerdict | { kind: 'heldBack' }>;
	/**
	 * Sends one GET as soon as the rate limit allows, given up after 30 s or what is left, 5 s at
	 * least. Of those that wait, the generation polled first goes first. Rejects only when the execution
	 * is stopped.
	 */
	getGeneration(id: string, timeLeftMs: number): Promise<PollVerdict>;
	/** One page of the usage logs, newest first. Rejects only when the execution is stopped. */
	listLogs(periodMs: number, limit: number, offset: number): Promise<LogsVerdict>;
	/**
	 * One GET of what is nice to know and what nothing may wait for: prices, the balance. Given up after
	 * 10 s. Rejects only when the execution is stopped.
	 */
	lookUp(path: string): Promise<Outcome>;
}

export interface ClientOptions {
	/** Handed to n8n's helper, which would read it from the database at every poll. */
	credential: ICredentialsDecrypted;
	baseUrl: string;
	endpoint: Endpoint;
	model: Model;
	clock: Clock;
	withTimeout: WithTimeout;
	/** Ends with the session; then no request but a POST is left. */
	signal: AbortSignal;
}

/**
 * The API over n8n's authenticated helper. Redirects are not followed (n8n would take the key along)
 * and HTTP statuses are read here, because the helper sends a request answered 401 a second time
 * when it throws (n8n-core, request-helpers/authentication.js).
 */
export function aimlapiClient(
	context: IExecuteFunctions,
	{ credential, baseUrl, endpoint, model, clock, withTimeout, signal }: ClientOptions,
): AimlapiClient {
	const url = baseUrl + ENDPOINT_PATHS[endpoint];
	const limiter = rateLimiter(clock);
	const firstPolls = new Map<string, number>();
	// n8n ends a request with the signal that the calling context names, whatever the options say
	// (n8n-core, request-helpers/authentication.js).
	const endingWithSession = Object.create(context, {
		getExecutionCancelSignal: { value: () => signal },
	}) as IExecuteFunctions;

	const send = async (
		options: IHttpRequestOptions,
		request: LimitedRequest = 'other',
	): Promise<Outcome> => {
		const caller = request === 'other' ? endingWithSession : context;
		signal.throwIfAborted();
		const sentAt = clock.now();
		try {
			const response = (await context.helpers.httpRequestWithAuthentication.call(
				caller,
				credential.type,
				{
					...options,
					encoding: 'text',
					returnFullResponse: true,
					ignoreHttpStatusErrors: true,
					disableFollowRedirect: true,
				},
				{ credentialsDecrypted: credential },
			)) as IN8nHttpFullResponse;
			const { statusCode, headers, body } = response;
			const outcome = toResponse(statusCode, headers, textOf(body), clock.now());
			if (statusCode === 429) limiter.refused(request, sentAt, outcome.retryAfterMs);
			else if (statusCode < 500) limiter.taken(request);
			return outcome;
		} catch (error) {
			const outcome = toNoResponse(error);
			if (outcome.sent) signal.throwIfAborted();
			return outcome;
		}
	};

	return {
		async createGeneration(body, as, clientRequestId, onSend) {
			// First, so that AIMLAPI works on all of them meanwhile.
			if (!(await limiter.turn(as, -Infinity))) return { kind: 'heldBack' };
			onSend();
			const sent = send(
				{
					method: 'POST',
					url,
					headers: {
						'Content-Type': 'application/json',
						Accept: 'application/json',
						'X-Client-Request-Id': clientRequestId,
					},
					body,
					timeout: CREATE_TIMEOUT_MS,
				},
				as,
			);
			// Never given up before n8n does: its response carries the ID of what was paid for.
			return classifyCreation(await sent, model);
		},

		async getGeneration(id, timeLeftMs) {
			const order = firstPolls.get(id) ?? clock.now();
			firstPolls.set(id, order);
			await limiter.turn('other', order, clock.now() + timeLeftMs);
			const timeout = Math.min(POLL_TIMEOUT_MS, Math.max(MIN_POLL_TIMEOUT_MS, timeLeftMs));
			const sent = send({
				method: 'GET',
				url: `${url}?generation_id=${encodeURIComponent(id)}`,
				headers: { Accept: 'application/json' },
				timeout,
			});
			// n8n's own timeout counts idle time only, which a server that trickles bytes outlives. The
			// request left behind ends with the session.
			return classifyPoll(await withTimeout(sent, timeout, () => TIMED_OUT), id);
		},

		async listLogs(periodMs, limit, offset) {
			await limiter.turn('other', -Infinity);
			const sent = send({
				method: 'GET',
				url: `${baseUrl}${LOGS_PATH}?${logsQuery(model.id, periodMs, limit, offset)}`,
				headers: { Accept: 'application/json' },
				timeout: POLL_TIMEOUT_MS,
			});
			return classifyLogs(await withTimeout(sent, POLL_TIMEOUT_MS, () => TIMED_OUT));
		},

		async lookUp(path) {
			await limiter.turn('other', -Infinity, clock.now() + LOOK_UP_TIMEOUT_MS);
			const sent = send({
				method: 'GET',
				url: baseUrl + path,
				headers: { Accept: 'application/json' },
				timeout: LOOK_UP_TIMEOUT_MS,
			});
			return await withTimeout(sent, LOOK_UP_TIMEOUT_MS, () => TIMED_OUT);
		},
	};
}

/** Releases of n8n differ in whether a text response that is JSON arrives parsed. */
function textOf(body: unknown): string {
	return typeof body === 'string' ? body : (JSON.stringify(body) ?? '');
}
