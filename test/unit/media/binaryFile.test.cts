import type { IBinaryData } from 'n8n-workflow';

import { fileSize, fileSource, findFile } from '../../../nodes/RunwayActTwo/media/binaryFile';

const CONTENT = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 251));
const BASE64 = CONTENT.toString('base64');
const file = (data: string, fileName = 'a.png'): IBinaryData => ({
	data,
	mimeType: 'image/png',
	fileName,
});
const find = (value: unknown, binary: Record<string, IBinaryData>) =>
	findFile({ getInputData: () => [{ json: {}, binary }] } as never, 0, value);

describe('a file field', () => {
	it.each([[[]], [{}], [[file('AAAA')]], [{ fileName: 'a.png' }], [null], [true], ['']])(
		'that holds %j names no file',
		(value) => {
			expect(find(value, { data: file('AAAA') })).toBeUndefined();
		},
	);

	const seen = { mimeType: 'image/png', fileName: 'a.png' };

	it('that holds a file without its content finds it by all the rest', () => {
		const wanted = file('AAAA');
		expect(find(seen, { other: file('BBBB', 'b.png'), wanted })).toBe(wanted);
	});

	it('does not guess between two files that have all the rest in common', () => {
		expect(find(seen, { first: file('AAAA'), second: file('BBBB') })).toBe('several');
	});

	it('takes one of two that are the same', () => {
		expect(find(seen, { first: file('AAAA'), second: file('AAAA') })).toEqual(file('AAAA'));
	});
});

it.each([
	['as it is', BASE64],
	['in lines of 76 as in mails', BASE64.replace(/(.{76})/g, '$1\r\n')],
	['with a line end behind it', `${BASE64}\n`],
])('base64 %s has the size and the bytes that n8n decodes', async (_, data) => {
	const size = await fileSize({} as never, file(data));
	expect(size).toBe(CONTENT.length);
	const source = fileSource({} as never, file(data), size);
	const parts = [
		await source.read(0, 100),
		await source.read(100, 450),
		await source.read(550, 450),
	];
	expect(Buffer.concat(parts)).toEqual(CONTENT);
});
