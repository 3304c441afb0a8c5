import type {
	ICredentialsDecrypted,
	IExecuteFunctions,
	IHttpRequestOptions,
	IN8nHttpFullResponse,
} from 'n8n-workflow';

import type { Clock } from '../time/clock';
import type { RateLimiter } from '../limits/rateLimiter';
import { withTimeout } from '../time/timeout';
import { classifyCreation, classifyPoll } from './classify';
import type { CreationVerdict, PollVerdict } from './classify';
import { ENDPOINT_PATHS } from './contract';
import type { Endpoint } from './contract';
import { classifyLogs, LOGS_PATH, logsQuery } from './logs';
import type { LogsVerdict, LogWindow } from './logs';
import type { Model } from './model';
import { toNoResponse } from './networkError';
import { toResponse } from './outcome';
import type { Outcome } from './outcome';

/**
 * A creation may carry two files as data URIs, some 20 MB. More than the 127 s after which Linux gives up
 * a connection that nothing answers: that is then known not to have been sent.
 */
const CREATE_TIMEOUT_MS = 150_000;
const POLL_TIMEOUT_MS = 30_000;
const LOOK_UP_TIMEOUT_MS = 10_000;
/** What a poll still gets when the deadline is nearer than that. */
const MIN_POLL_TIMEOUT_MS = 5_000;

const TIMED_OUT: Outcome = { kind: 'noResponse', sent: true, code: 'ETIMEDOUT' };

export interface AimlapiClient {
	/**
	 * Sends exactly one POST, at once: the creation gate says when. It outlives the session, because its
	 * answer names what is paid for, but not 150 s. Rejects only when the execution is stopped.
	 * @param body the request as JSON, from requestBody.ts
	 * @param clientRequestId 1 to 128 of `A-Z a-z 0-9 . _ : -`, under which AIMLAPI's logs show it
	 */
	createGeneration(body: Buffer, clientRequestId: string): Promise<CreationVerdict>;
	/**
	 * Sends one GET as soon as the rate limiter allows, or when no time is left, and gives it up after
	 * 30 s or what is left, 5 s at least. Of those that wait, the generation polled first goes first.
	 * Rejects only when the execution is stopped.
	 */
	getGeneration(id: string, timeLeftMs: number): Promise<PollVerdict>;
	/** One page of the usage logs, newest first. Rejects only when the execution is stopped. */
	listLogs(window: LogWindow, limit: number, offset: number): Promise<LogsVerdict>;
	/**
	 * One GET of what is nice to know and what nothing may wait for: prices, the balance. Given up after
	 * 10 s. Rejects only when the execution is stopped.
	 */
	lookUp(path: string): Promise<Outcome>;
}

interface ClientOptions {
	/** Handed to n8n's helper, which would read it from the database at every poll. */
	credential: ICredentialsDecrypted;
	baseUrl: string;
	endpoint: Endpoint;
	model: Model;
	clock: Clock;
	rateLimiter: RateLimiter;
	/** Ends with the session; then no request but a POST is left. */
	signal: AbortSignal;
	/** Of the execution itself, which may be stopped after one item's failure has ended the others. */
	onCancel?: Clock['onStop'];
}

/**
 * The API over n8n's authenticated helper. Redirects are not followed (n8n would take the key along)
 * and HTTP statuses are read here, because the helper sends a request answered 401 a second time
 * when it throws (n8n-core, request-helpers/authentication.js).
 */
export function aimlapiClient(
	context: IExecuteFunctions,
	{
		credential,
		baseUrl,
		endpoint,
		model,
		clock,
		rateLimiter,
		signal,
		onCancel = clock.onStop,
	}: ClientOptions,
): AimlapiClient {
	const url = baseUrl + ENDPOINT_PATHS[endpoint];
	const firstPolls = new Map<string, number>();

	/**
	 * n8n ends a request with the signal that the calling context names, whatever the options say
	 * (n8n-core, request-helpers/authentication.js). Each request has one of its own, because Node warns
	 * of a leak when a signal has more than ten listeners.
	 */
	const send = async (
		options: IHttpRequestOptions,
		endsOn: (end: () => void) => () => void,
	): Promise<Outcome> => {
		signal.throwIfAborted();
		const request = new AbortController();
		const caller = Object.create(context, {
			getExecutionCancelSignal: { value: () => request.signal },
		}) as IExecuteFunctions;
		const forget = endsOn(() => request.abort());
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
			return toResponse(statusCode, headers, textOf(body), clock.now());
		} catch (error) {
			return toNoResponse(error);
		} finally {
			forget();
		}
	};

	/** Sends a GET when the rate limiter allows, after `waitMs` all the same. */
	const get = async (
		to: string,
		timeout: number,
		waitMs = timeout,
		order = -Infinity,
		judge: (outcome: Outcome, sentAt: number) => void = () => {},
	): Promise<Outcome> => {
		await rateLimiter.acquire({ clock, order, deadline: clock.elapsed() + waitMs });
		const sentAt = clock.elapsed();
		// n8n's own timeout counts idle time only, which a server that trickles bytes outlives. The
		// request left behind ends with the session.
		const sent = send(
			{ method: 'GET', url: to, headers: { Accept: 'application/json' }, timeout },
			clock.onStop,
		);
		const outcome = await withTimeout(clock, sent, timeout, () => TIMED_OUT);
		signal.throwIfAborted();
		judge(outcome, sentAt);
		return outcome;
	};

	/** What a status check tells of the rate. The logs and the catalogue have limits of their own. */
	const judgeRate = (outcome: Outcome, sentAt: number): void => {
		if (outcome.kind !== 'response') return;
		const { status, retryAfterMs } = outcome;
		if (status === 429) rateLimiter.throttled(sentAt, clock.elapsed(), retryAfterMs);
		else if (status < 500) rateLimiter.succeeded(sentAt, clock.elapsed());
	};

	return {
		async createGeneration(body, clientRequestId) {
			const isStopped = context.getExecutionCancelSignal();
			const limit = AbortSignal.timeout(CREATE_TIMEOUT_MS);
			const outcome = await send(
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
				(end) => {
					limit.addEventListener('abort', end, { once: true });
					const forget = onCancel(end);
					return () => {
						limit.removeEventListener('abort', end);
						forget();
					};
				},
			);
			if (outcome.kind === 'noResponse' && outcome.sent) isStopped?.throwIfAborted();
			return classifyCreation(outcome, model);
		},

		async getGeneration(id, timeLeftMs) {
			const now = clock.elapsed();
			const firstPoll = firstPolls.get(id) ?? now;
			firstPolls.set(id, firstPoll);
			// Both count, so that those polled first go first and yet nobody waits for ever.
			const order = firstPoll + now;
			const waitMs = Math.max(MIN_POLL_TIMEOUT_MS, timeLeftMs);
			const timeout = Math.min(POLL_TIMEOUT_MS, waitMs);
			const to = `${url}?generation_id=${encodeURIComponent(id)}`;
			return classifyPoll(await get(to, timeout, waitMs, order, judgeRate), id);
		},

		async listLogs(window, limit, offset) {
			const to = `${baseUrl}${LOGS_PATH}?${logsQuery(model.id, window, limit, offset)}`;
			return classifyLogs(await get(to, POLL_TIMEOUT_MS));
		},

		lookUp: async (path) => await get(baseUrl + path, LOOK_UP_TIMEOUT_MS),
	};
}

/** Releases of n8n differ in whether a text response that is JSON arrives parsed. */
function textOf(body: unknown): string {
	return typeof body === 'string' ? body : (JSON.stringify(body, exactOnly) ?? '');
}

/** A parsed whole number that has lost digits names nothing. */
const exactOnly = (_: string, value: unknown): unknown =>
	Number.isInteger(value) && !Number.isSafeInteger(value) ? null : value;
