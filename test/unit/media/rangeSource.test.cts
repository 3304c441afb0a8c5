import type { HostResponse } from '../../../nodes/RunwayActTwo/media/linkRequest';
import { partOf, rangeSource } from '../../../nodes/RunwayActTwo/media/rangeSource';
import type { Range } from '../../../nodes/RunwayActTwo/media/rangeSource';

const START = { offset: 0, length: 100 };

/** The answer of a strict host for a part of a file. */
const part = ({ offset, length }: Range, size: number, headers = {}) => {
	const end = Math.min(offset + length, size);
	return {
		status: 206,
		headers: { 'content-range': `bytes ${offset}-${end - 1}/${size}`, ...headers },
		body: Buffer.alloc(end - offset, 'x'),
	};
};

describe('what a response is a part of', () => {
	it.each([
		['bytes 0-99/1000', { offset: 0, length: 100, size: 1000 }],
		['bytes 900-999/*', { offset: 900, length: 100, size: undefined }],
		['bytes */1000', undefined],
		['items 0-99/1000', undefined],
		[undefined, undefined],
	])('%s', (range, expected) => {
		const headers = range === undefined ? {} : { 'content-range': range };
		expect(partOf({ status: 206, headers, body: Buffer.alloc(0) })).toEqual(expected);
	});

	it('is none when the whole file comes', () => {
		expect(partOf({ ...part(START, 1000), status: 200 })).toBeUndefined();
	});
});

describe('a file at a host that serves ranges', () => {
	const fileOf = (
		size: number,
		answer: (range: Range) => HostResponse = (range) => part(range, size),
	) => {
		const asked: Range[] = [];
		const source = rangeSource(part(START, size), START, async (range) => {
			asked.push(range);
			return answer(range);
		});
		if (!source) throw new Error('no source');
		return { source, asked };
	};

	it('is not asked again for what came at first', async () => {
		const { source, asked } = fileOf(1000);
		expect(await source.read(10, 90)).toHaveLength(90);
		expect(asked).toEqual([]);
		expect(source.size).toBe(1000);
	});

	it('is asked for other parts, up to its end', async () => {
		const { source, asked } = fileOf(1000);
		expect(await source.read(50, 100)).toHaveLength(100);
		expect(await source.read(950, 100)).toHaveLength(50);
		expect(asked).toEqual([
			{ offset: 50, length: 100 },
			{ offset: 950, length: 50 },
		]);
	});

	it('has no bytes behind its end', async () => {
		const { source, asked } = fileOf(60);
		expect(await source.read(50, 100)).toHaveLength(10);
		expect(await source.read(60, 100)).toHaveLength(0);
		expect(await source.read(1000, 100)).toHaveLength(0);
		expect(asked).toEqual([]);
	});

	it('is not asked for bytes behind the end of a large one', async () => {
		const { source, asked } = fileOf(1000);
		expect(await source.read(1000, 100)).toHaveLength(0);
		expect(await source.read(2000, 100)).toHaveLength(0);
		expect(asked).toEqual([]);
	});

	it('gives at most 512 kB', async () => {
		const { source, asked } = fileOf(10_000_000);
		await source.read(1000, 511_000);
		await expect(source.read(1000, 901)).rejects.toThrow('Too much');
		await source.read(1000, 900);
		expect(asked).toHaveLength(2);
	});

	it.each([
		['another part', () => part({ offset: 0, length: 100 }, 1000)],
		['less than it announces', () => ({ ...part(START, 1000), body: Buffer.alloc(10) })],
		['less than was asked for', () => part({ offset: 500, length: 50 }, 1000)],
		['the whole file', () => ({ status: 200, headers: {}, body: Buffer.alloc(0) })],
		['an error', () => ({ status: 503, headers: {}, body: Buffer.alloc(0) })],
	])('is not trusted when it sends %s', async (_, answer) => {
		const { source } = fileOf(1000, answer);
		await expect(source.read(500, 100)).rejects.toThrow('did not send the part');
	});

	it('is none when the first answer is no part of it', () => {
		const refuse = async () => await Promise.reject(new Error('asked'));
		const whole = { status: 200, headers: {}, body: Buffer.alloc(0) };
		expect(rangeSource(whole, START, refuse)).toBeUndefined();
		const shifted = part({ offset: 1, length: 100 }, 1000);
		expect(rangeSource(shifted, START, refuse)).toBeUndefined();
	});
});
