import {
	errorText,
	own,
	parseJson,
	parseUrl,
	plainText,
	readAmount,
	readId,
	visibleText,
} from '../../../nodes/RunwayActTwo/aimlapi/untrusted';

it('server text is shown without markup, control characters and length', () => {
	const shown = plainText(`<script>x</script>a\u0000\u001b[31m\u202e\n${'b'.repeat(9000)}`);
	expect(shown).toMatch(/^x a \[31m b+$/);
	expect(shown).toHaveLength(500);
});

it.each([
	[' a<br>b  c \n d ', 'a b c d'],
	[`<${'x'.repeat(900)}>shown`, 'shown'],
	[5, ''],
])('%j is shown as %j', (text, shown) => {
	expect(plainText(text)).toBe(shown);
});

it('a pasted text is rid of what shows nothing', () => {
	expect(visibleText(' \u200b\u200ba\u0000 b\ufeff ')).toBe('a b');
});

it('nothing inherited is read', () => {
	expect(own({ a: 1 }, 'a')).toBe(1);
	for (const value of [{}, [], 'text', null, undefined, () => {}]) {
		expect(own(value, 'constructor')).toBeUndefined();
		expect(own(value, value === 'text' ? 'length' : 'name')).toBeUndefined();
	}
});

it.each<[text: string, value: unknown]>([
	['{"id":12345678901234567890,"n":5}', { id: '12345678901234567890', n: 5 }],
	['[-1234567890123456]', ['-1234567890123456']],
	['[123456789012345]', [123456789012345]],
	['[1234567890123456.5, 1e3]', [1234567890123456.5, 1000]],
	[
		'{"a":"1234567890123456","\\"b":1234567890123456}',
		{ a: '1234567890123456', '"b': '1234567890123456' },
	],
	['{"a":"x \\" 1234567890123456"}', { a: 'x " 1234567890123456' }],
	['{"id":', undefined],
])('%s is read without losing a digit', (text, value) => {
	expect(parseJson(text)).toEqual(value);
});

it('a URL is parsed, also against another one', () => {
	expect(parseUrl('/b', 'https://example.com/a')?.href).toBe('https://example.com/b');
	expect(parseUrl('/b')).toBeUndefined();
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
		1.5,
		2 ** 53,
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
	['  ', undefined],
	[true, undefined],
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

	it.each('message msg detail details error errors issues reason title'.split(' '))(
		'are found under %s',
		(key) => expect(errorText({ code: 17, [key]: 'broke' })).toBe('broke'),
	);

	it('are five at most, each once, and none that are nested deeper than five', () => {
		expect(errorText(['a', 'b', 'a', 'c'])).toBe('a b c');
		expect(errorText(['a', 'b', 'c', 'd', 'e', 'f'])).toBe('a b c d e');
		expect(errorText({ message: 'a', msg: 'b', detail: 'c', details: ['d', 'e', 'f'] })).toBe(
			'a b c d e',
		);
		const nested = (depth: number, words: unknown): unknown =>
			depth === 0 ? words : { error: nested(depth - 1, words) };
		expect(errorText(nested(5, 'deep'))).toBe('deep');
		expect(errorText(nested(6, 'deep'))).toBe(JSON.stringify(nested(6, 'deep')));
		expect(errorText(nested(5, { code: null }))).toBe('');
		expect(errorText(nested(6, { code: null }))).toContain('null');
	});

	it.each<[what: string, error: unknown, words: string]>([
		['a number', 5, ''],
		['a name alone', { name: 'INTERNAL', code: 5 }, 'INTERNAL'],
		['empty parts', { name: null, message: '', detail: [], more: { code: null } }, ''],
		['a part that is false', { message: '', ok: false }, '{"message":"","ok":false}'],
		[
			'what cannot be written',
			{
				toJSON: () => {
					throw new Error('no');
				},
			},
			'',
		],
	])('of %s', (_, error, words) => {
		expect(errorText(error)).toBe(words);
	});
});
