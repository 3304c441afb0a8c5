import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import { ActTwoError } from '../../../nodes/RunwayActTwo/errors';
import {
	toErrorItem,
	toInvalidItemsError,
	toNodeError,
	toStopError,
} from '../../../nodes/RunwayActTwo/execution/nodeErrors';

const NODE = {
	id: '1',
	name: 'n',
	type: 't',
	typeVersion: 1,
	position: [0, 0] as [number, number],
	parameters: {},
};
const DETAILS = { message: 'It broke', description: 'Mend it.' };

it('an HTTP status makes an API error, a network code does not: n8n would put its own words', () => {
	const api = toNodeError(NODE, new ActTwoError({ ...DETAILS, httpCode: '503' }), 2);
	expect(api).toBeInstanceOf(NodeApiError);
	expect(api).toMatchObject({ message: 'It broke', description: 'Mend it.', httpCode: '503' });
	const network = toNodeError(NODE, new ActTwoError({ ...DETAILS, httpCode: 'ECONNRESET' }), 2);
	expect(network).toBeInstanceOf(NodeOperationError);
	expect(network).toMatchObject({ message: 'It broke', description: 'Mend it.' });
});

it('an error carries item and generation ID, in the message too', () => {
	const error = toNodeError(NODE, new ActTwoError(DETAILS, 'g'), 2);
	expect(error).toMatchObject({
		message: 'It broke (generation g)',
		context: { itemIndex: 2, generationId: 'g' },
	});
});

it('an error declares why it failed as plain data that is saved with the execution', () => {
	const failure = { cause: 'rate-limited', retryAfterMs: 7000 } as const;
	const declared = new ActTwoError({ ...DETAILS, httpCode: '429', failure });
	for (const thrown of [declared, new ActTwoError({ ...DETAILS, failure })]) {
		const error = toNodeError(NODE, thrown, 0);
		expect(JSON.parse(JSON.stringify({ ...error })).failure).toEqual(failure);
	}
	expect(toNodeError(NODE, new ActTwoError(DETAILS), 0)).toMatchObject({ failure: undefined });
});

it('an error names the item in its message where there are several', () => {
	const error = toNodeError(NODE, new ActTwoError(DETAILS, 'g'), 2, 3);
	expect(error.message).toBe('It broke (generation g) [item 2]');
});

it('n8n’s own errors are left as they are, and others are wrapped', () => {
	const own = new NodeOperationError(NODE, 'no credential');
	expect(toNodeError(NODE, own, 0)).toBe(own);
	const ofApi = new NodeApiError(NODE, { message: 'no' });
	expect(toNodeError(NODE, ofApi, 0)).toBe(ofApi);
	expect(toNodeError(NODE, new Error('bug'), 4)).toMatchObject({ context: { itemIndex: 4 } });
});

it('an error item has one key', () => {
	expect(toErrorItem(NODE, new ActTwoError(DETAILS, 'g'), 1)).toEqual({
		json: {
			error: { message: 'It broke (generation g)', description: 'Mend it.', generationId: 'g' },
		},
		pairedItem: { item: 1 },
	});
});

it.each([
	[new Error('bug'), { message: 'bug' }],
	[
		new NodeOperationError(NODE, 'no credential', { description: 'Choose one.' }),
		{ message: 'no credential', description: 'Choose one.' },
	],
	[{}, { message: 'Unknown' }],
])('an error item of what is none of the node’s own errors has its words: %j', (thrown, error) => {
	expect(toErrorItem(NODE, thrown, 1).json).toStrictEqual({ error });
});

describe('the error of a stopped execution', () => {
	it('names what is paid for and how to get it', () => {
		const error = toStopError(NODE, ['g1', 'g2']);
		expect(error).toMatchObject({
			message: 'The execution was stopped. Generation IDs: g1, g2',
			description:
				'AIMLAPI still generates videos that were started. Use Wait for Video or Get Video with the generation ID to get the video.',
			context: { generationIds: ['g1', 'g2'] },
		});
	});

	it.each([
		[10, /: g0, .*, g9$/],
		[12, /: g0, .*, g9 and 2 more$/],
	])('lists ten of %i in its message and all in its context', (count, message) => {
		const ids = Array.from({ length: count }, (_, n) => `g${n}`);
		expect(toStopError(NODE, ids)).toMatchObject({
			message: expect.stringMatching(message),
			context: { generationIds: ids },
		});
	});
});

describe('as a tool, whose model reads the message alone', () => {
	const TOOL = { ...NODE, type: 'runwayActTwoTool' };

	it('the message says what to do, and not to pay again for what exists', () => {
		const message =
			'It broke (generation g). Mend it. Tell the user, and do not call this tool again for the same video.';
		expect(toNodeError(TOOL, new ActTwoError(DETAILS, 'g'), 0).message).toBe(message);
		expect(toErrorItem(TOOL, new ActTwoError(DETAILS, 'g'), 3)).toEqual({
			json: { error: { message } },
			pairedItem: { item: 3 },
		});
	});

	it('what was never sent may be corrected and called again', () => {
		expect(toNodeError(TOOL, new ActTwoError(DETAILS), 0).message).toBe('It broke. Mend it.');
	});
});

it('several invalid items are named at once, ten at most', () => {
	const invalid = Array.from({ length: 12 }, (_, itemIndex) => ({
		thrown: new ActTwoError({ message: `'Seed' is wrong [item ${itemIndex}]`, description: '' }),
		itemIndex,
	}));
	const { message } = toInvalidItemsError(NODE, invalid, 200);
	expect(message).toMatch(/^12 of 200 items are invalid: 'Seed' is wrong \[item 0\]; /);
	expect(message).toContain('[item 9]; and 2 more');
	expect(message).not.toContain('[item 10]');
	expect(toInvalidItemsError(NODE, invalid.slice(0, 1), 200).message).toBe(
		"'Seed' is wrong [item 0]",
	);
});

describe('invalid items among others', () => {
	const invalid = [new ActTwoError({ message: 'one', description: '' }), 'no error at all'].map(
		(thrown, itemIndex) => ({ thrown, itemIndex }),
	);

	it('say that nothing was sent', () => {
		expect(toInvalidItemsError(NODE, invalid, 5)).toMatchObject({
			message: '2 of 5 items are invalid: one; unreadable',
			description:
				"Change the values or their expressions. Nothing was sent for any item. With 'On Error' set to 'Continue', the valid items are sent.",
			context: { itemIndex: 0 },
		});
	});

	it.each([
		[1, '1 other generation is still running'],
		[2, '2 other generations are still running'],
	])('say what still runs: %i', (stillRunning, words) => {
		expect(toInvalidItemsError(NODE, invalid, 5, stillRunning)).toMatchObject({
			message: `2 of 5 items are invalid: one; unreadable; ${words}`,
			description:
				"Change the values or their expressions. Nothing was sent for these items. Retry this execution to get the other videos: their generations are resumed, and nothing is paid for twice. With 'On Error' set to 'Continue', the valid items are sent.",
		});
	});

	const withAdvice = (...advice: string[]) =>
		advice.map((text, itemIndex) => ({
			thrown: new ActTwoError({ message: `m${itemIndex}`, description: '', advice: text }),
			itemIndex,
		}));

	it.each([
		[['Share it.', 'Share it.'], 'Share it. Nothing was sent for any item.'],
		[['Share it.', 'Cut it.'], 'Share it. Cut it. Nothing was sent for any item.'],
		[['1.', '2.', '3.', '4.'], '1. 2. 3. Nothing was sent for any item.'],
	])('say what to do about all of them: %j', (advice, description) => {
		const invalid = withAdvice(...advice);
		expect(toInvalidItemsError(NODE, invalid, invalid.length)).toMatchObject({ description });
	});

	it('say how the valid ones are sent only where there are some', () => {
		const description = (count: number) =>
			(toInvalidItemsError(NODE, withAdvice('a', 'b'), count) as NodeOperationError).description;
		expect(description(3)).toMatch(/'Continue', the valid items are sent\.$/);
		expect(description(2)).not.toContain('valid items');
	});
});
