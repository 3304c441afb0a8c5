/** PNG, JPEG and WebP. Sources: PNG specification; ITU-T T.81; Exif 2.3; RFC 9649. */
import { uint } from './bytes';
import type { Reader } from './bytes';
import { isTurnedByExif } from './exif';
import { displayed, known } from './mediaInfo';
import type { MediaInfo } from './mediaInfo';

/** More than the largest file has. */
const MAX_PARTS = 5000;
const EXIF_BYTES = 4096;
/** Where the end of a file is looked for: behind it some programs append notes of their own. */
const TAIL_BYTES = 64 * 1024;
const SCAN_BYTES = 16 * 1024;
const SQUARE = 1;

/** The chunk eXIf stands before the pictures' data or, where it was added later, near the end. */
export async function inspectPng(reader: Reader): Promise<MediaInfo> {
	let [width, height, isTurned] = [NaN, NaN, false];
	for (let at = 8, count = 0; count < MAX_PARTS; count++) {
		const chunk = await reader.read(at, 16);
		const type = chunk.toString('latin1', 4, 8);
		if (type === 'IHDR') [width, height] = [uint(chunk, 8, 4), uint(chunk, 12, 4)];
		else if (type === 'eXIf') isTurned = isTurnedByExif(await reader.read(at + 8, EXIF_BYTES));
		else if (type === 'IDAT' || type === 'IEND') break;
		const length = uint(chunk, 0, 4);
		if (Number.isNaN(length)) break;
		at += 12 + length;
	}
	const { data: tail } = await reader.readTail(TAIL_BYTES);
	const exif = tail.lastIndexOf('eXIf');
	if (exif >= 0) isTurned ||= isTurnedByExif(tail.subarray(exif + 4));
	return {
		kind: 'image',
		name: 'PNG',
		contentType: 'image/png',
		...displayed(width, height, SQUARE, isTurned),
		...known({ isCutOff: tail.length > 0 && !tail.includes('IEND') }),
	};
}

export async function inspectWebp(reader: Reader): Promise<MediaInfo> {
	const head = await reader.read(0, 30);
	const { width, height } = webpSize(head);
	const end = head.readUInt32LE(4) + 8;
	const hasExif = head.toString('latin1', 12, 16) === 'VP8X' && (head[20] & 8) !== 0;
	const isTurned = hasExif && isTurnedByExif(await findWebpExif(reader, end));
	return {
		kind: 'image',
		name: 'WebP',
		contentType: 'image/webp',
		...displayed(width, height, SQUARE, isTurned),
		...known({ isCutOff: reader.size !== undefined && end > reader.size }),
	};
}

function webpSize(head: Buffer): { width: number; height: number } {
	const unknown = { width: NaN, height: NaN };
	if (head.length < 30) return unknown;
	switch (head.toString('latin1', 12, 16)) {
		case 'VP8 ':
			return { width: head.readUInt16LE(26) & 0x3fff, height: head.readUInt16LE(28) & 0x3fff };
		case 'VP8L': {
			const bits = head.readUInt32LE(21);
			return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
		}
		case 'VP8X':
			return { width: head.readUIntLE(24, 3) + 1, height: head.readUIntLE(27, 3) + 1 };
		default:
			return unknown;
	}
}

async function findWebpExif(reader: Reader, end: number): Promise<Buffer> {
	for (let at = 12, count = 0; at < end && count < MAX_PARTS; count++) {
		const header = await reader.read(at, 8);
		if (header.length < 8) break;
		if (header.toString('latin1', 0, 4) === 'EXIF') return await reader.read(at + 8, EXIF_BYTES);
		const length = header.readUInt32LE(4);
		at += 8 + length + (length % 2);
	}
	return Buffer.alloc(0);
}

/** The size as displayed: a camera's orientation applied. */
export async function inspectJpeg(reader: Reader): Promise<MediaInfo> {
	let [width, height, isTurned] = [NaN, NaN, false];
	let at = 2;
	for (let count = 0; count < MAX_PARTS && Number.isNaN(width); count++) {
		const segment = await reader.read(at, 9);
		const marker = segment[1];
		if (segment.length < 9 || segment[0] !== 0xff) break;
		if (marker === 0xff) {
			at++;
			continue;
		}
		if (marker === 0xe1) isTurned ||= isTurnedByExif(await reader.read(at + 4, EXIF_BYTES));
		const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
		if (isFrame) [height, width] = [uint(segment, 5, 2), uint(segment, 7, 2)];
		const isScan = marker === 0xda || marker === 0xd9;
		if (isScan) break;
		at += 2 + uint(segment, 2, 2);
	}
	return {
		kind: 'image',
		name: 'JPEG',
		contentType: 'image/jpeg',
		...displayed(width, height, SQUARE, isTurned),
		...known({ isCutOff: !Number.isNaN(width) && (await isJpegCutOff(reader, at)) }),
	};
}

/**
 * Whether the file ends without the marker of the image's end. The data of a scan never look like it; a
 * thumbnail, which has one too, stands before `from`.
 */
async function isJpegCutOff(reader: Reader, from: number): Promise<boolean> {
	const { size } = reader;
	if (size === undefined) return false;
	const { data: tail } = await reader.readTail(2);
	if (tail.length < 2 || tail.readUInt16BE(0) === 0xffd9) return false;
	for (let at = from; at < size; at += SCAN_BYTES - 1) {
		const data = await reader.read(at, SCAN_BYTES);
		if (data.length < Math.min(SCAN_BYTES, size - at) || data.includes('\xff\xd9', 0, 'latin1')) {
			return false;
		}
	}
	return true;
}
