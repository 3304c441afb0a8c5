import type { DeclaredFailure } from '../errors';
import { errorText, own, readId } from './untrusted';

/** AIMLAPI's own words for it. */
const OUT_OF_CREDITS = /\brun out of credits\b/i;

const UNAVAILABLE = new Set([502, 503, 504]);

/**
 * Why a request failed, where the response proves it: only AIMLAPI's own error bodies have a request
 * ID; whatever else stands between n8n and AIMLAPI proves nothing about the key or the credits. An
 * unavailable API is not declared for a creation, which may have been accepted all the same. Pure.
 * @param body the parsed response
 * @param retryAfterMs what the API asked to wait, where it did
 */
export function declaredFailure(
	status: number,
	body: unknown,
	isCreation: boolean,
	retryAfterMs?: number,
): DeclaredFailure | undefined {
	if (readId(own(body, 'requestId')) === undefined) return undefined;
	const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
	if (status === 401) return { cause: 'credential-invalid' };
	if (status === 403 && OUT_OF_CREDITS.test(errorText(own(body, 'message')))) {
		return { cause: 'quota-exhausted' };
	}
	if (status === 429) return { cause: 'rate-limited', ...wait };
	return UNAVAILABLE.has(status) && !isCreation
		? { cause: 'temporarily-unavailable', ...wait }
		: undefined;
}
