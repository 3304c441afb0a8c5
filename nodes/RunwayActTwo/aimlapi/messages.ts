/** Every text about the API, once. Server text in it is cleaned and quoted. Pure. */
import type { ErrorDetails } from '../errors';
import { NO_REASON } from './contract';
import type { Failure, Generation } from './contract';
import { declaredFailure } from './failure';
import type { Model } from './model';
import { isSuccess } from './outcome';
import type { NoResponse, Response } from './outcome';
import { errorText, own, plainText } from './untrusted';

const MAX_FOREIGN_WORDS = 200;

/** What was asked of the API. */
export type Asked = { creationOf: Model } | 'poll' | 'logs';

const BILLING = 'https://aimlapi.com/app/billing/';
const CHECK_CONNECTION =
	"Check the 'Base URL' of the credential and the network of this n8n instance.";
export const RESUME_ADVICE =
	'Use Wait for Video or Get Video with the generation ID to get the video.';
/** For models that call the node as a tool, once a generation exists. */
export const TOOL_ADVICE = 'Tell the user, and do not call this tool again for the same video.';
const NOT_RETRIED = 'The request was not retried, because that could use credits twice.';

export const NO_STATUS: ErrorDetails = {
	message: 'AIMLAPI did not respond',
	description: 'Try again later.',
};

export const COMPLETED_WITHOUT_LINK: ErrorDetails = {
	message: 'AIMLAPI reports the generation as completed but sent no video link',
	description: 'Check again later.',
};

const INVALID_RESPONSE = {
	message: 'AIMLAPI sent an invalid response',
	description: "Check the 'Base URL' of the credential, and whether AIMLAPI is available.",
};

const OTHER_GENERATION =
	"Check the 'Generation ID'. Use the endpoint the generation was created with, and the API key of the same account.";

const CHECK_VALUES = "Check the fields of this node and the 'Base URL' of the credential.";

const NOT_ACCEPTED = {
	message: 'AIMLAPI did not accept the request',
	description: 'Change the fields named here, then try again.',
};

const NO_CREDITS = {
	message: 'AIMLAPI refused the request: out of credits, or not allowed',
	description: `Check your balance at ${BILLING}.`,
};

const STATUS_TEXTS: Record<number, Omit<ErrorDetails, 'httpCode'>> = {
	400: NOT_ACCEPTED,
	401: {
		message: 'AIMLAPI did not accept the API key',
		description:
			'Check the key in the AIMLAPI credential, or create one at https://aimlapi.com/app/keys.',
	},
	402: NO_CREDITS,
	403: NO_CREDITS,
	404: {
		message: 'AIMLAPI did not find the generation',
		description: OTHER_GENERATION,
	},
	407: {
		message: 'AIMLAPI could not be reached: a proxy requires authentication',
		description: 'Check the proxy settings of this n8n instance.',
	},
	413: {
		message: 'AIMLAPI did not accept the request: the file is too large',
		description:
			'Make the file smaller, or upload it to a public https address and set the source to URL.',
	},
	422: NOT_ACCEPTED,
	429: {
		message: 'AIMLAPI is receiving too many requests',
		description:
			"Wait a while, lower 'Max Concurrent Generations', or check the limits of your plan.",
	},
};

/** A creation that the limits left no room for in all the time there was. */
export const DEFERRED: ErrorDetails = {
	message: 'AIMLAPI had no room for this video in time',
	description:
		"Other videos of the same API key were being generated all the while. Nothing was sent for this item. Start fewer videos at once, raise 'Timeout' if the operation has it, or check the limits of your plan.",
};

/** The same video, which another item or execution creates for all, without an answer in time. */
export const STARTED_ELSEWHERE: ErrorDetails = {
	message: 'The same video is still being started by another execution',
	description:
		"Nothing was sent for this item, because 'Reuse Recent Generation' is set. Try again later, or raise 'Timeout'.",
};

const createNotFound = ({ name, documentation }: Model) => ({
	message: 'AIMLAPI did not find the model or the URL of the request',
	description: `Check the 'Base URL' of the credential and the option 'Endpoint'. ${name} may also have been retired: see ${documentation}.`,
});

const LOGS_BARRED = {
	message: "This API key isn't allowed to read the usage logs",
	description: `Use a key with that permission, or check your usage at ${BILLING}.`,
};

/** How files were sent. */
const FILES_SENT = {
	inside: 'The file was sent inside the request.',
	link: 'The file was sent as a temporary link to this n8n instance, which must be reachable from the internet.',
	both: 'The file was sent inside the request, and once more as a temporary link to this n8n instance.',
};
const UPLOAD_INSTEAD =
	'If that is the cause, upload it to a public https address and set the source to URL instead.';

/**
 * A response that is of no use, with the words in it. What is not AIMLAPI's JSON speaks only of what
 * answered in its place.
 */
export function describeResponse(response: Response, asked: Asked): ErrorDetails {
	const { status, body, text } = response;
	const httpCode = String(status);
	if (!body) return { ...describeInFront(text, status, asked), httpCode };
	const said = quoted(wordsOf(body));
	const { message, description } = textsFor(status, asked, said !== '');
	const isCreation = typeof asked === 'object';
	const failure = declaredFailure(status, body, isCreation, response.retryAfterMs);
	return {
		message,
		description: sentences(said, description, requestIdOf(body)),
		httpCode,
		...(failure && { failure }),
	};
}

/**
 * The same about a rejected creation with files: how they were sent, and no word of the request's own
 * fields for them, which whoever gave a file has never seen.
 * @param files the inputs that are files
 */
export function describeRejectedFiles(
	error: ErrorDetails,
	files: Array<'character' | 'reference'>,
	sent: keyof typeof FILES_SENT,
): ErrorDetails {
	if (files.length === 0 || !refusesContent(error)) return error;
	const field = new RegExp(`\\b(${files.join('|')})\\W{1,4}url\\b`, 'gi');
	const description = error.description.replace(field, 'the $1 file');
	const advice = /set the source to URL/.test(description) ? '' : UPLOAD_INSTEAD;
	return { ...error, description: sentences(description, FILES_SENT[sent], advice) };
}

/** Whether the API refuses what it was sent, and not whoever sent it or how often. */
export const refusesContent = ({ httpCode = '' }: ErrorDetails): boolean =>
	/^(400|413|414|415|422)$/.test(httpCode);

const isRedirect = (status: number): boolean => status >= 300 && status < 400;

/** What means the same whoever answers it. */
const isSaidOnTheWay = (status: number): boolean => [407, 413, 429].includes(status);

function describeInFront(
	text: string,
	status: number,
	asked: Asked,
): Omit<ErrorDetails, 'httpCode'> {
	const texts = textsFor(status, asked);
	const isPage = /^\s*<(!doctype|html|head|body)\b/i.test(text);
	if (isSaidOnTheWay(status) || (isRedirect(status) && !isPage)) return texts;
	const title = plainText(/<title[^>]*>([^<]*)/i.exec(text)?.[1] ?? '');
	const words = plainText(text).slice(0, MAX_FOREIGN_WORDS);
	const message = isPage
		? `A web page was returned instead of AIMLAPI's response (HTTP ${status})`
		: isSuccess(status) || status >= 500
			? texts.message
			: `The response did not come from AIMLAPI (HTTP ${status})`;
	return {
		message,
		description: sentences(
			isPage && title !== '' ? `Its title is ${quotation(title)}` : '',
			!isPage && words !== '' ? `It says ${quotation(words)}` : '',
			'It comes from something between n8n and AIMLAPI, such as a firewall, a proxy or a login page.',
			CHECK_CONNECTION,
		),
	};
}

/** @param isExplained whether the response has words of its own */
function textsFor(
	status: number,
	asked: Asked,
	isExplained = false,
): Omit<ErrorDetails, 'httpCode'> {
	const isCreation = typeof asked === 'object';
	if (isSuccess(status)) return INVALID_RESPONSE;
	if (status === 404 && isCreation) return createNotFound(asked.creationOf);
	if (asked === 'logs' && (status === 403 || status === 404)) return LOGS_BARRED;
	const known = STATUS_TEXTS[status];
	if (known === NOT_ACCEPTED && asked === 'poll') {
		return { ...known, description: OTHER_GENERATION };
	}
	if (known === NOT_ACCEPTED && !isExplained) {
		return { ...known, description: CHECK_VALUES };
	}
	if (known) return known;
	if (isRedirect(status)) {
		return {
			message: 'AIMLAPI responded with a redirect, which is not followed',
			description: "Check the 'Base URL' of the credential.",
		};
	}
	return status >= 500
		? {
				message: `AIMLAPI is not available right now (HTTP ${status})`,
				// A creation may have been accepted: what to do about that is said elsewhere.
				description: isCreation ? "The cause is on AIMLAPI's side." : 'Try again later.',
			}
		: {
				message: `AIMLAPI responded with HTTP ${status}`,
				description: CHECK_VALUES,
			};
}

/** Codes of a certificate whose authority this machine does not know: Node's `tls` documentation. */
const UNTRUSTED_CERTIFICATE =
	/^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|CERT_UNTRUSTED)$/;

export function describeNoResponse(outcome: NoResponse): ErrorDetails {
	return { ...textsForNoResponse(outcome), httpCode: outcome.code };
}

function textsForNoResponse({ sent, code, refusal }: NoResponse) {
	if (refusal !== undefined) {
		return {
			message: 'n8n did not send the request to AIMLAPI',
			description: `n8n said: ${quotation(refusal)} Check the 'Base URL' of the credential and n8n's settings for outgoing requests.`,
		};
	}
	if (!sent && UNTRUSTED_CERTIFICATE.test(code)) {
		return {
			message: "AIMLAPI could not be reached: n8n does not trust its server's certificate",
			description: `If a proxy or gateway of your own signs it (${code}), start n8n with the environment variable NODE_EXTRA_CA_CERTS set to the file of its certificate authority. ${CHECK_CONNECTION}`,
		};
	}
	return sent
		? {
				message: 'The connection to AIMLAPI was lost',
				description: `No complete response arrived (${code}). Check the network of this n8n instance.`,
			}
		: {
				message: 'AIMLAPI could not be reached',
				description: `No connection could be made (${code}). ${CHECK_CONNECTION}`,
			};
}

/** A POST that is still without an answer while its generation is searched for. */
export const NO_ANSWER_YET = describeNoResponse({
	kind: 'noResponse',
	sent: true,
	code: 'ETIMEDOUT',
});

/** An item whose creation was sent by an earlier run of the execution. */
export const SENT_BEFORE: ErrorDetails = {
	message: 'This item was sent to AIMLAPI before and got no clear response',
	description: '',
};

/**
 * A creation that may have been accepted and was not found in the logs.
 * @param logsError why the logs could not be read; absent when they were and did not show it
 */
export function describeNotRecovered(
	error: ErrorDetails,
	clientRequestId: string,
	logsError?: ErrorDetails,
): ErrorDetails {
	return {
		...error,
		message: `${error.message}, so a generation may have been started`,
		description: sentences(
			error.description,
			NOT_RETRIED,
			logsError
				? `AIMLAPI's logs, which could show it, cannot be read: ${logsError.message}.`
				: "AIMLAPI's logs do not show it (yet).",
			`Check your usage at ${BILLING} first, or ask AIMLAPI's support about request ${clientRequestId}. To create the video again, start a new execution.`,
		),
	};
}

/** A generation of an earlier run that would only fail again. */
export function describeFailedBefore(
	{ failure }: { failure: Failure },
	model: Model,
): ErrorDetails {
	const { message, description } = describeFailure(failure, model);
	return { message, description: sentences(description, 'It was not created again.') };
}

/** A generation that was not ready in time. */
export function describeTimeout(
	timeoutMs: number,
	{ polls, generation, error }: { polls: number; generation?: Generation; error?: ErrorDetails },
): ErrorDetails {
	const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;
	const checks = counted(polls, 'status check');
	return {
		message: `The video was not ready within ${counted(timeoutMs / 1000, 'second')}`,
		description: sentences(
			generation
				? `Last status: “${generation.status}” (${checks}).`
				: `No status was received (${checks}).`,
			error ? `Last check: ${error.message}.` : '',
			RESUME_ADVICE,
			"You can set a longer 'Timeout' under 'Options'.",
		),
	};
}

export function withResumeAdvice(error: ErrorDetails): ErrorDetails {
	return { ...error, description: sentences(error.description, RESUME_ADVICE) };
}

/** Runway's task failures: https://docs.dev.runwayml.com/errors/task-failures/ */
const FAILURE_ADVICE: Array<[words: RegExp, advice: (model: Model) => string]> = [
	[
		/^SAFETY\b|\bmoderat|\bnsfw\b|content[ _]policy/i,
		() =>
			"AIMLAPI's moderation rejected the content. Change the character or the reference before you try again.",
	],
	[
		/^(INPUT_PREPROCESSING|ASSET)\b/,
		({ referenceSeconds: { min, max } }) =>
			`Check the character and the reference: formats, sizes, a visible face, ${min} to ${max} seconds.`,
	],
	[/^(THIRD_PARTY|INTERNAL)\b/, () => 'Try again later.'],
];

/** A generation that ended without a video. */
export function describeFailure(failure: Failure | undefined, model: Model): ErrorDetails {
	const { name = '', message = '' } = failure ?? {};
	const reason = [...new Set([name, message])].filter((part) => part !== '').join(': ');
	const advice = FAILURE_ADVICE.find(([words]) => words.test(reason))?.[1](model);
	return {
		message: 'The generation ended without a video',
		description: sentences(
			reason === NO_REASON ? reason : quoted(reason),
			advice ?? 'Check the character and the reference, then try again.',
		),
	};
}

/** The API's own words; an answer without any has none worth showing. */
function wordsOf(body: unknown): string {
	const list = own(body, 'errors') ?? own(body, 'details') ?? own(body, 'issues');
	return [own(body, 'message'), own(body, 'error'), list]
		.map(errorText)
		.concat(errorText(own(body, 'detail')))
		.filter((part, index, parts) => part !== '' && parts.indexOf(part) === index)
		.join(' ');
}

function requestIdOf(body: unknown): string {
	const requestId = plainText(own(body, 'requestId') ?? own(body, 'request_id'));
	return requestId === '' ? '' : `Request ID for AIMLAPI's support: ${requestId}.`;
}

function quoted(words: string): string {
	return words === '' ? '' : `AIMLAPI said: ${quotation(words)}`;
}

/** As a sentence of its own. */
function quotation(words: string): string {
	const text = plainText(words);
	return `“${text}”${/[.!?…]$/.test(text) ? '' : '.'}`;
}

function sentences(...parts: string[]): string {
	return parts.filter((part) => part !== '').join(' ');
}
