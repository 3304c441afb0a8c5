import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import { ActTwoError } from '../../../nodes/RunwayActTwo/errors';
import {
	toErrorItem,
	toInvalidItemsError,
	toNodeError,
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

it('carries item and generation ID, in the message too', () => {
	const error = toNodeError(NODE, new ActTwoError(DETAILS, 'g'), 2);
	expect(error).toMatchObject({
		message: 'It broke (generation g)',
		context: { itemIndex: 2, generationId: 'g' },
	});
});

it('declares why it failed as plain data that is saved with the execution', () => {
	const failure = { cause: 'rate-limited', retryAfterMs: 7000 } as const;
	const declared = new ActTwoError({ ...DETAILS, httpCode: '429', failure });
	for (const thrown of [declared, new ActTwoError({ ...DETAILS, failure })]) {
		const error = toNodeError(NODE, thrown, 0);
		expect(JSON.parse(JSON.stringify({ ...error })).failure).toEqual(failure);
	}
	expect(toNodeError(NODE, new ActTwoError(DETAILS), 0)).toMatchObject({ failure: undefined });
});

it('names the item in the message where there are several', () => {
	const error = toNodeError(NODE, new ActTwoError(DETAILS, 'g'), 2, 3);
	expect(error.message).toBe('It broke (generation g) [item 2]');
});

it('leaves n8n’s own errors as they are and wraps others', () => {
	const own = new NodeOperationError(NODE, 'no credential');
	expect(toNodeError(NODE, own, 0)).toBe(own);
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

describe('as a tool, whose model reads the message alone', () => {
	const TOOL = { ...NODE, type: 'runwayActTwoTool' };

	it('the message says what to do, and not to pay again for what exists', () => {
		const message =
			'It broke (generation g). Mend it. Tell the user, and do not call this tool again for the same video.';
		expect(toNodeError(TOOL, new ActTwoError(DETAILS, 'g'), 0).message).toBe(message);
		expect(toErrorItem(TOOL, new ActTwoError(DETAILS, 'g'), 0).json).toEqual({
			error: { message },
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
