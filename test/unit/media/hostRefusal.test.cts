import { hostRefusal } from '../../../nodes/RunwayActTwo/media/hostRefusal';

const refusal = (status: number, body: string, type = 'application/octet-stream') =>
	hostRefusal({ status, headers: { 'content-type': type }, body: Buffer.from(body) });

const xml = (code: string, message = '') =>
	`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;

it.each([
	[401, '', 'requires a login (HTTP 401)'],
	[403, '', 'is not public (HTTP 403)'],
	[404, '', 'was not found (HTTP 404)'],
	[404, '<!doctype html><p>The key expired', 'was not found (HTTP 404)'],
	[410, '', 'no longer exists (HTTP 410)'],
	[403, xml('AccessDenied', 'Request has expired'), 'has expired (HTTP 403)'],
	[403, 'URL signature expired', 'has expired (HTTP 403)'],
	[404, 'This content is no longer available.', 'has expired (HTTP 404)'],
	[403, xml('SignatureDoesNotMatch'), 'is not public (HTTP 403)'],
])('HTTP %i is certain, and %j may say more', (status, body, rule) => {
	expect(refusal(status, body)).toEqual({
		isCertain: true,
		rule,
		advice: expect.stringMatching(/^(Make|Get) .*\.$/),
	});
});

it.each([
	[
		'Supabase',
		400,
		'{"statusCode":"404","error":"not_found","message":"Object not found"}',
		'was not found',
	],
	[
		'Supabase',
		400,
		'{"statusCode":"400","error":"InvalidJWT","message":"jwt expired"}',
		'has expired',
	],
	[
		'Supabase',
		400,
		'{"statusCode":"400","error":"InvalidSignature","message":"invalid signature"}',
		'is not public',
	],
	[
		'Supabase',
		400,
		'{"statusCode":"404","error":"Bucket not found","message":"Bucket not found"}',
		'was not found',
	],
	[
		'Azure',
		409,
		xml('PublicAccessNotPermitted', 'Public access is not permitted on this storage account.'),
		'is not public',
	],
	[
		'Azure',
		400,
		xml('AuthenticationFailed', 'Server failed to authenticate the request.'),
		'is not public',
	],
	['Azure', 400, xml('BlobNotFound', 'The specified blob does not exist.'), 'was not found'],
	[
		'Azure',
		400,
		'<AuthenticationErrorDetail>Signature not valid in the specified time frame</AuthenticationErrorDetail>',
		'has expired',
	],
	['S3', 400, xml('ExpiredToken', 'The provided token has expired.'), 'has expired'],
	['S3', 500, xml('NoSuchKey', 'The specified key does not exist.'), 'was not found'],
	[
		'S3',
		400,
		xml('AuthorizationQueryParametersError', 'X-Amz-Expires must be less than a week'),
		'is not public',
	],
	['GCS', 400, xml('ExpiredToken', 'Invalid argument.'), 'has expired'],
	['Firebase', 451, '{"error":{"code":403,"message":"Permission denied."}}', 'is not public'],
	[
		'Dropbox',
		409,
		'{"error_summary":"shared_link_not_found/..","error":{".tag":"shared_link_not_found"}}',
		'was not found',
	],
	['a gateway', 502, '{"status":404,"message":"Not Found"}', 'was not found'],
])('the words of %s with HTTP %i are known, if not for certain', (_, status, body, what) => {
	expect(refusal(status, body)).toMatchObject({
		isCertain: false,
		rule: `${what} (HTTP ${status})`,
	});
});

it.each([
	[503, xml('SlowDown', 'Please reduce your request rate.')],
	[500, xml('InternalError', 'We encountered an internal error. Please try again.')],
	[400, ''],
	[400, 'Bad Request'],
	[409, '{"error":"conflict"}'],
	[451, 'Unavailable For Legal Reasons'],
	[502, '<html><title>Object not found</title>'],
	[429, '{"statusCode":"404","error":"not_found"}'],
	[407, 'Access denied'],
	[416, ''],
	[200, xml('NoSuchKey')],
	[302, 'object not found'],
])('HTTP %i with %j says nothing about the file', (status, body) => {
	expect(refusal(status, body)).toBeUndefined();
});

it('a page with any words of storage is a page', () => {
	expect(refusal(500, 'Access denied', 'text/html; charset=utf-8')).toBeUndefined();
});

it('only a 403 that may be meant for n8n alone names the option that sends the link all the same', () => {
	const named = (status: number, body: string) =>
		refusal(status, body)?.advice.includes("'Check Links'");
	expect(named(403, '<!DOCTYPE html><title>Just a moment...</title>')).toBe(true);
	expect(named(403, 'error code: 1010')).toBe(true);
	expect(named(403, '')).toBe(true);
	expect(named(403, xml('AccessDenied', 'Access Denied'))).toBe(false);
	expect(named(403, xml('AccessDenied', 'Request has expired'))).toBe(false);
	expect(named(401, '')).toBe(false);
	expect(named(404, '')).toBe(false);
});
