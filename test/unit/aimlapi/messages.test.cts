import {
	describeFailure,
	describeNoResponse,
	describeNotRecovered,
	describeTimeout,
} from '../../../nodes/RunwayActTwo/aimlapi/messages';

const ERROR = { message: 'The connection to AIMLAPI was lost', description: 'Lost.' };

it('a timeout tells the last status, the number of status checks and what the last one met', () => {
	const generation = { id: 'g', status: 'generating', phase: 'running' as const };
	expect(describeTimeout(90_000, { polls: 12, generation, error: ERROR })).toEqual({
		message: 'The video was not ready within 90 seconds',
		description:
			"Last status: “generating” (12 status checks). Last check: The connection to AIMLAPI was lost. Use Wait for Video or Get Video with the generation ID to get the video. You can set a longer 'Timeout' under 'Options'.",
	});
	expect(describeTimeout(1000, { polls: 1 }).description).toContain(
		'No status was received (1 status check).',
	);
});

it.each([
	['SAFETY.INPUT.IMAGE', 'was moderated'],
	['INPUT_PREPROCESSING.INTERNAL', 'a visible face'],
	['ASSET.INVALID', 'a visible face'],
	['THIRD_PARTY.UNAVAILABLE', 'Try again later'],
	['INTERNAL.BAD_OUTPUT.CODE01', 'Try again later'],
	['', 'then try again'],
])('a failure named “%s” says what to do', (name, advice) => {
	const { description } = describeFailure({ name, message: 'Because.' });
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
		message: 'This API key may not read the usage logs',
		description: '',
	});
	expect(barred.description).toContain('cannot be read: This API key may not read the usage logs');
});

it('n8n’s refusal is given in n8n’s words', () => {
	const refusal = 'The request was blocked because it resolves to a restricted IP address';
	const details = describeNoResponse({ kind: 'noResponse', sent: false, code: 'BLOCKED', refusal });
	expect(details.message).toContain('n8n did not send the request');
	expect(details.description).toContain(refusal);
});
