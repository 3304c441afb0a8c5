/** Ogg. Sources: RFC 3533; Theora Specification, section 6.2. */
import type { Reader } from './bytes';
import { known } from './mediaInfo';
import type { MediaInfo } from './mediaInfo';

const MAX_STREAMS = 8;
const PAGE_HEADER_BYTES = 27;
const TAIL_BYTES = 64 * 1024;

export async function inspectOgg(reader: Reader): Promise<MediaInfo> {
	let streams = 0;
	for (let at = 0; streams < MAX_STREAMS; streams++) {
		const header = await reader.read(at, PAGE_HEADER_BYTES + 255);
		if (header.length < PAGE_HEADER_BYTES || header.toString('latin1', 0, 4) !== 'OggS') break;
		const isFirstPage = (header[5] & 2) !== 0;
		if (!isFirstPage) break;
		const segments = header.subarray(PAGE_HEADER_BYTES, PAGE_HEADER_BYTES + header[26]);
		const start = at + PAGE_HEADER_BYTES + header[26];
		const packet = await reader.read(start, 64);
		if (packet.toString('latin1', 0, 7) === '\x80theora') {
			return await theora(reader, packet, header.readUInt32LE(14));
		}
		at = start + segments.reduce((sum, bytes) => sum + bytes, 0);
	}
	const container = { name: 'Ogg', contentType: 'video/ogg' };
	return streams > 0
		? { kind: 'audio', ...container, hasVideoTrack: false }
		: { kind: 'video', ...container };
}

async function theora(reader: Reader, packet: Buffer, serial: number): Promise<MediaInfo> {
	const info: MediaInfo = {
		kind: 'video',
		name: 'Ogg',
		contentType: 'video/ogg',
		hasVideoTrack: true,
	};
	if (packet.length < 42) return info;
	const framesPerSecond = packet.readUInt32BE(22) / packet.readUInt32BE(26);
	const shift = ((packet[40] & 3) << 3) | (packet[41] >> 5);
	const frames = await lastFrame(reader, serial, shift);
	return {
		...info,
		...known({
			width: packet.readUIntBE(14, 3),
			height: packet.readUIntBE(17, 3),
			durationSeconds: frames === undefined ? undefined : frames / framesPerSecond,
		}),
	};
}

/** The number of frames, from the granule position of the stream's last page. */
async function lastFrame(reader: Reader, serial: number, shift: number) {
	if (reader.size === undefined) return undefined;
	const tail = await reader.read(Math.max(0, reader.size - TAIL_BYTES), TAIL_BYTES);
	for (
		let at = tail.lastIndexOf('OggS');
		at >= 0;
		at = at === 0 ? -1 : tail.lastIndexOf('OggS', at - 1)
	) {
		if (at + 18 > tail.length || tail.readUInt32LE(at + 14) !== serial) continue;
		const granule = tail.readBigUInt64LE(at + 6);
		if (granule === 0xffffffffffffffffn) continue;
		const key = granule >> BigInt(shift);
		return Number(key + (granule & ((1n << BigInt(shift)) - 1n)));
	}
	return undefined;
}
