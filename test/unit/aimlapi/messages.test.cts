import {
	describeFailure,
	describeNoResponse,
	describeNotRecovered,
	describeRejectedFiles,
	describeResponse,
	describeTimeout,
} from '../../../nodes/RunwayActTwo/aimlapi/messages';
import { ACT_TWO } from '../../../nodes/RunwayActTwo/aimlapi/model';
import { toResponse } from '../../../nodes/RunwayActTwo/aimlapi/outcome';

const ERROR = { message: 'The connection to AIMLAPI was lost', description: 'Lost.' };

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
		describeResponse(toResponse(status, {}, JSON.stringify({ message }), 0), {
			creationOf: ACT_TWO,
		});

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
