/** What came back of one request: a response, whatever its status, or none. Pure. */
import type { Usage } from './contract';
import { readAmount, readId } from './untrusted';

export interface Response {
	kind: 'response';
	status: number;
	text: string;
	/** Whether something on the way sent a web page in place of the API's response. */
	isPage: boolean;
	/** From Retry-After. */
	retryAfterMs?: number;
	/** The header `x-inference-id`. */
	inferenceId?: string;
	/** From the headers `x-aimlapi-credits-used` and `x-aimlapi-usd-spent`. */
	usage: Usage;
}

export interface NoResponse {
	kind: 'noResponse';
	/** Whether the request may have reached the server. */
	sent: boolean;
	code: string;
	/** The words of n8n's own refusal to send it. */
	refusal?: string;
}

export type Outcome = Response | NoResponse;

/**
 * @param headers their names in lower case
 * @param now milliseconds since 1970, against which a date in Retry-After counts
 */
export function toResponse(
	status: number,
	headers: Record<string, unknown>,
	text: string,
	now: number,
): Response {
	const retryAfterMs = readRetryAfter(headers['retry-after'], now);
	const inferenceId = readId(headers['x-inference-id']);
	const creditsUsed = readAmount(headers['x-aimlapi-credits-used']);
	const costUsd = readAmount(headers['x-aimlapi-usd-spent']);
	return {
		kind: 'response',
		status,
		text,
		isPage:
			/\bx?html\b/i.test(String(headers['content-type'])) ||
			/^\s*<(!doctype|html|head|body)\b/i.test(text),
		...(retryAfterMs !== undefined && { retryAfterMs }),
		...(inferenceId !== undefined && { inferenceId }),
		usage: {
			...(creditsUsed !== undefined && { creditsUsed }),
			...(costUsd !== undefined && { costUsd }),
		},
	};
}

/** Retry-After in milliseconds, from seconds or a date (RFC 9110); absent when it is neither. */
export function readRetryAfter(value: unknown, now: number): number | undefined {
	if (typeof value !== 'string' || value.trim() === '') return undefined;
	const seconds = Number(value);
	const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - now;
	return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
