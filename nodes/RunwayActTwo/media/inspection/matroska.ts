/** Matroska and WebM. Source: RFC 9559, RFC 8794. */
import type { Reader } from './bytes';
import { known } from './mediaInfo';
import type { MediaInfo } from './mediaInfo';

const MAX_ELEMENTS = 400;

const EBML = 0x1a45dfa3;
const DOC_TYPE = 0x4282;
const SEGMENT = 0x18538067;
const INFO = 0x1549a966;
const TIMESTAMP_SCALE = 0x2ad7b1;
const DURATION = 0x4489;
const TRACKS = 0x1654ae6b;
const TRACK_ENTRY = 0xae;
const TRACK_TYPE = 0x83;
const VIDEO = 0xe0;
const PIXEL_WIDTH = 0xb0;
const PIXEL_HEIGHT = 0xba;
const CLUSTER = 0x1f43b675;

const VIDEO_TRACK = 1;

interface Element {
	id: number;
	start: number;
	end: number;
}

export function isMatroska(head: Buffer): boolean {
	return head.length >= 4 && head.readUInt32BE(0) === EBML;
}

export async function inspectMatroska(reader: Reader): Promise<MediaInfo> {
	let isWebm = false;
	let scale = 1_000_000;
	let duration: number | undefined;
	let hasTracks = false;
	let picture: { width?: number; height?: number } | undefined;

	for await (const top of elements(reader, 0, reader.size ?? Infinity)) {
		if (top.id === EBML) {
			for await (const { id, start, end } of elements(reader, top.start, top.end)) {
				if (id !== DOC_TYPE) continue;
				const docType = await reader.read(start, Math.min(16, end - start));
				isWebm = docType.toString('latin1').startsWith('webm');
			}
		}
		if (top.id !== SEGMENT) continue;
		for await (const element of elements(reader, top.start, top.end)) {
			if (element.id === CLUSTER) break;
			if (element.id === INFO) {
				for await (const inner of elements(reader, element.start, element.end)) {
					if (inner.id === TIMESTAMP_SCALE) scale = await unsigned(reader, inner);
					if (inner.id === DURATION) duration = await float(reader, inner);
				}
			} else if (element.id === TRACKS) {
				hasTracks = true;
				for await (const entry of elements(reader, element.start, element.end)) {
					if (entry.id === TRACK_ENTRY) picture ??= await readTrack(reader, entry);
				}
			}
		}
		break;
	}

	const container = isWebm
		? { name: 'WebM', contentType: 'video/webm' }
		: { name: 'MKV', contentType: 'video/x-matroska' };
	if (!hasTracks) return { kind: 'video', ...container };
	if (!picture) return { kind: 'audio', ...container, hasVideoTrack: false };
	const durationSeconds = duration === undefined ? undefined : (duration * scale) / 1e9;
	return {
		kind: 'video',
		...container,
		hasVideoTrack: true,
		...known({ ...picture, durationSeconds }),
	};
}

/** The size of a picture track; undefined for other tracks. */
async function readTrack(reader: Reader, entry: Element) {
	let type = 0;
	const picture: { width?: number; height?: number } = {};
	for await (const element of elements(reader, entry.start, entry.end)) {
		if (element.id === TRACK_TYPE) type = await unsigned(reader, element);
		if (element.id !== VIDEO) continue;
		for await (const inner of elements(reader, element.start, element.end)) {
			if (inner.id === PIXEL_WIDTH) picture.width = await unsigned(reader, inner);
			if (inner.id === PIXEL_HEIGHT) picture.height = await unsigned(reader, inner);
		}
	}
	return type === VIDEO_TRACK ? picture : undefined;
}

async function* elements(reader: Reader, start: number, end: number): AsyncGenerator<Element> {
	for (let at = start, count = 0; at < end && count < MAX_ELEMENTS; count++) {
		const header = await reader.read(at, 12);
		const idBytes = vintLength(header[0]);
		if (header.length < idBytes + 1 || idBytes > 4) return;
		const id = header.readUIntBE(0, idBytes);
		const sizeBytes = vintLength(header[idBytes]);
		if (header.length < idBytes + sizeBytes || sizeBytes > 8) return;
		const size = sizeOf(header.subarray(idBytes, idBytes + sizeBytes));
		const contentStart = at + idBytes + sizeBytes;
		const contentEnd = size === undefined ? end : Math.min(end, contentStart + size);
		yield { id, start: contentStart, end: contentEnd };
		if (!Number.isSafeInteger(contentEnd)) return;
		at = contentEnd;
	}
}

/** Bytes of a variable-length number, by its first byte; 9 when it is none. */
function vintLength(first = 0): number {
	return Math.clz32(first) - 23;
}

/** Undefined where the size is unknown, as in live recordings. */
function sizeOf(bytes: Buffer): number | undefined {
	let size = bytes[0] & (0xff >> bytes.length);
	let isUnknown = size === 0xff >> bytes.length;
	for (const byte of bytes.subarray(1)) {
		size = size * 256 + byte;
		isUnknown &&= byte === 0xff;
	}
	return isUnknown ? undefined : size;
}

async function unsigned(reader: Reader, { start, end }: Element): Promise<number> {
	const bytes = await reader.read(start, Math.min(8, end - start));
	return bytes.reduce((value, byte) => value * 256 + byte, 0);
}

async function float(reader: Reader, { start, end }: Element): Promise<number | undefined> {
	const bytes = await reader.read(start, Math.min(8, end - start));
	return bytes.length === 4
		? bytes.readFloatBE(0)
		: bytes.length === 8
			? bytes.readDoubleBE(0)
			: undefined;
}
