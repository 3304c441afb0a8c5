import { ActTwoError } from '../errors';
import { parseUrl, visibleText } from './untrusted';

/** What AIMLAPI's own examples for other clients end with, and slashes around it. */
export const VERSION_AND_SLASHES = /\/*(\/v[12]\/*)?$/;

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * The credential's base URL, fit to send the key to: https, or http on this machine only; no user
 * name, password, query or fragment; without a version (`/v1`, `/v2`) and slashes at its end.
 * @throws ActTwoError when it is anything else; the value itself is never repeated
 */
export function checkBaseUrl(value: unknown): string {
	const text = typeof value === 'string' ? visibleText(value) : '';
	const url = parseUrl(text);
	const secure =
		url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.test(url.hostname));
	if (!url || !secure || url.username || url.password || /[?#]/.test(text)) {
		throw new ActTwoError({
			message: "The 'Base URL' of the AIMLAPI credential is invalid",
			description:
				'Open the credential and enter an https URL without user name, query or fragment, e.g. https://api.aimlapi.com.',
		});
	}
	return url.href.replace(VERSION_AND_SLASHES, '');
}
