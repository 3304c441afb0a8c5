import {
	COMPLETED_WITHOUT_LINK,
	DEFERRED,
	describeFailedBefore,
	describeFailure,
	describeNoResponse,
	describeNotRecovered,
	describeRejectedFiles,
	describeResponse,
	describeTimeout,
	NO_ANSWER_YET,
	NO_STATUS,
	SENT_BEFORE,
	TOOL_ADVICE,
	withResumeAdvice,
} from '../../../nodes/RunwayActTwo/aimlapi/messages';
import type { Asked } from '../../../nodes/RunwayActTwo/aimlapi/messages';
import { ACT_TWO } from '../../../nodes/RunwayActTwo/aimlapi/model';
import { toResponse } from '../../../nodes/RunwayActTwo/aimlapi/outcome';

const ERROR = { message: 'The connection to AIMLAPI was lost', description: 'Lost.' };
const CREATION: Asked = { creationOf: ACT_TWO };

const answer = (status: number, text: string, asked: Asked) =>
	describeResponse(toResponse(status, {}, text, 0), asked);

describe('a response that is of no use is told in whole', () => {
	it.each<[status: number, body: object, asked: Asked, message: string, description: string]>([
		[
			...([200, {}, 'poll', 'AIMLAPI sent an invalid response'] as const),
			"Check the 'Base URL' of the credential, and whether AIMLAPI is available.",
		],
		[
			...([400, { message: 'No face' }, CREATION, 'AIMLAPI did not accept the request'] as const),
			'AIMLAPI said: “No face”. Change the fields named here, then try again.',
		],
		[
			...([401, { requestId: 'r-1' }, 'poll', 'AIMLAPI did not accept the API key'] as const),
			"Check the key in the AIMLAPI credential, or create one at https://aimlapi.com/app/keys. Request ID for AIMLAPI's support: r-1.",
		],
		[
			...([403, { request_id: 'r-2', message: null }, CREATION] as const),
			'AIMLAPI refused the request: out of credits, or not allowed',
			"Check your balance at https://aimlapi.com/app/billing/. Request ID for AIMLAPI's support: r-2.",
		],
		[
			...([404, {}, CREATION, 'AIMLAPI did not find the model or the URL of the request'] as const),
			"Check the 'Base URL' of the credential and the option 'Endpoint'. Act-Two may also have been retired: see https://docs.aimlapi.com/api-references/video-models/runway/act_two.",
		],
		[
			...([404, {}, 'poll', 'AIMLAPI did not find the generation'] as const),
			"Check the 'Generation ID'. Use the endpoint the generation was created with, and the API key of the same account.",
		],
		...[403, 404].map((status): [number, object, Asked, string, string] => [
			...([status, {}, 'logs', "This API key isn't allowed to read the usage logs"] as const),
			'Use a key with that permission, or check your usage at https://aimlapi.com/app/billing/.',
		]),
		[
			...([407, {}, 'poll'] as const),
			'AIMLAPI could not be reached: a proxy requires authentication',
			'Check the proxy settings of this n8n instance.',
		],
		[
			...([413, {}, CREATION] as const),
			'AIMLAPI did not accept the request: the file is too large',
			'Make the file smaller, or upload it to a public https address and set the source to URL.',
		],
		[
			...([429, {}, 'logs', 'AIMLAPI is receiving too many requests'] as const),
			"Wait a while, lower 'Max Concurrent Generations', or check the limits of your plan.",
		],
		[
			...([301, {}, 'poll', 'AIMLAPI responded with a redirect, which is not followed'] as const),
			"Check the 'Base URL' of the credential.",
		],
		[
			...([500, {}, 'poll', 'AIMLAPI is not available right now (HTTP 500)'] as const),
			'Try again later.',
		],
		[
			...([500, {}, CREATION, 'AIMLAPI is not available right now (HTTP 500)'] as const),
			"The cause is on AIMLAPI's side.",
		],
		[
			...([499, {}, 'logs', 'AIMLAPI responded with HTTP 499'] as const),
			"Check the fields of this node and the 'Base URL' of the credential.",
		],
	])('HTTP %i with %j', (status, body, asked, message, description) => {
		expect(answer(status, JSON.stringify(body), asked)).toMatchObject({
			...{ message, description, httpCode: String(status) },
		});
	});

	it('in all words that it has, each once', () => {
		const body = {
			...{ message: 'one', error: { message: 'two' }, errors: ['one'] },
			...{ details: 'not read where there are errors', detail: [{ msg: 'three' }] },
		};
		expect(answer(400, JSON.stringify(body), CREATION).description).toBe(
			'AIMLAPI said: “one two three”. Change the fields named here, then try again.',
		);
		expect(answer(400, '{"details":"four"}', 'poll').description).toContain('said: “four”. ');
	});

	it('with the fields that are invalid, where they are named', () => {
		const issue = { code: 'invalid_string', path: ['reference', 'url'], message: 'Invalid url' };
		const words = 'AIMLAPI said: “Not valid. reference.url: Invalid url”. Change the fields named';
		for (const where of ['errors', 'issues', 'error']) {
			const body = {
				message: 'Not valid.',
				[where]: where === 'error' ? { issues: [issue] } : [issue],
			};
			expect(answer(400, JSON.stringify(body), CREATION).description).toContain(words);
		}
	});

	it.each([400, 422])('HTTP %i names no fields where AIMLAPI does not', (status) => {
		const { message, description } = answer(status, '{}', CREATION);
		expect(message).toBe('AIMLAPI did not accept the request');
		expect(description).toMatch(/^Check the fields of this node/);
	});

	it.each([400, 422])('HTTP %i at a status check, which has no field but the ID', (status) => {
		const { description } = answer(status, '{"message":"Not valid."}', 'poll');
		expect(description).toMatch(/^AIMLAPI said: “Not valid.” Check the 'Generation ID'/);
	});

	it('with a payment that is required as a lack of credits', () => {
		expect(answer(402, '{"message":"Pay"}', CREATION)).toMatchObject({
			message: 'AIMLAPI refused the request: out of credits, or not allowed',
			description: expect.stringContaining('Check your balance') as string,
		});
	});

	it('with a cause where AIMLAPI declares one, and with none where it does not', () => {
		expect(answer(401, '{"requestId":"r"}', 'poll').failure).toEqual({
			cause: 'credential-invalid',
		});
		expect(answer(503, '{"requestId":"r"}', 'poll').failure?.cause).toBe('temporarily-unavailable');
		expect(answer(503, '{"requestId":"r"}', CREATION)).not.toHaveProperty('failure');
		expect(answer(401, '{}', 'poll')).not.toHaveProperty('failure');
	});
});

describe('what answers in place of AIMLAPI is told as that', () => {
	const BETWEEN =
		"It comes from something between n8n and AIMLAPI, such as a firewall, a proxy or a login page. Check the 'Base URL' of the credential and the network of this n8n instance.";
	const PAGE = "A web page was returned instead of AIMLAPI's response (HTTP";

	it.each<[status: number, text: string, message: string, description: string]>([
		[
			...([403, '<!DOCTYPE html><title lang="en">Just a moment...</title>'] as const),
			...[`${PAGE} 403)`, `Its title is “Just a moment...” ${BETWEEN}`],
		] as never,
		[200, ' \n<HTML><body>Log in</body>', `${PAGE} 200)`, BETWEEN],
		[302, '<head><title>Moved</title>', `${PAGE} 302)`, `Its title is “Moved”. ${BETWEEN}`],
		[503, '<body>Down', `${PAGE} 503)`, BETWEEN],
		[
			...([403, 'Access denied', 'The response did not come from AIMLAPI (HTTP 403)'] as const),
			`It says “Access denied”. ${BETWEEN}`,
		],
		[401, '', 'The response did not come from AIMLAPI (HTTP 401)', BETWEEN],
		[
			...([
				404,
				'See <html> for more',
				'The response did not come from AIMLAPI (HTTP 404)',
			] as const),
			`It says “See for more”. ${BETWEEN}`,
		],
		[
			...([502, 'Bad gateway!', 'AIMLAPI is not available right now (HTTP 502)'] as const),
			`It says “Bad gateway!” ${BETWEEN}`,
		],
		[500, '', 'AIMLAPI is not available right now (HTTP 500)', BETWEEN],
		[200, 'OK', 'AIMLAPI sent an invalid response', `It says “OK”. ${BETWEEN}`],
		[
			...([400, 'x'.repeat(300), 'The response did not come from AIMLAPI (HTTP 400)'] as const),
			`It says “${'x'.repeat(200)}”. ${BETWEEN}`,
		],
		[
			...([307, 'Moved', 'AIMLAPI responded with a redirect, which is not followed'] as const),
			"Check the 'Base URL' of the credential.",
		],
		[
			...([
				407,
				'<html>',
				'AIMLAPI could not be reached: a proxy requires authentication',
			] as const),
			'Check the proxy settings of this n8n instance.',
		],
		[
			...([413, '<html>', 'AIMLAPI did not accept the request: the file is too large'] as const),
			'Make the file smaller, or upload it to a public https address and set the source to URL.',
		],
		[
			...([429, '', 'AIMLAPI is receiving too many requests'] as const),
			"Wait a while, lower 'Max Concurrent Generations', or check the limits of your plan.",
		],
	])('HTTP %i with %j', (status, text, message, description) => {
		expect(answer(status, text, 'poll')).toEqual({
			...{ message, description, httpCode: String(status) },
		});
	});
});

describe('no response is told as what it is', () => {
	const CHECK = "Check the 'Base URL' of the credential and the network of this n8n instance.";

	it.each([
		'DEPTH_ZERO_SELF_SIGNED_CERT',
		'SELF_SIGNED_CERT_IN_CHAIN',
		'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
		'CERT_UNTRUSTED',
	])('a certificate that is not trusted: %s', (code) => {
		expect(describeNoResponse({ kind: 'noResponse', sent: false, code })).toEqual({
			message: "AIMLAPI could not be reached: n8n does not trust its server's certificate",
			description: `If a proxy or gateway of your own signs it (${code}), start n8n with the environment variable NODE_EXTRA_CA_CERTS set to the file of its certificate authority. ${CHECK}`,
			httpCode: code,
		});
	});

	it.each(['ECONNREFUSED', 'CERT_HAS_EXPIRED', 'MY_CERT_UNTRUSTED', 'CERT_UNTRUSTED_2'])(
		'a connection that was not made: %s',
		(code) => {
			expect(describeNoResponse({ kind: 'noResponse', sent: false, code })).toEqual({
				message: 'AIMLAPI could not be reached',
				description: `No connection could be made (${code}). ${CHECK}`,
				httpCode: code,
			});
		},
	);

	it.each(['ECONNRESET', 'CERT_UNTRUSTED'])('a connection that was lost: %s', (code) => {
		expect(describeNoResponse({ kind: 'noResponse', sent: true, code })).toEqual({
			message: 'The connection to AIMLAPI was lost',
			description: `No complete response arrived (${code}). Check the network of this n8n instance.`,
			httpCode: code,
		});
	});

	it('a POST that is still without an answer', () => {
		expect(NO_ANSWER_YET.description).toContain('No complete response arrived (ETIMEDOUT).');
	});

	it('a refusal of n8n', () => {
		const refusal = 'It resolves to a restricted IP address';
		expect(
			describeNoResponse({ kind: 'noResponse', sent: false, code: 'BLOCKED', refusal }),
		).toEqual({
			message: 'n8n did not send the request to AIMLAPI',
			description: `n8n said: “${refusal}”. Check the 'Base URL' of the credential and n8n's settings for outgoing requests.`,
			httpCode: 'BLOCKED',
		});
	});
});

it('what is known without a response says what happened and what to do', () => {
	expect(
		[NO_STATUS, COMPLETED_WITHOUT_LINK, DEFERRED, SENT_BEFORE].map(
			({ message, description }) => `${message}. ${description}`,
		),
	).toEqual([
		'AIMLAPI did not respond. Try again later.',
		'AIMLAPI reports the generation as completed but sent no video link. Check again later.',
		"AIMLAPI had no room for this video in time. Other videos of the same API key were being generated all the while. Nothing was sent for this item. Start fewer videos at once, raise 'Timeout' if the operation has it, or check the limits of your plan.",
		'This item was sent to AIMLAPI before and got no clear response. ',
	]);
	expect(TOOL_ADVICE).toContain('do not call this tool again for the same video');
	expect(withResumeAdvice(ERROR)).toEqual({
		message: ERROR.message,
		description: 'Lost. Use Wait for Video or Get Video with the generation ID to get the video.',
	});
});

describe('a generation without a video is told in whole', () => {
	const REPLACE =
		"AIMLAPI's moderation rejected the content. Change the character or the reference before you try again.";
	const CHECK = 'Check the character and the reference, then try again.';

	it.each([
		[{ name: 'SAFETY.INPUT', message: 'No' }, `AIMLAPI said: “SAFETY.INPUT: No”. ${REPLACE}`],
		[
			{ name: 'ASSET.INVALID', message: '' },
			'AIMLAPI said: “ASSET.INVALID”. Check the character and the reference: formats, sizes, a visible face, 3 to 30 seconds.',
		],
		[{ name: 'INTERNAL', message: 'Sorry.' }, 'AIMLAPI said: “INTERNAL: Sorry.” Try again later.'],
		[{ name: 'UNSAFETY', message: 'Odd' }, `AIMLAPI said: “UNSAFETY: Odd”. ${CHECK}`],
		[{ name: 'MY_ASSET', message: 'Odd' }, `AIMLAPI said: “MY_ASSET: Odd”. ${CHECK}`],
		[{ name: 'NOT INTERNAL', message: 'Odd' }, `AIMLAPI said: “NOT INTERNAL: Odd”. ${CHECK}`],
		[{ name: 'SAFETY.TEXT', message: 'SAFETY.TEXT' }, `AIMLAPI said: “SAFETY.TEXT”. ${REPLACE}`],
		[{ message: 'Moderation failed' }, `AIMLAPI said: “Moderation failed”. ${REPLACE}`],
		[{ message: 'AIMLAPI gave no reason.' }, `AIMLAPI gave no reason. ${CHECK}`],
		[undefined, CHECK],
	])('%j', (failure, description) => {
		expect(describeFailure(failure, ACT_TWO)).toEqual({
			...{ message: 'The generation ended without a video', description },
		});
	});

	it('and that it was not bought again', () => {
		const failure = { name: 'SAFETY', message: '' };
		expect(describeFailedBefore({ failure }, ACT_TWO)).toEqual({
			message: 'The generation ended without a video',
			description: `AIMLAPI said: “SAFETY”. ${REPLACE} It was not created again.`,
		});
	});
});

it('a timeout tells the last status, the number of status checks and what the last one met', () => {
	const generation = { id: 'g', status: 'generating', phase: 'running' as const };
	expect(describeTimeout(90_000, { polls: 12, generation, error: ERROR })).toEqual({
		message: 'The video was not ready within 90 seconds',
		description:
			"Last status: “generating” (12 status checks). Last check: The connection to AIMLAPI was lost. Use Wait for Video or Get Video with the generation ID to get the video. You can set a longer 'Timeout' under 'Options'.",
	});
	expect(describeTimeout(1000, { polls: 1 })).toMatchObject({
		message: 'The video was not ready within 1 second',
		description: expect.stringContaining('No status was received (1 status check).'),
	});
});

it.each([
	['SAFETY.INPUT.IMAGE', 'moderation rejected the content'],
	['INPUT_PREPROCESSING.INTERNAL', 'a visible face'],
	['ASSET.INVALID', 'a visible face'],
	['THIRD_PARTY.UNAVAILABLE', 'Try again later'],
	['INTERNAL.BAD_OUTPUT.CODE01', 'Try again later'],
	['', 'then try again'],
])('a failure named “%s” says what to do', (name, advice) => {
	const { description } = describeFailure({ name, message: 'Because.' }, ACT_TWO);
	expect(description).toContain('Because.');
	expect(description).toContain(advice);
});

it('a creation not found again names what was asked and the request for the support', () => {
	const missing = describeNotRecovered(ERROR, 'n8n.1.0.0.1.abc');
	expect(missing.message).toBe(
		'The connection to AIMLAPI was lost, so a generation may have been started',
	);
	expect(missing.description).toContain("AIMLAPI's logs do not show it");
	expect(missing.description).toContain('n8n.1.0.0.1.abc');
	expect(missing.description).toContain('was not retried');
	const barred = describeNotRecovered(ERROR, 'n8n.1.0.0.1.abc', {
		message: "This API key isn't allowed to read the usage logs",
		description: '',
	});
	expect(barred.description).toContain(
		"cannot be read: This API key isn't allowed to read the usage logs",
	);
});

it('n8n’s refusal is given in n8n’s words', () => {
	const refusal = 'The request was blocked because it resolves to a restricted IP address';
	const details = describeNoResponse({ kind: 'noResponse', sent: false, code: 'BLOCKED', refusal });
	expect(details.message).toContain('n8n did not send the request');
	expect(details.description).toContain(refusal);
});

it.each([
	['Too Many Requests', 'AIMLAPI said: “Too Many Requests”. Wait a while'],
	['Try later!', 'AIMLAPI said: “Try later!” Wait a while'],
])('the API’s words “%s” are a sentence of their own', (message, sentences) => {
	const response = toResponse(429, {}, JSON.stringify({ message }), 0);
	expect(describeResponse(response, 'poll').description).toContain(sentences);
});

it('a creation that may have been accepted is nothing to try again', () => {
	const unavailable = describeResponse(toResponse(503, {}, '{}', 0), { creationOf: ACT_TWO });
	const lost = describeNoResponse({ kind: 'noResponse', sent: true, code: 'ECONNRESET' });
	for (const error of [unavailable, lost]) {
		const { description } = describeNotRecovered(error, 'n8n.1.0.0.1.abc');
		expect(description).not.toMatch(/try again/i);
		expect(description).toContain('To create the video again, start a new execution.');
	}
});

describe('a rejected request with files', () => {
	const rejected = (status: number, message: string) =>
		answer(status, JSON.stringify({ message }), CREATION);

	it.each([
		['inside', 'The file was sent inside the request.'],
		[
			'link',
			'The file was sent as a temporary link to this n8n instance, which must be reachable from the internet.',
		],
		[
			'both',
			'The file was sent inside the request, and once more as a temporary link to this n8n instance.',
		],
	] as const)('tells how it was sent: %s', (sent, how) => {
		for (const status of [400, 414, 415, 422]) {
			const { description } = describeRejectedFiles(rejected(status, 'No'), ['reference'], sent);
			expect(description).toContain(
				` ${how} If that is the cause, upload it to a public https address and set the source to URL instead.`,
			);
		}
	});

	it.each([401, 404, 429, 500])(
		'is told as any other where it is about no file: HTTP %i',
		(status) => {
			const error = rejected(status, 'No');
			expect(describeRejectedFiles(error, ['character'], 'inside')).toBe(error);
			expect(describeRejectedFiles(ERROR, ['character'], 'inside')).toBe(ERROR);
		},
	);

	it('says to use a link when a data URI is not taken', () => {
		const error = rejected(400, 'Invalid url: data:image/png;base64 is not supported');
		const { description } = describeRejectedFiles(error, ['character'], 'inside');
		expect(description).toContain('The file was sent inside the request.');
		expect(description).toContain('set the source to URL');
	});

	it.each(['reference.url: Invalid', 'Reference.url: Invalid', '["reference","url"] Invalid'])(
		'names the file and not the field: %s',
		(words) => {
			const { description } = describeRejectedFiles(rejected(400, words), ['reference'], 'link');
			expect(description).not.toMatch(/reference\W+url/i);
			expect(description).toMatch(/the reference file/i);
			expect(description).toContain('which must be reachable from the internet');
		},
	);

	it('keeps the name of a field that holds a link', () => {
		const error = rejected(400, 'reference.url: Invalid');
		expect(describeRejectedFiles(error, ['character'], 'inside').description).toContain(
			'reference.url: Invalid',
		);
		expect(describeRejectedFiles(error, [], 'link')).toBe(error);
	});

	it('says once what to do with a file that is too large', () => {
		const { description } = describeRejectedFiles(rejected(413, ''), ['character'], 'inside');
		expect(description.split('set the source to URL')).toHaveLength(2);
	});

	it('is not blamed on the file where it is about the account', () => {
		const error = rejected(403, 'No credits');
		expect(describeRejectedFiles(error, ['character'], 'inside')).toBe(error);
	});
});
