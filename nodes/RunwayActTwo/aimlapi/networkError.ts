import type { NoResponse } from './outcome';
import { own } from './untrusted';

/**
 * Codes of connections that were never made: Node's `errors` and `tls` documentation. EPROTO is a TLS
 * handshake with something that does not speak TLS.
 */
const NOT_SENT_CODES = new RegExp(
	`^(${[
		'ECONNREFUSED|ENOTFOUND|EAI_\\w+|ENETUNREACH|EHOSTUNREACH|ENETDOWN|EHOSTDOWN',
		'EADDRNOTAVAIL|EADDRINUSE|EPROTO|ERR_TLS_\\w+|ERR_SSL_WRONG_VERSION_NUMBER',
		'ERR_SSL_\\w*HANDSHAKE_FAILURE|ERR_SSL_UNSUPPORTED_PROTOCOL|CERT_\\w+|CRL_\\w+|UNABLE_TO_\\w+',
		'DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|ERROR_IN_\\w+|HOSTNAME_MISMATCH',
		'INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED',
	].join('|')})$`,
);
const BEFORE_TLS = /before secure TLS connection was established/;
/** @n8n/backend-network, ssrf/ssrf-blocked-ip.error.js and ssrf-blocked-hostname.error.js. */
const N8N_REFUSAL = /^The request was blocked because/;

const MAX_CAUSES = 6;

/**
 * What an error of n8n's request helper says about the request. Certainly not sent are: no name, no
 * route, no connection, no TLS, an invalid certificate, a timeout or failure of `connect` itself, and
 * n8n's own refusal. Everything else may have arrived.
 */
export function toNoResponse(error: unknown): NoResponse {
	const causes = causesOf(error);
	const refusal = causes.map(messageOf).find((message) => N8N_REFUSAL.test(message));
	if (refusal !== undefined) return { kind: 'noResponse', sent: false, code: 'BLOCKED', refusal };

	const codes = causes.flatMap((cause) => [own(cause, 'code'), own(cause, 'httpCode')]);
	const code = codes.find(
		(candidate) => typeof candidate === 'string' && /^[A-Z][A-Z\d_]+$/.test(candidate),
	);
	return {
		kind: 'noResponse',
		sent: causes.some(wasConnected) || !causes.some(neverConnected),
		code: (code as string | undefined) ?? 'connection lost',
	};
}

function neverConnected(error: unknown): boolean {
	if (BEFORE_TLS.test(messageOf(error))) return true;
	const attempts = own(error, 'errors');
	if (Array.isArray(attempts) && attempts.length > 0) return attempts.every(neverConnected);
	return own(error, 'syscall') === 'connect' || NOT_SENT_CODES.test(codeOf(error));
}

/** Node names the call that failed: after reading or writing, the request may have arrived. */
function wasConnected(error: unknown): boolean {
	const syscall = own(error, 'syscall');
	return (syscall === 'read' || syscall === 'write') && codeOf(error) !== 'EPROTO';
}

function codeOf(error: unknown): string {
	return String(own(error, 'code') ?? own(error, 'httpCode'));
}

/** The innermost first: it is Node's own, with the names that the others only repeat. */
function causesOf(error: unknown): unknown[] {
	const causes: unknown[] = [];
	for (let cause = error; cause !== undefined && causes.length < MAX_CAUSES; ) {
		causes.unshift(cause);
		cause = own(cause, 'cause');
	}
	return causes;
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : '';
}
