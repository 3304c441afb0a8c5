/** The boxes that an ISO base media file consists of. Source: ISO/IEC 14496-12, 4.2. */
import { uint } from './bytes';
import type { Reader } from './bytes';

/** More than any file has within one box. */
const MAX_CHILDREN = 2000;
const HEADER_BYTES = 8;
const LONG_HEADER_BYTES = 16;

export interface Box {
	type: string;
	/** Of the header. */
	at: number;
	/** Of the content, after the header. */
	start: number;
	/** Infinity for a box without a size, which goes on to the end of the file. */
	end: number;
}

/** @returns undefined where no box begins, or nothing could be read */
export async function boxAt(reader: Reader, at: number): Promise<Box | undefined> {
	return parseBox(await reader.read(at, LONG_HEADER_BYTES), 0, at);
}

/** The box that begins at a place in data which themselves begin at `offset` of the file. */
export function parseBox(data: Buffer, at: number, offset = 0): Box | undefined {
	const type = data.toString('latin1', at + 4, at + HEADER_BYTES);
	if (!/^[\x20-\x7e\xa9]{4}$/.test(type)) return undefined;
	const short = uint(data, at, 4);
	const isLong = short === 1;
	const headerBytes = isLong ? LONG_HEADER_BYTES : HEADER_BYTES;
	const size = isLong ? uint(data, at + HEADER_BYTES, 8) : short;
	if (!(size >= headerBytes) && short !== 0) return undefined;
	const start = offset + at;
	return { type, at: start, start: start + headerBytes, end: size === 0 ? Infinity : start + size };
}

export type Content = Pick<Box, 'start' | 'end'>;
export const NOTHING: Content = { start: 0, end: 0 };

/** The boxes within a box, and whether all of them could be read; none where there is no such box. */
export async function childrenOf(reader: Reader, { start, end }: Content = NOTHING) {
	const boxes: Box[] = [];
	let at = start;
	while (at + HEADER_BYTES <= end && boxes.length < MAX_CHILDREN) {
		const box = await boxAt(reader, at);
		if (!box) break;
		at = Math.min(box.end, end);
		boxes.push({ ...box, end: at });
	}
	return {
		boxes,
		// QuickTime may end a list with a zero.
		isWhole: at + HEADER_BYTES > end || uint(await reader.read(at, 4), 0, 4) === 0,
		first: (type: string) => boxes.find((box) => box.type === type),
	};
}

/** The content of a box, up to a length; shorter where it could not be read, or there is no such box. */
export async function contentOf(
	reader: Reader,
	{ start, end }: Content = NOTHING,
	length: number,
): Promise<Buffer> {
	return await reader.read(start, Math.min(length, end - start));
}
