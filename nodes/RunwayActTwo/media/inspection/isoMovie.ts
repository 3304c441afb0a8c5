/** The header of a movie and its tracks. Sources: ISO/IEC 14496-12, 8; QuickTime File Format. */
import { uint } from './bytes';
import type { Reader } from './bytes';
import { childrenOf, contentOf } from './isoBoxes';
import type { Box } from './isoBoxes';

const PICTURES = 'vide';
/** A table larger than this belongs to hours of video. In bytes. */
const MAX_TABLE_BYTES = 256 * 1024;
/** From the content of a sample description to the boxes behind the first, a video's. */
const SAMPLE_ENTRY = 8;
const SAMPLE_ENTRY_BYTES = 86;

export interface Track {
	id: number;
	/** What it holds, as “vide”; undefined where that could not be read. */
	handler?: string;
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
	codec?: string;
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
	const { boxes, isWhole } = await childrenOf(reader, moov, moov.start);
	const movie: Movie = {
		tracks: [],
		isWhole,
		timescale: NaN,
		headerUnits: NaN,
		fragmentedUnits: NaN,
		isFragmented: false,
		sampleUnits: new Map(),
	};
	let isTurned = false;
	for (const box of boxes) {
		if (box.type === 'mvhd') {
			const data = await contentOf(reader, box, 112);
			Object.assign(movie, durationOf(data));
			isTurned = isTurnedBy(data, data[0] === 1 ? 48 : 36);
		} else if (box.type === 'trak') movie.tracks.push(await readTrack(reader, box));
		else if (box.type === 'mvex') await readFragmentDefaults(reader, box, movie);
	}
	for (const track of movie.tracks) track.isTurned = track.isTurned !== isTurned;
	return movie;
}

async function readFragmentDefaults(reader: Reader, mvex: Box, movie: Movie): Promise<void> {
	movie.isFragmented = true;
	for (const box of (await childrenOf(reader, mvex, mvex.start)).boxes) {
		const data = await contentOf(reader, box, 24);
		if (box.type === 'mehd') movie.fragmentedUnits = uint(data, 4, data[0] === 1 ? 8 : 4);
		if (box.type === 'trex') movie.sampleUnits.set(uint(data, 4, 4), uint(data, 12, 4));
	}
}

/** Tracks of pictures; those that are switched off only where there are no others. */
export function pictureTracks({ tracks }: Movie): Track[] {
	const pictures = tracks.filter(({ handler }) => handler === PICTURES);
	const enabled = pictures.filter(({ isEnabled }) => isEnabled);
	return enabled.length > 0 ? enabled : pictures;
}

async function readTrack(reader: Reader, trak: Box): Promise<Track> {
	const track: Track = {
		id: NaN,
		isEnabled: true,
		width: NaN,
		height: NaN,
		codedWidth: NaN,
		codedHeight: NaN,
		pixelAspect: NaN,
		isTurned: false,
		timescale: NaN,
		headerUnits: NaN,
		mediaUnits: NaN,
		sampleUnits: NaN,
		edits: [],
	};
	for (const box of (await childrenOf(reader, trak, trak.start)).boxes) {
		if (box.type === 'tkhd') Object.assign(track, trackHeader(await contentOf(reader, box, 96)));
		else if (box.type === 'edts') track.edits = await readEdits(reader, box);
		else if (box.type === 'mdia') await readMedia(reader, box, track);
	}
	return track;
}

function trackHeader(data: Buffer): Partial<Track> {
	const isLong = data[0] === 1;
	const matrix = isLong ? 52 : 40;
	return {
		id: uint(data, isLong ? 20 : 12, 4),
		isEnabled: (uint(data, 3, 1) & 1) !== 0,
		headerUnits: knownUnits(uint(data, isLong ? 28 : 20, isLong ? 8 : 4), isLong),
		isTurned: isTurnedBy(data, matrix),
		width: uint(data, matrix + 36, 4) / 65_536,
		height: uint(data, matrix + 40, 4) / 65_536,
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

async function readEdits(reader: Reader, edts: Box): Promise<Edit[]> {
	const list = (await childrenOf(reader, edts, edts.start)).boxes.find(
		({ type }) => type === 'elst',
	);
	if (!list) return [];
	const data = await contentOf(reader, list, MAX_TABLE_BYTES);
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

async function readMedia(reader: Reader, mdia: Box, track: Track): Promise<void> {
	const { boxes } = await childrenOf(reader, mdia, mdia.start);
	for (const box of boxes) {
		if (box.type === 'mdhd') {
			const { timescale, headerUnits } = durationOf(await contentOf(reader, box, 32));
			Object.assign(track, { timescale, mediaUnits: headerUnits });
		} else if (box.type === 'hdlr') {
			const handler = (await contentOf(reader, box, 12)).toString('latin1', 8, 12);
			if (handler.length === 4) track.handler = handler;
		}
	}
	const minf = boxes.find(({ type }) => type === 'minf');
	if (!minf || track.handler !== PICTURES) return;
	const stbl = (await childrenOf(reader, minf, minf.start)).boxes.find(
		({ type }) => type === 'stbl',
	);
	if (!stbl) return;
	for (const box of (await childrenOf(reader, stbl, stbl.start)).boxes) {
		if (box.type === 'stsd') await readDescription(reader, box, track);
		else if (box.type === 'stts') track.sampleUnits = await readSampleUnits(reader, box);
	}
}

async function readDescription(reader: Reader, stsd: Box, track: Track): Promise<void> {
	const data = await contentOf(reader, stsd, SAMPLE_ENTRY + SAMPLE_ENTRY_BYTES);
	if (data.length < SAMPLE_ENTRY + SAMPLE_ENTRY_BYTES) return;
	track.codec = data.toString('latin1', SAMPLE_ENTRY + 4, SAMPLE_ENTRY + 8);
	track.codedWidth = uint(data, SAMPLE_ENTRY + 32, 2);
	track.codedHeight = uint(data, SAMPLE_ENTRY + 34, 2);
	const entry = { ...stsd, end: stsd.start + SAMPLE_ENTRY + uint(data, SAMPLE_ENTRY, 4) };
	const from = stsd.start + SAMPLE_ENTRY + SAMPLE_ENTRY_BYTES;
	for (const box of (await childrenOf(reader, entry, from)).boxes) {
		if (box.type !== 'pasp') continue;
		const ratio = await contentOf(reader, box, 8);
		track.pixelAspect = uint(ratio, 0, 4) / uint(ratio, 4, 4);
	}
}

/** The time of all samples together; NaN where not all could be read. */
async function readSampleUnits(reader: Reader, stts: Box): Promise<number> {
	const count = uint(await contentOf(reader, stts, 8), 4, 4);
	if (!(count * 8 <= MAX_TABLE_BYTES)) return NaN;
	const data = await contentOf(reader, { ...stts, start: stts.start + 8 }, count * 8);
	let units = 0;
	for (let entry = 0; entry < count; entry++) {
		const each = uint(data, entry * 8 + 4, 4);
		// A negative step puts right a time before it.
		units += uint(data, entry * 8, 4) * (each > 0x7fffffff ? each - 2 ** 32 : each);
	}
	return units;
}
