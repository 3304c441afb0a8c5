/** What came back of one request: a response, whatever its status, or none. Pure. */
import { usageOf } from './contract';
import type { Usage } from './contract';
import { parseJson, readId } from './untrusted';

export interface Response {
	kind: 'response';
	status: number;
	text: string;
	/**
	 * The JSON object in it: only that speaks for AIMLAPI. Where it is absent, something in front of it
	 * has answered, or a part of the answer was lost.
	 */
	body?: object;
	/** From Retry-After; a server that asks for more than 5 minutes is asked again all the same. */
	retryAfterMs?: number;
	/** The header `x-inference-id`. */
	inferenceId?: string;
	/** From Date: the server's time, in milliseconds since 1970. */
	servedAt?: number;
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

const MAX_RETRY_AFTER_MS = 5 * 60_000;

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
	const body = parseJson(text);
	const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
	const servedAt = Date.parse(String(headers.date));
	return {
		kind: 'response',
		status,
		text,
		body: isObject ? body : undefined,
		retryAfterMs: readRetryAfter(headers['retry-after'], now),
		servedAt: Number.isNaN(servedAt) ? undefined : servedAt,
		inferenceId: readId(headers['x-inference-id']),
		usage: usageOf(headers['x-aimlapi-credits-used'], headers['x-aimlapi-usd-spent']),
	};
}

/**
 * Retry-After in milliseconds, 5 minutes at most, from seconds or a date (RFC 9110); absent when it is
 * neither.
 */
export function readRetryAfter(value: unknown, now: number): number | undefined {
	if (typeof value !== 'string' || value.trim() === '') return undefined;
	const seconds = Number(value);
	const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - now;
	return Number.isNaN(ms) ? undefined : Math.min(MAX_RETRY_AFTER_MS, Math.max(0, ms));
}

export function isSuccess(status: number): boolean {
	return status >= 200 && status < 300;
}
