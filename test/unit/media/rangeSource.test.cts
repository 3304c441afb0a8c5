import { MAX_INSPECTED_BYTES, Reader } from '../../../nodes/RunwayActTwo/media/inspection/bytes';
import { PART_BYTES } from '../../../nodes/RunwayActTwo/media/linkRequest';
import type { HostResponse } from '../../../nodes/RunwayActTwo/media/linkRequest';
import { isEmpty, rangeSource, sizeOf } from '../../../nodes/RunwayActTwo/media/rangeSource';

const SIZE = 10 * PART_BYTES + 10;

/** The answer of a strict host for the part of a file that begins at `offset`. */
const part = (offset: number, size = SIZE): HostResponse => {
	const end = Math.min(offset + PART_BYTES, size);
	return {
		status: 206,
		headers: { 'content-range': `bytes ${offset}-${end - 1}/${size}` },
		body: Buffer.alloc(end - offset, String(offset / PART_BYTES)),
	};
};

const fileOf = (first: HostResponse, answer: (offset: number) => HostResponse = part) => {
	const asked: number[] = [];
	const source = rangeSource(first, async (offset) => {
		asked.push(offset);
		return answer(offset);
	});
	const reader = new Reader(source);
	const read = async (offset: number, length = 5) => (await reader.read(offset, length)).toString();
	return { source, read, asked };
};

describe('a file at a host that serves ranges', () => {
	it('is not asked again for what came at first', async () => {
		const { source, read, asked } = fileOf(part(0));
		expect(await read(10)).toBe('00000');
		expect(source.size).toBe(SIZE);
		expect(asked).toEqual([]);
	});

	it('is asked for other parts, each once, up to its end', async () => {
		const { read, asked } = fileOf(part(0));
		expect(await read(3 * PART_BYTES + 7)).toBe('33333');
		expect(await read(3 * PART_BYTES + 100)).toBe('33333');
		expect(await read(10 * PART_BYTES + 8)).toBe('10');
		expect(asked).toEqual([3 * PART_BYTES, 10 * PART_BYTES]);
	});

	it('is not asked for what is behind its end', async () => {
		const { read, asked } = fileOf(part(0, 60));
		expect(await read(58)).toBe('00');
		expect(await read(1000)).toBe('');
		expect(await read(PART_BYTES)).toBe('');
		expect(asked).toEqual([]);
	});

	it('gives at most as much as an inspection reads', async () => {
		const { read, asked } = fileOf(part(0, 40 * PART_BYTES), (offset) =>
			part(offset, 40 * PART_BYTES),
		);
		for (let index = 0; index < 30; index++) await read(index * PART_BYTES);
		expect(asked).toHaveLength(MAX_INSPECTED_BYTES / PART_BYTES - 1);
		expect(await read(29 * PART_BYTES)).toBe('');
	});

	it.each([
		['another part', () => part(0)],
		['less than it announces', () => ({ ...part(PART_BYTES), body: Buffer.alloc(10) })],
		[
			'less than was asked for',
			() => ({
				status: 206,
				headers: { 'content-range': `bytes ${PART_BYTES}-${PART_BYTES + 9}/${SIZE}` },
				body: Buffer.alloc(10),
			}),
		],
		['no range', () => ({ ...part(PART_BYTES), headers: {} })],
		['the whole file', () => ({ status: 200, headers: {}, body: Buffer.alloc(0) })],
		['an error', () => ({ status: 503, headers: {}, body: Buffer.alloc(0) })],
	])('is empty where it sends %s', async (_, answer) => {
		const { read } = fileOf(part(0), answer);
		expect(await read(PART_BYTES)).toBe('');
	});

	it('can be read when its size is not told', async () => {
		const open = (offset: number) => ({
			...part(offset, 2 * PART_BYTES),
			headers: { 'content-range': `bytes ${offset}-${offset + PART_BYTES - 1}/*` },
		});
		const { source, read } = fileOf(open(0), open);
		expect(source.size).toBeUndefined();
		expect(await read(PART_BYTES)).toBe('11111');
	});
});

it('a file at a host without ranges has its beginning alone', async () => {
	const whole = {
		status: 200,
		headers: { 'content-length': String(SIZE) },
		body: Buffer.alloc(PART_BYTES, 'x'),
	};
	const { source, read, asked } = fileOf(whole);
	expect(source.size).toBe(SIZE);
	expect(await read(100)).toBe('xxxxx');
	expect(await read(PART_BYTES)).toBe('');
	expect(asked).toEqual([]);
});

it.each([
	[200, { 'content-length': '1000' }, 1000],
	[200, { 'content-length': '0' }, 0],
	[200, {}, undefined],
	[200, { 'content-length': 'many' }, undefined],
	[206, { 'content-length': '10', 'content-range': 'bytes 0-9/1000' }, 1000],
	[206, { 'content-length': '10', 'content-range': 'bytes 0-9/*' }, undefined],
	[206, { 'content-length': '10' }, undefined],
])('the size of a file, from a %i with %j', (status, headers, size) => {
	expect(sizeOf({ status, headers, body: Buffer.alloc(0) })).toBe(size);
});

it('the size of a file that came to its end is known without its host saying it', () => {
	const answer = { status: 200, headers: {}, body: Buffer.alloc(10) };
	expect(sizeOf({ ...answer, isWhole: true })).toBe(10);
	expect(sizeOf({ ...answer, isWhole: false })).toBeUndefined();
});

it.each([
	[416, { 'content-range': 'bytes */0' }, true],
	[200, { 'content-length': '0' }, true],
	[416, { 'content-range': 'bytes */10' }, false],
	[416, {}, false],
	[500, { 'content-length': '0' }, false],
	[204, {}, false],
	[206, { 'content-range': 'bytes 0-9/10' }, false],
])('whether a %i with %j is of an empty file: %s', (status, headers, expected) => {
	expect(isEmpty({ status, headers, body: Buffer.alloc(0), isWhole: true })).toBe(expected);
});
