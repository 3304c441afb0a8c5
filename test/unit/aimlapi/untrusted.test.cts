import {
	errorText,
	plainText,
	readAmount,
	readId,
} from '../../../nodes/RunwayActTwo/aimlapi/untrusted';

it('server text is shown without markup, control characters and length', () => {
	const shown = plainText(`<script>x</script>a\u0000\u001b[31m\u202e\n${'b'.repeat(9000)}`);
	expect(shown).toMatch(/^x a \[31m b+$/);
	expect(shown).toHaveLength(500);
});

describe('IDs', () => {
	it.each([
		['dbf7a50e-87b2-4ba5-921f-f02fdb8f7cc6', 'dbf7a50e-87b2-4ba5-921f-f02fdb8f7cc6'],
		['dbf7a50e-87b2-4ba5-921f-f02fdb8f7cc6:runway/act_two', undefined],
		['-V1StGXR8_Z5jdHi6B-my', undefined],
		['  pasted \n', 'pasted'],
		[1234567, '1234567'],
		['ü 1?&=#%', undefined],
		['x'.repeat(200), undefined],
	])('%j is one', (value, id = value as string) => {
		expect(readId(value)).toBe(id);
	});

	it.each([
		'',
		'   ',
		null,
		undefined,
		{},
		[],
		true,
		'a\u0000b',
		'a\nb',
		'\ud800',
		'x'.repeat(201),
	])('%j is none', (value) => {
		expect(readId(value)).toBeUndefined();
	});
});

it.each([
	[5, 5],
	['0.325', 0.325],
	[0, 0],
	['', undefined],
	[-1, undefined],
	['many', undefined],
	[Infinity, undefined],
	[null, undefined],
])('the amount %j is %s', (value, amount) => {
	expect(readAmount(value)).toBe(amount);
});

describe('the words of an error', () => {
	it.each([
		['a text', 'broke', 'broke'],
		['a message', { name: 'INTERNAL', message: 'broke' }, 'broke'],
		[
			'details of a validation',
			{ detail: [{ loc: ['body'], msg: 'No face found', type: 'value_error' }] },
			'No face found',
		],
		['a list', ['one', { message: 'two' }], 'one two'],
		['an error in an error', { error: { error: { message: 'deep' } } }, 'deep'],
		['a text under detail', { detail: 'Not found' }, 'Not found'],
		['another shape', { code: 17 }, '{"code":17}'],
		['nothing', null, ''],
		['an empty object', {}, ''],
	])('%s', (_, error, words) => {
		expect(errorText(error)).toBe(words);
	});
});
