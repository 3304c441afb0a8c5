import type {
	ICredentialsDecrypted,
	IExecuteFunctions,
	IHttpRequestOptions,
	IN8nHttpFullResponse,
} from 'n8n-workflow';

import { judgeCreation, judgeLook } from './answers';
import type { Answer, CreationVerdict, LookVerdict } from './answers';
import { ENDPOINT_PATHS, own } from './contract';
import type { Endpoint, GenerationRequest } from './contract';
import { requestBody } from './requestBody';

/** A creation may carry two files as data URIs, some 20 MB. */
const CREATE_TIMEOUT_MS = 120_000;
const LOOK_TIMEOUT_MS = 30_000;
/** What a look still gets when the deadline is nearer than that. */
const SHORTEST_LOOK_TIMEOUT_MS = 5_000;

const TIMED_OUT: Answer = { kind: 'silent', unsent: false, code: 'ETIMEDOUT' };

/** Codes of connections that were never made (Node's `errors` and `tls` documentation). */
const UNSENT_CODES =
	/^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|ERR_TLS_\w+|CERT_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+)$/;

/** Ends as `work` does, or with what `late` gives after `ms`; rejects when the execution is stopped. */
type Within = <T>(work: Promise<T>, ms: number, late: () => T) => Promise<T>;

export interface AimlapiClient {
	/** Sends exactly one POST. Rejects only when the execution is stopped. */
	create(request: GenerationRequest): Promise<CreationVerdict>;
	/** Sends one GET, given up after 30 s or what is left, 5 s at least. Rejects only on a stop. */
	look(id: string, timeLeftMs: number): Promise<LookVerdict>;
}

/**
 * The API over n8n's authenticated helper. Redirects are not followed (n8n would take the key along)
 * and HTTP statuses are read here, because the helper sends a request answered 401 a second time
 * when it throws (n8n-core, request-helpers/authentication.js).
 * @param credential handed to the helper, which would read it from the database at every look
 */
export function aimlapiClient(
	context: IExecuteFunctions,
	credential: ICredentialsDecrypted,
	baseUrl: string,
	endpoint: Endpoint,
	within: Within,
): AimlapiClient {
	const url = baseUrl + ENDPOINT_PATHS[endpoint];

	const send = async (options: IHttpRequestOptions): Promise<Answer> => {
		context.getExecutionCancelSignal()?.throwIfAborted();
		try {
			const response = (await context.helpers.httpRequestWithAuthentication.call(
				context,
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
			const retryAfter = response.headers['retry-after'];
			return {
				kind: 'answered',
				status: response.statusCode,
				...(typeof retryAfter === 'string' && { retryAfter }),
				text: textOf(response.body),
			};
		} catch (error) {
			context.getExecutionCancelSignal()?.throwIfAborted();
			const code = networkCode(error);
			return { kind: 'silent', unsent: UNSENT_CODES.test(code), code };
		}
	};

	return {
		async create(request) {
			const sent = send({
				method: 'POST',
				url,
				headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
				body: requestBody(request),
				timeout: CREATE_TIMEOUT_MS,
			});
			// Never given up before n8n does: its answer carries the ID of what was paid for.
			return judgeCreation(await sent);
		},

		async look(id, timeLeftMs) {
			const timeout = Math.min(LOOK_TIMEOUT_MS, Math.max(SHORTEST_LOOK_TIMEOUT_MS, timeLeftMs));
			const sent = send({
				method: 'GET',
				url,
				qs: { generation_id: id },
				headers: { Accept: 'application/json' },
				timeout,
			});
			// n8n's own timeout counts idle time only, which a server that trickles bytes outlives. The
			// request left behind ends with the execution.
			return judgeLook(await within(sent, timeout, () => TIMED_OUT), id);
		},
	};
}

/** Releases of n8n differ in whether a text answer that is JSON arrives parsed. */
function textOf(body: unknown): string {
	return typeof body === 'string' ? body : (JSON.stringify(body) ?? '');
}

function networkCode(error: unknown): string {
	const codes = [own(error, 'httpCode'), own(error, 'code'), own(own(error, 'cause'), 'code')];
	const code = codes.find(
		(candidate) => typeof candidate === 'string' && /^[A-Z_]+$/.test(candidate),
	);
	return (code as string | undefined) ?? 'connection lost';
}
