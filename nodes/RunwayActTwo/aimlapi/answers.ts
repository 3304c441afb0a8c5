/**
 * What an answer (or its absence) means. Pure: the one table that decides whether money may be
 * spent again, whether to keep waiting, and what the user is told.
 * Source: AI/ML API's error pages, https://docs.aimlapi.com/errors-and-messages/general-info
 */
import { own, plainText, readGeneration } from './contract';
import type { Generation } from './contract';
import type { Trouble } from './trouble';

export type Answer =
	| { kind: 'answered'; status: number; retryAfter?: string; text: string }
	/** Nothing came back; `unsent` when the request certainly never reached the server. */
	| { kind: 'silent'; unsent: boolean; code: string };

export type CreationVerdict =
	| { kind: 'accepted'; generation: Generation }
	/** Certainly not accepted, and worth sending again: there was no room for it. */
	| { kind: 'refused'; trouble: Trouble; retryAfterMs?: number }
	/** Certainly not accepted, and worth sending again: it never arrived. */
	| { kind: 'unsent'; trouble: Trouble }
	/** Certainly not accepted, and would be refused again. */
	| { kind: 'rejected'; trouble: Trouble }
	/** May have been accepted: must never be sent again. */
	| { kind: 'uncertain'; trouble: Trouble };

export type LookVerdict =
	| { kind: 'seen'; generation: Generation }
	/** Says nothing about the generation: look again. */
	| { kind: 'unseen'; trouble: Trouble; retryAfterMs?: number }
	/** Not there (yet): the API may need some seconds after a creation. */
	| { kind: 'absent'; trouble: Trouble }
	| { kind: 'denied'; trouble: Trouble };

/** Statuses that certainly refuse a creation. Others may come from a gateway after acceptance. */
const REFUSING_STATUSES = new Set([400, 401, 402, 403, 404, 405, 413, 414, 415, 422]);
/** Statuses that end a wait: looking again with the same key and ID changes nothing. */
const DENYING_STATUSES = new Set([400, 401, 402, 403, 405, 422]);

export function judgeCreation(answer: Answer): CreationVerdict {
	if (answer.kind === 'silent') {
		return answer.unsent
			? { kind: 'unsent', trouble: describeSilence(answer) }
			: { kind: 'uncertain', trouble: uncertain(describeSilence(answer)) };
	}
	if (answer.status === 429) {
		return { kind: 'refused', trouble: describeStatus(answer), ...retryAfter(answer) };
	}
	if (REFUSING_STATUSES.has(answer.status)) {
		return { kind: 'rejected', trouble: describeStatus(answer) };
	}
	if (answer.status >= 200 && answer.status < 300) {
		const generation = readGeneration(parse(answer.text));
		return generation
			? { kind: 'accepted', generation }
			: { kind: 'uncertain', trouble: uncertain(unreadable(answer)) };
	}
	return { kind: 'uncertain', trouble: uncertain(describeStatus(answer)) };
}

export function judgeLook(answer: Answer, id: string): LookVerdict {
	if (answer.kind === 'silent') return { kind: 'unseen', trouble: describeSilence(answer) };
	if (answer.status === 404) return { kind: 'absent', trouble: describeStatus(answer) };
	if (DENYING_STATUSES.has(answer.status)) {
		return { kind: 'denied', trouble: describeStatus(answer) };
	}
	if (answer.status >= 200 && answer.status < 300) {
		const generation = readGeneration(parse(answer.text), id);
		return generation
			? { kind: 'seen', generation }
			: { kind: 'unseen', trouble: unreadable(answer) };
	}
	return { kind: 'unseen', trouble: describeStatus(answer), ...retryAfter(answer) };
}

/** Retry-After in milliseconds, from seconds or a date (RFC 9110); absent when it is neither. */
export function readRetryAfter(value: string | undefined, now: number): number | undefined {
	if (value === undefined || value.trim() === '') return undefined;
	const seconds = Number(value);
	const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - now;
	return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

function retryAfter(answer: { retryAfter?: string }): { retryAfterMs?: number } {
	const retryAfterMs = readRetryAfter(answer.retryAfter, Date.now());
	return retryAfterMs === undefined ? {} : { retryAfterMs };
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

function uncertain(trouble: Trouble): Trouble {
	return {
		...trouble,
		message: `${trouble.message}, so a generation may have been started`,
		description:
			'It was not sent again, because that could cost credits twice. Check your usage at https://aimlapi.com/app/billing/ first; to create the video again, start a new execution.',
	};
}

function unreadable(answer: { status: number }): Trouble {
	return {
		message: 'AIMLAPI sent an answer that could not be read',
		description: 'Check the Base URL of the credential, and whether AIMLAPI is available.',
		httpCode: String(answer.status),
	};
}

function describeSilence({ unsent, code }: { unsent: boolean; code: string }): Trouble {
	return unsent
		? {
				message: 'AIMLAPI could not be reached',
				description: `No connection could be made (${code}). Check the Base URL of the credential and the network of this n8n instance.`,
				httpCode: code,
			}
		: {
				message: 'The connection to AIMLAPI was lost',
				description: `No complete answer arrived (${code}). Check the network of this n8n instance, then try again.`,
				httpCode: code,
			};
}

const ADVICE: Record<number, Omit<Trouble, 'httpCode'>> = {
	400: {
		message: 'AIMLAPI did not accept the request',
		description: 'Change the fields named here, then try again.',
	},
	401: {
		message: 'AIMLAPI did not accept the API key',
		description:
			'Check the key in the AIMLAPI credential, or create one at https://aimlapi.com/app/keys.',
	},
	403: {
		message: 'AIMLAPI refused the request: out of credits, or not allowed',
		description: 'Check your balance at https://aimlapi.com/app/billing/.',
	},
	404: {
		message: 'AIMLAPI did not find what was asked for',
		description: 'Check the Generation ID, the Endpoint option and the Base URL of the credential.',
	},
	429: {
		message: 'AIMLAPI is receiving too many requests',
		description:
			'Wait a while, lower Max Concurrent Generations, or check the limits of your plan.',
	},
};

function describeStatus({ status, text }: { status: number; text: string }): Trouble {
	const advice =
		ADVICE[status] ??
		(status >= 300 && status < 400
			? {
					message: 'AIMLAPI answered with a redirect, which is not followed',
					description: 'Check the Base URL of the credential.',
				}
			: status >= 500
				? {
						message: `AIMLAPI is not available right now (HTTP ${status})`,
						description: 'Try again later.',
					}
				: {
						message: `AIMLAPI refused the request (HTTP ${status})`,
						description: 'Check the fields of this node and the Base URL of the credential.',
					});
	const said = serverMessage(text);
	return {
		message: advice.message,
		description: said === '' ? advice.description : `${said} ${advice.description}`,
		httpCode: String(status),
	};
}

/** The API's own words as a quoted sentence; a gateway's HTML page has none worth showing. */
function serverMessage(text: string): string {
	const body = parse(text);
	const message = own(body, 'message') ?? own(own(body, 'error'), 'message');
	const lines = Array.isArray(message) ? message.map(plainText).join(' ') : message;
	const details = own(body, 'errors') ?? own(body, 'details');
	const detail = typeof details === 'object' && details !== null ? safeJson(details) : '';
	const said = [plainText(lines), plainText(detail)].filter((part) => part !== '').join(' ');
	return said === '' ? '' : `AIMLAPI said: “${plainText(said)}”`;
}

function safeJson(value: unknown): string {
	try {
		return JSON.stringify(value);
	} catch {
		return '';
	}
}
