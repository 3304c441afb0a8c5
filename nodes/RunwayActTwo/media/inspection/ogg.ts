/** Ogg. Sources: RFC 3533; RFC 7845; Theora Specification, 6.2 and A.2; Vorbis I, A.2; Ogg mappings of Xiph.Org. */
import { placesOf, uint } from './bytes';
import type { Reader } from './bytes';
import { displayed, plays } from './mediaInfo';
import type { MediaInfo } from './mediaInfo';

const MAX_STREAMS = 32;
const MAX_PAGES = 200;
const PAGE_HEADER_BYTES = 27;
const FIRST_PAGE = 2;
const NO_POSITION = 0xffffffffffffffffn;
/** How far from the end the last pages are looked for, one after the other. In bytes. */
const TAILS = [64 * 1024, 512 * 1024];

/** Streams without pictures: sound, text, and what describes others. */
const OTHERS =
	/^([^\0 -\xff]vorbis|OpusHead|\x7fFLAC|fLaC|Speex {3}|PCM {5}|CELT {4}|fishead\0|\x80kate|CMML|[^\0 -\xff](audio|text))/;

interface Stream {
	serial: number;
	/** Seconds at a position of it. */
	seconds?: (position: bigint) => number;
	/** Of a frame of pictures. */
	frameSeconds?: number;
	isPicture?: boolean;
	/** Whether it is of a kind without pictures. */
	isOther?: boolean;
	size?: Pick<MediaInfo, 'width' | 'height'>;
	unlistedCodec?: string;
}

export async function inspectOgg(reader: Reader): Promise<MediaInfo> {
	const { streams, isWhole, next } = await readStreams(reader);
	const container = { name: 'Ogg', contentType: 'video/ogg' };
	const picture = streams.find(({ isPicture }) => isPicture);
	if (!picture) {
		const isSound = isWhole && streams.length > 0 && streams.every(({ isOther }) => isOther);
		return { kind: isSound ? 'audio' : 'video', ...container };
	}
	return {
		kind: 'video',
		...container,
		...picture.size,
		unlistedCodec: picture.unlistedCodec,
		...(await durationOf(reader, streams, picture, next)),
	};
}

/** The streams begin first, each with a page of its own. */
async function readStreams(reader: Reader) {
	const streams: Stream[] = [];
	let [at, isWhole] = [0, false];
	while (streams.length < MAX_STREAMS) {
		const page = await pageAt(reader, at);
		if (!page) break;
		if ((page.flags & FIRST_PAGE) === 0) {
			isWhole = true;
			break;
		}
		streams.push({ serial: page.serial, ...streamOf(await reader.read(page.start, 64)) });
		at = page.end;
	}
	return { streams, isWhole: isWhole || at === reader.size, next: at };
}

async function pageAt(reader: Reader, at: number) {
	const header = await reader.read(at, PAGE_HEADER_BYTES + 255);
	const count = uint(header, 26, 1);
	const start = at + PAGE_HEADER_BYTES + count;
	if (header.toString('latin1', 0, 4) !== 'OggS' || !(header.length >= start - at))
		return undefined;
	const lengths = header.subarray(PAGE_HEADER_BYTES, PAGE_HEADER_BYTES + count);
	return {
		flags: header[5],
		position: header.readBigUInt64LE(6),
		serial: header.readUInt32LE(14),
		/** Packets that end on it. */
		packets: lengths.filter((length) => length < 255).length,
		start,
		end: start + lengths.reduce((sum, length) => sum + length, 0),
	};
}

function streamOf(packet: Buffer): Omit<Stream, 'serial'> {
	const text = packet.toString('latin1');
	if (text.startsWith('\x80theora')) return theora(packet);
	if (text.startsWith('OVP80\x01')) return vp8(packet);
	if (text.startsWith('BBCD\0')) return { isPicture: true, unlistedCodec: 'Dirac' };
	const rate = text.startsWith('\x01vorbis') && packet.length > 16 ? packet.readUInt32LE(12) : 0;
	const perSecond = text.startsWith('OpusHead') ? 48_000 : rate;
	return {
		isOther: OTHERS.test(text),
		...(perSecond > 0 && { seconds: (position: bigint) => Number(position) / perSecond }),
	};
}

function theora(packet: Buffer): Omit<Stream, 'serial'> {
	const frameSeconds = uint(packet, 26, 4) / uint(packet, 22, 4);
	const shift = BigInt(((packet[40] & 3) << 3) | (packet[41] >> 5));
	const pixelAspect = uint(packet, 30, 3) / uint(packet, 33, 3);
	return {
		isPicture: true,
		size: displayed(uint(packet, 14, 3), uint(packet, 17, 3), pixelAspect, false),
		frameSeconds,
		seconds: (position) =>
			Number((position >> shift) + (position & ((1n << shift) - 1n))) * frameSeconds,
	};
}

function vp8(packet: Buffer): Omit<Stream, 'serial'> {
	const frameSeconds = uint(packet, 22, 4) / uint(packet, 18, 4);
	const pixelAspect = uint(packet, 12, 3) / uint(packet, 15, 3);
	return {
		isPicture: true,
		size: displayed(uint(packet, 8, 2), uint(packet, 10, 2), pixelAspect, false),
		frameSeconds,
		seconds: (position) => Number(position >> 32n) * frameSeconds,
	};
}

/** From the positions of the first and the last pages. */
async function durationOf(reader: Reader, streams: Stream[], shown: Stream, next: number) {
	const start = (await startSeconds(reader, shown, next)) ?? 0;
	for (const bytes of TAILS) {
		const ends = await lastSeconds(reader, streams, bytes);
		const end = ends.get(shown.serial);
		if (end !== undefined) return plays([end - start, end, ...ends.values()]);
	}
	return {};
}

/** Where the first page of pictures begins, which is not 0 in what was cut out of another file. */
async function startSeconds(
	reader: Reader,
	{ serial, seconds, frameSeconds = NaN }: Stream,
	next: number,
): Promise<number | undefined> {
	for (let at = next, count = 0; count < MAX_PAGES; count++) {
		const page = await pageAt(reader, at);
		if (!page) break;
		at = page.end;
		const hasPosition = page.position !== NO_POSITION && page.position > 0n;
		if (page.serial !== serial || !hasPosition) continue;
		const end = seconds?.(page.position) ?? NaN;
		return end > 0 ? Math.max(0, end - page.packets * frameSeconds) : undefined;
	}
	return undefined;
}

/** By the latest page of each stream near the end. */
async function lastSeconds(reader: Reader, streams: Stream[], bytes: number) {
	const { data } = await reader.readTail(bytes);
	const ends = new Map<number, number>();
	for (const at of placesOf(data, 'OggS')) {
		if (at + 18 > data.length) continue;
		const position = data.readBigUInt64LE(at + 6);
		const serial = data.readUInt32LE(at + 14);
		const stream = streams.find((candidate) => candidate.serial === serial);
		const end = stream?.seconds?.(position);
		if (end !== undefined && position !== NO_POSITION) ends.set(serial, end);
	}
	return ends;
}
