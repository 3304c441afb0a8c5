import { NodeApiError } from 'n8n-workflow';

import { toNoResponse } from '../../../nodes/RunwayActTwo/aimlapi/networkError';

const NODE = {
	id: '1',
	name: 'n',
	type: 't',
	typeVersion: 1,
	position: [0, 0] as [number, number],
	parameters: {},
};

/** As it comes out of n8n's helper: Node's error, wrapped by axios, wrapped by n8n. */
function thrownByHelper(message: string, properties: object): NodeApiError {
	const cause = Object.assign(new Error(message), properties);
	const wrapped = Object.assign(new Error(message, { cause }), properties);
	return new NodeApiError(NODE, wrapped as never);
}

const attempts = (...syscalls: string[]) =>
	syscalls.map((syscall) => Object.assign(new Error(syscall), { code: 'ETIMEDOUT', syscall }));

describe('certainly not sent', () => {
	it.each([
		['no server', 'connect ECONNREFUSED', { code: 'ECONNREFUSED', syscall: 'connect' }],
		['no name', 'getaddrinfo ENOTFOUND', { code: 'ENOTFOUND', syscall: 'getaddrinfo' }],
		['no TLS there', 'write EPROTO', { code: 'EPROTO', syscall: 'write' }],
		[
			'a socket closed before TLS was up',
			'Client network socket disconnected before secure TLS connection was established',
			{ code: 'ECONNRESET' },
		],
		['a timeout of connect', 'connect ETIMEDOUT', { code: 'ETIMEDOUT', syscall: 'connect' }],
		['every address in vain', '', { code: 'ETIMEDOUT', errors: attempts('connect', 'connect') }],
		['no port left', 'connect EADDRNOTAVAIL', { code: 'EADDRNOTAVAIL', syscall: 'connect' }],
		['an expired certificate', 'certificate has expired', { code: 'CERT_HAS_EXPIRED' }],
		['a wrong name in it', 'altnames', { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }],
		['a certificate of its own', 'self-signed', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }],
	])('%s', (_, message, properties) => {
		expect(toNoResponse(thrownByHelper(message, properties)).sent).toBe(false);
	});

	it('n8n’s own refusal, with its words', () => {
		const refusal = 'The request was blocked because it resolves to a restricted IP address';
		expect(toNoResponse(thrownByHelper(refusal, {}))).toEqual({
			kind: 'noResponse',
			sent: false,
			code: 'BLOCKED',
			refusal,
		});
	});
});

describe('possibly sent', () => {
	it.each([
		['a reset', 'socket hang up', { code: 'ECONNRESET' }],
		['a reset while reading', 'read ECONNRESET', { code: 'ECONNRESET', syscall: 'read' }],
		['a route lost after sending', 'read EHOSTUNREACH', { code: 'EHOSTUNREACH', syscall: 'read' }],
		['a route lost while sending', 'write ENETUNREACH', { code: 'ENETUNREACH', syscall: 'write' }],
		['a timeout', 'timeout of 1000ms exceeded', { code: 'ECONNABORTED' }],
		['a timeout while reading', 'read ETIMEDOUT', { code: 'ETIMEDOUT', syscall: 'read' }],
		['one address that was read from', '', { errors: attempts('connect', 'read') }],
		['a broken pipe', 'write EPIPE', { code: 'EPIPE', syscall: 'write' }],
		['something unknown', 'what', {}],
	])('%s', (_, message, properties) => {
		expect(toNoResponse(thrownByHelper(message, properties)).sent).toBe(true);
	});

	it.each([undefined, null, 'text', 5])('%j', (thrown) => {
		expect(toNoResponse(thrown).sent).toBe(true);
	});
});

it('names the code', () => {
	const error = thrownByHelper('connect ECONNREFUSED', {
		code: 'ECONNREFUSED',
		syscall: 'connect',
	});
	expect(toNoResponse(error).code).toBe('ECONNREFUSED');
});

describe('of codes alone', () => {
	const thrown = (code: string) => Object.assign(new Error('x'), { code });

	it.each([
		...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH', 'ENETDOWN'],
		...['EHOSTDOWN', 'EADDRNOTAVAIL', 'EADDRINUSE', 'EPROTO', 'ERR_TLS_CERT_ALTNAME_INVALID'],
		...['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE'],
		...['ERR_SSL_UNSUPPORTED_PROTOCOL', 'CERT_HAS_EXPIRED', 'CRL_HAS_EXPIRED'],
		...['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
		...['SELF_SIGNED_CERT_IN_CHAIN', 'ERROR_IN_CERT_NOT_BEFORE_FIELD', 'HOSTNAME_MISMATCH'],
		...['INVALID_CA', 'INVALID_PURPOSE', 'PATH_LENGTH_EXCEEDED'],
	])('%s was never sent', (code) => {
		expect(toNoResponse(thrown(code))).toEqual({ kind: 'noResponse', sent: false, code });
		expect(toNoResponse(thrown(`${code}-`)).sent).toBe(true);
		expect(toNoResponse(thrown(`X${code}`)).sent).toBe(true);
	});

	it('the innermost is named, and one that is no name is not', () => {
		const inner = Object.assign(new Error('x'), { code: 'ECONNRESET' });
		const outer = Object.assign(new Error('x', { cause: inner }), { code: 'ERR_BAD' });
		expect(toNoResponse(outer).code).toBe('ECONNRESET');
		for (const code of ['ERR-1', '1ERR', 'not found', 17, undefined]) {
			expect(toNoResponse(Object.assign(new Error('x'), { code })).code).toBe('connection lost');
		}
		expect(toNoResponse(Object.assign(new Error('x'), { httpCode: 'ENOTFOUND' }))).toEqual({
			kind: 'noResponse',
			sent: false,
			code: 'ENOTFOUND',
		});
	});
});

it('what only quotes n8n’s refusal is none', () => {
	expect(toNoResponse(new Error('He said: The request was blocked because'))).not.toHaveProperty(
		'refusal',
	);
});

it('of several addresses each counts, and none says nothing', () => {
	const error = (...syscalls: string[]) =>
		Object.assign(new Error('x'), { code: 'ETIMEDOUT', errors: attempts(...syscalls) });
	expect(toNoResponse(error('connect', 'connect')).sent).toBe(false);
	expect(toNoResponse(error('connect', 'what')).sent).toBe(true);
	expect(toNoResponse(error()).sent).toBe(true);
	expect(toNoResponse(Object.assign(new Error('x'), { code: 'ENOTFOUND', errors: [] })).sent).toBe(
		false,
	);
});

it('causes that go round in a circle come to an end', () => {
	const error = Object.assign(new Error('x'), { code: 'ENOTFOUND', cause: undefined as unknown });
	error.cause = error;
	expect(toNoResponse(error).sent).toBe(false);
});
