/** PNG, JPEG and WebP. Sources: PNG specification; ITU-T T.81; Exif 2.3; RFC 9649. */
import type { Reader } from './bytes';
import { known } from './mediaInfo';
import type { MediaInfo } from './mediaInfo';

const MAX_SEGMENTS = 200;

export function inspectPng(head: Buffer): MediaInfo {
	const hasSize = head.length >= 24 && head.toString('latin1', 12, 16) === 'IHDR';
	return {
		kind: 'image',
		name: 'PNG',
		contentType: 'image/png',
		...(hasSize && known({ width: head.readUInt32BE(16), height: head.readUInt32BE(20) })),
	};
}

export function inspectWebp(head: Buffer): MediaInfo {
	return { kind: 'image', name: 'WebP', contentType: 'image/webp', ...known(webpSize(head)) };
}

function webpSize(head: Buffer): { width?: number; height?: number } {
	if (head.length < 30) return {};
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
			return {};
	}
}

/** The size as displayed: a camera's orientation applied. */
export async function inspectJpeg(reader: Reader): Promise<MediaInfo> {
	const info: MediaInfo = { kind: 'image', name: 'JPEG', contentType: 'image/jpeg' };
	let isTurned = false;
	for (let at = 2, count = 0; count < MAX_SEGMENTS; count++) {
		const segment = await reader.read(at, 9);
		if (segment.length < 9 || segment[0] !== 0xff) return info;
		const marker = segment[1];
		if (marker === 0xff) {
			at++;
			continue;
		}
		if (marker === 0xe1) isTurned ||= await isTurnedByExif(reader, at + 4);
		const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
		if (isFrame) {
			const [height, width] = [segment.readUInt16BE(5), segment.readUInt16BE(7)];
			return { ...info, ...known(isTurned ? { width: height, height: width } : { width, height }) };
		}
		const isScan = marker === 0xda || marker === 0xd9;
		if (isScan) return info;
		at += 2 + segment.readUInt16BE(2);
	}
	return info;
}

/** Orientations 5 to 8 turn the picture by a quarter. */
async function isTurnedByExif(reader: Reader, start: number): Promise<boolean> {
	const data = await reader.read(start, 1024);
	if (data.toString('latin1', 0, 6) !== 'Exif\0\0' || data.length < 16) return false;
	const tiff = data.subarray(6);
	const isLittle = tiff.toString('latin1', 0, 2) === 'II';
	const word = (at: number) =>
		at + 2 <= tiff.length ? (isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at)) : 0;
	const directory = isLittle ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
	for (let entry = 0; entry < Math.min(64, word(directory)); entry++) {
		const at = directory + 2 + entry * 12;
		if (word(at) === 0x0112) return word(at + 8) >= 5 && word(at + 8) <= 8;
	}
	return false;
}
