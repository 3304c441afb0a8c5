/** The header of a movie and its tracks. Sources: ISO/IEC 14496-12, 8; QuickTime File Format. */
import { uint } from './bytes';
import type { Reader } from './bytes';
import { childrenOf, contentOf, NOTHING } from './isoBoxes';
import type { Box, Content } from './isoBoxes';

/** What tracks with pictures hold. */
export const PICTURES = 'vide';
/** A table larger than this belongs to hours of video. In bytes. */
const MAX_TABLE_BYTES = 256 * 1024;
/** From the content of a sample description to the boxes behind the first, a video's. */
const SAMPLE_ENTRY = 8;
const SAMPLE_ENTRY_BYTES = 86;

export interface Track {
	id: number;
	/** What it holds, as “vide”; shorter where that could not be read. */
	handler: string;
	isEnabled: boolean;
	/** Of the track's header: as displayed, before it is turned. NaN where not known. */
	width: number;
	height: number;
	/** As coded, of the samples' description. */
	codedWidth: number;
	codedHeight: number;
	/** Width of a pixel divided by its height, where the samples' description tells it. */
	pixelAspect: number;
	isTurned: boolean;
	codec: string;
	/** Units a second of its media. */
	timescale: number;
	/** What its header says, in the movie's time. */
	headerUnits: number;
	/** Of its media, in its own time: by the header, and by the samples that the movie lists. */
	mediaUnits: number;
	sampleUnits: number;
	edits: Edit[];
}

interface Edit {
	/** In the movie's time; 0 is all the rest. */
	units: number;
	/** Where in the media it begins; -1 is nothing to see. */
	mediaTime: number;
}

export interface Movie {
	tracks: Track[];
	/** Whether all of the header was read, so that nothing is missing that is not here. */
	isWhole: boolean;
	timescale: number;
	headerUnits: number;
	/** With fragments, the whole duration where the header tells it. */
	fragmentedUnits: number;
	isFragmented: boolean;
	/** Default duration of a sample by track, for fragments. */
	sampleUnits: Map<number, number>;
}

export async function readMovie(reader: Reader, moov: Box): Promise<Movie> {
	const { boxes, isWhole, first } = await childrenOf(reader, moov);
	const header = await contentOf(reader, first('mvhd'), 112);
	const isTurned = isTurnedBy(header, header[0] === 1 ? 48 : 36);
	const tracks: Track[] = [];
	for (const box of boxes) {
		if (box.type !== 'trak') continue;
		const track = await readTrack(reader, box);
		tracks.push({ ...track, isTurned: track.isTurned !== isTurned });
	}
	const mvex = first('mvex');
	const defaults = await childrenOf(reader, mvex);
	const whole = await contentOf(reader, defaults.first('mehd'), 12);
	const sampleUnits = new Map<number, number>();
	for (const box of defaults.boxes) {
		const data = await contentOf(reader, box, 16);
		if (box.type === 'trex') sampleUnits.set(uint(data, 4, 4), uint(data, 12, 4));
	}
	return {
		...durationOf(header),
		tracks,
		isWhole,
		isFragmented: mvex !== undefined,
		fragmentedUnits: uint(whole, 4, whole[0] === 1 ? 8 : 4),
		sampleUnits,
	};
}

/** Tracks of pictures; those that are switched off only where there are no others. */
export function pictureTracks({ tracks }: Movie): Track[] {
	const pictures = tracks.filter(({ handler }) => handler === PICTURES);
	const enabled = pictures.filter(({ isEnabled }) => isEnabled);
	return enabled.length > 0 ? enabled : pictures;
}

async function readTrack(reader: Reader, trak: Box): Promise<Track> {
	const { first } = await childrenOf(reader, trak);
	const header = await contentOf(reader, first('tkhd'), 96);
	const isLong = header[0] === 1;
	const matrix = isLong ? 52 : 40;
	return {
		id: uint(header, isLong ? 20 : 12, 4),
		isEnabled: (uint(header, 3, 1) & 1) !== 0,
		headerUnits: knownUnits(uint(header, isLong ? 28 : 20, isLong ? 8 : 4), isLong),
		isTurned: isTurnedBy(header, matrix),
		width: uint(header, matrix + 36, 4) / 65_536,
		height: uint(header, matrix + 40, 4) / 65_536,
		edits: await readEdits(reader, first('edts')),
		...(await readMedia(reader, first('mdia'))),
	};
}

/** Whether a matrix turns by a quarter. */
function isTurnedBy(data: Buffer, matrix: number): boolean {
	return uint(data, matrix, 4) === 0 && uint(data, matrix + 4, 4) > 0;
}

/** `mvhd` and `mdhd` begin alike. */
function durationOf(data: Buffer): Pick<Movie, 'timescale' | 'headerUnits'> {
	const isLong = data[0] === 1;
	return {
		timescale: uint(data, isLong ? 20 : 12, 4),
		headerUnits: knownUnits(uint(data, isLong ? 24 : 16, isLong ? 8 : 4), isLong),
	};
}

/** All ones mean that it is not known. */
function knownUnits(units: number, isLong: boolean): number {
	return units >= (isLong ? Number.MAX_SAFE_INTEGER : 0xffffffff) ? NaN : units;
}

async function readEdits(reader: Reader, edts: Box | undefined): Promise<Edit[]> {
	const { first } = await childrenOf(reader, edts);
	const data = await contentOf(reader, first('elst'), MAX_TABLE_BYTES);
	const bytes = data[0] === 1 ? 8 : 4;
	const edits: Edit[] = [];
	for (let at = 8; at + bytes * 2 + 4 <= data.length; at += bytes * 2 + 4) {
		if (edits.length === uint(data, 4, 4)) break;
		const isEmpty = data.subarray(at + bytes, at + bytes * 2).every((byte) => byte === 0xff);
		edits.push({
			units: uint(data, at, bytes),
			mediaTime: isEmpty ? -1 : uint(data, at + bytes, bytes),
		});
	}
	return edits;
}

async function readMedia(reader: Reader, mdia: Box | undefined) {
	const media = await childrenOf(reader, mdia);
	const header = durationOf(await contentOf(reader, media.first('mdhd'), 32));
	const handler = (await contentOf(reader, media.first('hdlr'), 12)).toString('latin1', 8, 12);
	const minf = handler === PICTURES ? media.first('minf') : undefined;
	const stbl = (await childrenOf(reader, minf)).first('stbl');
	const samples = await childrenOf(reader, stbl);
	return {
		handler,
		timescale: header.timescale,
		mediaUnits: header.headerUnits,
		...(await readDescription(reader, samples.first('stsd'))),
		sampleUnits: await readSampleUnits(reader, samples.first),
	};
}

async function readDescription(reader: Reader, stsd: Content = NOTHING) {
	const start = stsd.start + SAMPLE_ENTRY;
	const data = await contentOf(reader, stsd, SAMPLE_ENTRY + SAMPLE_ENTRY_BYTES);
	const end = start + (uint(data, SAMPLE_ENTRY, 4) || 0);
	const { first } = await childrenOf(reader, { start: start + SAMPLE_ENTRY_BYTES, end });
	const ratio = await contentOf(reader, first('pasp'), 8);
	return {
		codec: data.toString('latin1', SAMPLE_ENTRY + 4, SAMPLE_ENTRY + 8),
		codedWidth: uint(data, SAMPLE_ENTRY + 32, 2),
		codedHeight: uint(data, SAMPLE_ENTRY + 34, 2),
		pixelAspect: uint(ratio, 0, 4) / uint(ratio, 4, 4),
	};
}

/** The time of all samples together; NaN where not all could be read, or are others than have a size. */
async function readSampleUnits(
	reader: Reader,
	tableOf: (type: string) => Box | undefined,
): Promise<number> {
	const data = await contentOf(reader, tableOf('stts'), MAX_TABLE_BYTES);
	const sizes = await contentOf(reader, tableOf('stsz') ?? tableOf('stz2'), 12);
	const count = uint(data, 4, 4);
	if (!(count * 8 <= MAX_TABLE_BYTES)) return NaN;
	let [units, samples] = [0, 0];
	for (let at = 8; at < 8 + count * 8; at += 8) {
		const each = uint(data, at + 4, 4);
		samples += uint(data, at, 4);
		// A negative step puts right a time before it.
		units += uint(data, at, 4) * (each > 0x7fffffff ? each - 2 ** 32 : each);
	}
	return sizes.length === 12 && samples !== uint(sizes, 8, 4) ? NaN : units;
}
