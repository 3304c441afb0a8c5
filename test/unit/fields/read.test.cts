import type { INodeProperties } from 'n8n-workflow';

import {
	optionParameters,
	readBoolean,
	readChoice,
	readForgivingly,
	readIfSet,
	readNumber,
	readText,
} from '../../../nodes/RunwayActTwo/fields/read';
import type { Parameters } from '../../../nodes/RunwayActTwo/fields/read';

const of = (value: unknown) => ({ itemIndex: 3, get: () => value });
const field = (rest: Partial<INodeProperties>): INodeProperties => ({
	displayName: 'Label',
	name: 'name',
	type: 'number',
	default: '',
	...rest,
});

const WHOLE = field({ typeOptions: { minValue: 1, maxValue: 5, numberPrecision: 0 }, default: 3 });
const REAL = field({ typeOptions: { minValue: 1, maxValue: 5 } });
const CHOICE = field({
	options: [
		{ name: 'A', value: 'a' },
		{ name: 'B', value: 'b' },
	],
	default: 'b',
});

it.each([
	[1, 1],
	['5', 5],
	[undefined, 3],
])('%j is the whole number %i', (value, number) => {
	expect(readNumber(of(value), WHOLE)).toBe(number);
});

it.each([0, 6, 1.5, '', 'x', true, NaN, [], {}])('%j is no whole number from 1 to 5', (value) => {
	expect(() => readNumber(of(value), WHOLE)).toThrow(
		"'Label' must be a whole number from 1 to 5 [item 3]",
	);
});

it('a number may have decimals where the field allows them', () => {
	expect(readNumber(of(1.5), REAL)).toBe(1.5);
});

it.each([
	[true, true],
	['TRUE', true],
	[' true ', true],
	[false, false],
	['false', false],
	[undefined, true],
])('%j is %s', (value, boolean) => {
	expect(readBoolean(of(value), field({ default: true }))).toBe(boolean);
});

it.each(['yes', 1, 0, [], {}])('%j is neither true nor false', (value) => {
	expect(() => readBoolean(of(value), WHOLE)).toThrow("'Label' must be true or false [item 3]");
});

it('a choice is one of the field’s own, or its default', () => {
	expect(readChoice(of('a'), CHOICE)).toBe('a');
	expect(readChoice(of(undefined), CHOICE)).toBe('b');
	expect(() => readChoice(of('c'), CHOICE)).toThrow("'Label' must be one of a, b [item 3]");
});

it('a text is not empty', () => {
	expect(readText(of(' x '), field({}), 'must be a name')).toBe('x');
	expect(() => readText(of(5), field({}), 'must be a name')).toThrow('Label');
	expect(() => readText(of(' '), field({}), 'must be a name')).toThrow(
		"'Label' must be a name [item 3]",
	);
});

it.each([null, undefined, '', '  '])('an option of %j is not set', (value) => {
	const context = { getNodeParameter: () => value } as never;
	expect(readIfSet(optionParameters(context, 0), WHOLE, readNumber)).toBeUndefined();
});

it('what cannot be read of an item whose video is paid for counts as not set', () => {
	const context = {
		getNodeParameter: (name: string) => {
			if (name === 'options.name') return 4;
			throw new Error('The expression finds nothing');
		},
	} as never;
	const other = { ...WHOLE, name: 'other', default: 3 };
	const read = (options: Parameters) => [readNumber(options, WHOLE), readNumber(options, other)];
	const options = optionParameters(context, 0);
	expect(() => read(options)).toThrow('finds nothing');
	expect(readForgivingly(read, options)).toEqual([4, 3]);
});

it('an option of 0 or false is set', () => {
	const context = { getNodeParameter: () => 0 } as never;
	expect(() => readIfSet(optionParameters(context, 0), WHOLE, readNumber)).toThrow('Label');
});

it.each([
	['A', 'a'],
	[' a\n', 'a'],
	['\u200bLabel of C', 'c'],
	['label of c', 'c'],
	['', 'b'],
	['  ', 'b'],
	[null, 'b'],
])('%j chooses %s', (value, chosen) => {
	const labelled = field({
		options: [...(CHOICE.options ?? []), { name: 'Label of C', value: 'c' }],
		default: 'b',
	});
	expect(readChoice(of(value), labelled)).toBe(chosen);
});

it.each([[[]], [['a']], [{}], [1], [true]])('%j is no choice', (value) => {
	expect(() => readChoice(of(value), CHOICE)).toThrow("'Label' must be one of a, b [item 3]");
});

it('a number without an upper bound is of at least the lower one', () => {
	expect(() => readNumber(of(0), field({ typeOptions: { minValue: 1 } }))).toThrow(
		"'Label' must be a number of at least 1 [item 3]",
	);
});
