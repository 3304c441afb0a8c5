/** The elements that a Matroska file consists of. Source: RFC 8794. */
import { uint } from './bytes';
import type { Reader } from './bytes';

const MAX_ELEMENTS = 2000;
const MAX_HEADER_BYTES = 12;

export interface Element {
	id: number;
	/** Of the header. */
	at: number;
	/** Of the content, after the header. */
	start: number;
	/** Infinity where the size is unknown, as in live recordings. */
	end: number;
}

/** @returns undefined where no element begins, or nothing could be read */
export async function elementAt(reader: Reader, at: number): Promise<Element | undefined> {
	return parseElement(await reader.read(at, MAX_HEADER_BYTES), 0, at);
}

/** The element that begins at a place in data which themselves begin at `offset` of the file. */
export function parseElement(data: Buffer, at: number, offset = 0): Element | undefined {
	const idBytes = vintLength(data[at]);
	const sizeBytes = vintLength(data[at + idBytes]);
	if (idBytes > 4 || sizeBytes > 8 || at + idBytes + sizeBytes > data.length) return undefined;
	const size = sizeOf(data.subarray(at + idBytes, at + idBytes + sizeBytes));
	const start = offset + at + idBytes + sizeBytes;
	return { id: data.readUIntBE(at, idBytes), at: offset + at, start, end: start + size };
}

type Content = Pick<Element, 'start' | 'end'>;
const NOTHING: Content = { start: 0, end: 0 };

/** The elements within one whose size is known, and whether all could be read; none where there is no such one. */
export async function elementsOf(reader: Reader, { start, end }: Content = NOTHING) {
	const elements: Element[] = [];
	let at = start;
	while (at < end && elements.length < MAX_ELEMENTS) {
		const element = await elementAt(reader, at);
		if (!element || element.end > end) break;
		elements.push(element);
		at = element.end;
	}
	return {
		elements,
		isWhole: at === end,
		first: (id: number) => elements.find((element) => element.id === id),
	};
}

/** An unsigned number; NaN where it could not be read. */
export async function numberIn(
	reader: Reader,
	element: Content | undefined,
	absent = NaN,
): Promise<number> {
	if (!element) return absent;
	const length = element.end - element.start;
	return uint(await reader.read(element.start, Math.min(8, length)), 0, length);
}

/** Of 4 or 8 bytes; NaN where there is none. */
export async function floatIn(reader: Reader, { start, end }: Content = NOTHING): Promise<number> {
	const bytes = await reader.read(start, Math.min(8, end - start));
	if (bytes.length === 4) return bytes.readFloatBE(0);
	return bytes.length === 8 ? bytes.readDoubleBE(0) : NaN;
}

/** Empty where there is none. */
export async function textIn(reader: Reader, { start, end }: Content = NOTHING): Promise<string> {
	return (await reader.read(start, Math.min(64, end - start)))
		.toString('latin1')
		.replace(/\0+$/, '');
}

/** Bytes of a variable-length number, by its first byte; 9 when it is none. */
export function vintLength(first = 0): number {
	return Math.clz32(first) - 23;
}

/** Infinity where it is unknown: all its bits are set. */
function sizeOf(bytes: Buffer): number {
	let size = bytes[0] & (0xff >> bytes.length);
	let isUnknown = size === 0xff >> bytes.length;
	for (const byte of bytes.subarray(1)) {
		size = size * 256 + byte;
		isUnknown &&= byte === 0xff;
	}
	return isUnknown ? Infinity : size;
}
