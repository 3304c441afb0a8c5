import { Readable } from 'node:stream';

const CHUNK = Buffer.alloc(1 << 20);

/** Header of a `free` box with a 64-bit size: ISO/IEC 14496-12, boxes that players skip. */
function freeBoxHeader(bytes: number): Buffer {
	const header = Buffer.alloc(16);
	header.writeUInt32BE(1, 0);
	header.write('free', 4);
	header.writeBigUInt64BE(BigInt(bytes), 8);
	return header;
}

function* padded(video: Buffer, bytes: number): Generator<Buffer> {
	yield video;
	const padding = bytes - video.length;
	yield freeBoxHeader(padding);
	for (let left = padding - 16; left > 0; left -= CHUNK.length) yield CHUNK.subarray(0, left);
}

/**
 * The video, padded to `bytes` within MP4 and never held whole.
 * Throws a RangeError when `bytes` does not leave room for the video and 16 bytes.
 */
export function videoOf(video: Buffer, bytes = video.length) {
	if (bytes === video.length) return { length: bytes, stream: () => Readable.from([video]) };
	if (bytes < video.length + 16) throw new RangeError(`videoBytes is below ${video.length + 16}`);
	return { length: bytes, stream: () => Readable.from(padded(video, bytes)) };
}
