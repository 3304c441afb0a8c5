/** ISO base media files: MP4, QuickTime, M4A, HEIC, AVIF. Source: ISO/IEC 14496-12, QuickTime File Format. */
import type { Reader } from './bytes';
import { known } from './mediaInfo';
import type { MediaInfo } from './mediaInfo';

const MAX_BOXES = 400;
/** Boxes that an old QuickTime file without `ftyp` may begin with. */
const FIRST_BOXES = /^(ftyp|moov|mdat|wide|free|skip|pnot)$/;
const HEADER_BYTES = 8;

interface Box {
	type: string;
	/** Of the content, after the header. */
	start: number;
	end: number;
}

interface Track {
	handler?: string;
	width?: number;
	height?: number;
	seconds?: number;
	timescale?: number;
	id?: number;
}

interface Movie {
	tracks: Track[];
	seconds?: number;
	timescale?: number;
	isFragmented: boolean;
	/** Default duration of a sample by track, for fragments. */
	sampleDurations: Map<number, number>;
}

export function isIsoMedia(head: Buffer): boolean {
	return FIRST_BOXES.test(head.toString('latin1', 4, 8));
}

export async function inspectIsoMedia(reader: Reader): Promise<MediaInfo> {
	let brand = 'qt  ';
	let movie: Movie | undefined;
	let fragmentEnd = 0;
	for await (const box of boxes(reader, 0, reader.size ?? Infinity)) {
		if (box.type === 'ftyp') {
			brand = (await reader.read(box.start, 4)).toString('latin1');
			const still = stillOf(brand);
			if (still) return still;
		} else if (box.type === 'moov') {
			movie = await readMovie(reader, box);
			if (!movie.isFragmented || movie.seconds) break;
		} else if (box.type === 'moof' && movie) {
			fragmentEnd = Math.max(fragmentEnd, await fragmentSeconds(reader, box, movie));
		} else if (box.type === 'mdat' && box.end === Infinity) break;
	}
	const isQuickTime = brand === 'qt  ';
	const container = {
		name: isQuickTime ? 'MOV' : 'MP4',
		contentType: isQuickTime ? 'video/quicktime' : 'video/mp4',
	};
	if (/^M4[ABP]/.test(brand)) return { kind: 'audio', name: 'M4A' };
	if (!movie || movie.tracks.every(({ handler }) => handler === undefined)) {
		return { kind: 'video', ...container };
	}
	const picture = movie.tracks.find(({ handler }) => handler === 'vide');
	if (!picture) return { kind: 'audio', ...container, hasVideoTrack: false };
	return {
		kind: 'video',
		...container,
		hasVideoTrack: true,
		...known({
			width: picture.width,
			height: picture.height,
			durationSeconds: picture.seconds || movie.seconds || fragmentEnd,
		}),
	};
}

function stillOf(brand: string): MediaInfo | undefined {
	if (/^(hei|hev|mif1|msf1)/.test(brand)) return { kind: 'image', name: 'HEIC' };
	if (/^avi[fs]/.test(brand)) return { kind: 'image', name: 'AVIF' };
	return undefined;
}

async function* boxes(reader: Reader, start: number, end: number): AsyncGenerator<Box> {
	for (let at = start, count = 0; at + HEADER_BYTES <= end && count < MAX_BOXES; count++) {
		const header = await reader.read(at, 16);
		if (header.length < HEADER_BYTES) return;
		const type = header.toString('latin1', 4, 8);
		if (!/^[\w ©\-.]{4}$/.test(type)) return;
		let size = header.readUInt32BE(0);
		let headerBytes = HEADER_BYTES;
		if (size === 1) {
			if (header.length < 16) return;
			size = Number(header.readBigUInt64BE(8));
			headerBytes = 16;
		}
		if (size !== 0 && size < headerBytes) return;
		const boxEnd = size === 0 ? end : Math.min(end, at + size);
		yield { type, start: at + headerBytes, end: boxEnd };
		if (!Number.isSafeInteger(boxEnd)) return;
		at = boxEnd;
	}
}

async function readMovie(reader: Reader, { start, end }: Box): Promise<Movie> {
	const movie: Movie = { tracks: [], isFragmented: false, sampleDurations: new Map() };
	for await (const box of boxes(reader, start, end)) {
		if (box.type === 'mvhd') {
			const { seconds, timescale } = await readDuration(reader, box);
			Object.assign(movie, { seconds, timescale });
		} else if (box.type === 'trak') movie.tracks.push(await readTrack(reader, box));
		else if (box.type === 'mvex') {
			movie.isFragmented = true;
			for await (const inner of boxes(reader, box.start, box.end)) {
				const data = await reader.read(inner.start, 20);
				if (inner.type === 'mehd' && data.length >= 8) {
					const isLong = data[0] === 1;
					if (isLong && data.length < 12) continue;
					const duration = isLong ? Number(data.readBigUInt64BE(4)) : data.readUInt32BE(4);
					if (movie.timescale) movie.seconds = duration / movie.timescale;
				} else if (inner.type === 'trex' && data.length >= 16) {
					movie.sampleDurations.set(data.readUInt32BE(4), data.readUInt32BE(12));
				}
			}
		}
	}
	return movie;
}

async function readTrack(reader: Reader, { start, end }: Box): Promise<Track> {
	const track: Track = {};
	for await (const box of boxes(reader, start, end)) {
		if (box.type === 'tkhd')
			Object.assign(track, readTrackHeader(await reader.read(box.start, 96)));
		if (box.type !== 'mdia') continue;
		for await (const inner of boxes(reader, box.start, box.end)) {
			if (inner.type === 'mdhd') Object.assign(track, await readDuration(reader, inner));
			if (inner.type === 'hdlr') {
				const handler = (await reader.read(inner.start + 8, 4)).toString('latin1');
				if (handler.length === 4) track.handler = handler;
			}
		}
	}
	return track;
}

/** `mvhd` and `mdhd` begin alike. All ones means unknown. */
async function readDuration(reader: Reader, { start }: Box) {
	const data = await reader.read(start, 32);
	const isLong = data[0] === 1;
	if (data.length < (isLong ? 32 : 20)) return {};
	const timescale = data.readUInt32BE(isLong ? 20 : 12);
	const duration = isLong ? Number(data.readBigUInt64BE(24)) : data.readUInt32BE(16);
	const isUnknown = duration === 0xffffffff || duration > Number.MAX_SAFE_INTEGER;
	return timescale === 0 || isUnknown ? {} : { timescale, seconds: duration / timescale };
}

/** Width, height and whether the matrix turns the picture by a quarter. */
function readTrackHeader(data: Buffer): Track {
	const isLong = data[0] === 1;
	const matrix = isLong ? 52 : 40;
	if (data.length < matrix + 44) return {};
	const width = data.readUInt32BE(matrix + 36) / 65_536;
	const height = data.readUInt32BE(matrix + 40) / 65_536;
	const isTurned = data.readInt32BE(matrix) === 0 && data.readInt32BE(matrix + 4) !== 0;
	return {
		id: data.readUInt32BE(isLong ? 20 : 12),
		...(isTurned ? { width: height, height: width } : { width, height }),
	};
}

/** Where a fragment's picture track ends, in seconds from the beginning of the movie. */
async function fragmentSeconds(reader: Reader, moof: Box, movie: Movie): Promise<number> {
	const picture = movie.tracks.find(({ handler }) => handler === 'vide');
	if (!picture?.timescale) return 0;
	let end = 0;
	for await (const traf of boxes(reader, moof.start, moof.end)) {
		if (traf.type !== 'traf') continue;
		let trackId = 0;
		let sampleDuration = 0;
		let time = 0;
		for await (const box of boxes(reader, traf.start, traf.end)) {
			const data = await reader.read(box.start, 32);
			if (data.length < 8) return 0;
			const flags = data.readUInt32BE(0) & 0xffffff;
			if (box.type === 'tfhd') {
				trackId = data.readUInt32BE(4);
				const at = 8 + (flags & 1 ? 8 : 0) + (flags & 2 ? 4 : 0);
				sampleDuration =
					flags & 8 && data.length >= at + 4
						? data.readUInt32BE(at)
						: (movie.sampleDurations.get(trackId) ?? 0);
			} else if (box.type === 'tfdt' && data.length >= 12) {
				time = data[0] === 1 ? Number(data.readBigUInt64BE(4)) : data.readUInt32BE(4);
			} else if (box.type === 'trun' && trackId === picture.id) {
				time += await runDuration(reader, box, flags, sampleDuration);
			}
		}
		if (trackId === picture.id) end = Math.max(end, time / picture.timescale);
	}
	return end;
}

async function runDuration(reader: Reader, { start, end }: Box, flags: number, each: number) {
	const count = (await reader.read(start + 4, 4)).readUInt32BE(0);
	if (!(flags & 0x100)) return count * each;
	const first = start + 8 + (flags & 1 ? 4 : 0) + (flags & 4 ? 4 : 0);
	const fields = [0x100, 0x200, 0x400, 0x800].filter((flag) => flags & flag).length;
	const data = await reader.read(first, Math.min(end - first, count * fields * 4));
	let duration = 0;
	for (let at = 0; at + 4 <= data.length; at += fields * 4) duration += data.readUInt32BE(at);
	return duration;
}
