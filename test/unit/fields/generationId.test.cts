import { readGenerationId } from '../../../nodes/RunwayActTwo/fields/generationId';

const UUID = 'dbf7a50e-87b2-4ba5-921f-f02fdb8f7cc6';
const read = (value: unknown) => readGenerationId({ itemIndex: 0, get: () => value });

it.each([
	[UUID],
	[` ${UUID}\n`],
	[`"${UUID}"`],
	[`\`${UUID}\``],
	[`“${UUID}”`],
	[`\ufeff${UUID.slice(0, 8)}\u200b${UUID.slice(8)}`],
	[`generation ${UUID}`],
	[`(generation ${UUID})`],
	[`Generation ID: ${UUID}.`],
	[`generation_id=${UUID}`],
	[`ID: \`${UUID}\``],
])('%j is the ID in it', (pasted) => {
	expect(read(pasted)).toBe(UUID);
});

it.each(['-V1StGXR8_Z5jdHi6B-my', '_V1St', `${UUID}:runway/act_two`, 'generation', 'ideal', 'id1'])(
	'%s is an ID as it is',
	(id) => {
		expect(read(id)).toBe(id);
	},
);

it('a number is an ID', () => {
	expect(read(42)).toBe('42');
});

it.each(['', ' ', '""', '\u200b', undefined, null, [], {}, true, 'x'.repeat(201)])(
	'%j is none',
	(value) => {
		expect(() => read(value)).toThrow("'Generation ID' must be the ID returned by Create Video");
	},
);
