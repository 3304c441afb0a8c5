/** ISO base media files: MP4, QuickTime, M4A, HEIC, AVIF. Sources: ISO/IEC 14496-12, QuickTime File Format. */
import type { Reader } from './bytes';
import { unlistedCodec } from './codecs';
import { boxAt, contentOf } from './isoBoxes';
import { playedSeconds } from './isoDuration';
import { fragmentedSeconds } from './isoFragments';
import { PICTURES, pictureTracks, readMovie } from './isoMovie';
import type { Movie, Track } from './isoMovie';
import { displayed, known } from './mediaInfo';
import type { MediaInfo } from './mediaInfo';

const MAX_BOXES = 2000;
/** Boxes that a file may begin with; old QuickTime files have no `ftyp`. */
const FIRST_BOXES =
	/^(ftyp|moov|mdat|wide|free|skip|pnot|uuid|udta|junk|pict|PICT|styp|sidx|moof)$/;
const HEADER_BYTES = 8;

const STILLS: Array<[brand: RegExp, name: string]> = [
	[/^(hei|hev|mif1|msf1)/, 'HEIC'],
	[/^avi[fs]/, 'AVIF'],
	[/^crx /, 'CR3'],
];

export function isIsoMedia(head: Buffer): boolean {
	return FIRST_BOXES.test(head.toString('latin1', 4, 8));
}

export async function inspectIsoMedia(reader: Reader): Promise<MediaInfo> {
	const { brand, movie, movieEnd, isCutOff } = await readFile(reader);
	const still = STILLS.find(([pattern]) => pattern.test(brand));
	if (still) return { kind: 'image', name: still[1] };

	const container =
		brand === 'qt  '
			? { name: 'MOV', contentType: 'video/quicktime' }
			: { name: 'MP4', contentType: 'video/mp4' };
	if (isCutOff) return { kind: 'video', ...container, isCutOff };
	if (movie && hasOnlyOthers(movie)) {
		return { kind: 'audio', ...container, ...(/^M4[ABP]/.test(brand) && { name: 'M4A' }) };
	}
	const pictures = movie ? pictureTracks(movie) : [];
	if (!movie || pictures.length === 0) return { kind: 'video', ...container };
	return {
		kind: 'video',
		...container,
		...sizeOf(pictures),
		unlistedCodec: unlistedCodec(pictures[0].codec),
		...(await durationOf(reader, movie, movieEnd)),
	};
}

async function durationOf(reader: Reader, movie: Movie, movieEnd: number) {
	if (movie.isFragmented) return await fragmentedSeconds(reader, movie, movieEnd);
	const played = playedSeconds(movie);
	if (movie.isWhole) return played;
	// Whether there are fragments stands at the end of a header, which could not be read.
	const least = played.minDurationSeconds ?? played.durationSeconds;
	return known({ minDurationSeconds: least });
}

interface IsoFile {
	/** Of a file that does not say it, QuickTime's. */
	brand: string;
	movie?: Movie;
	movieEnd: number;
	/** Whether the end of the file was reached before that of its content, or before a movie's header. */
	isCutOff: boolean;
}

/** Reads up to the movie's header, and to where its content is. */
async function readFile(reader: Reader): Promise<IsoFile> {
	const { size = Infinity } = reader;
	const file: IsoFile = { brand: 'qt  ', movieEnd: 0, isCutOff: false };
	let hasContent = false;
	for (let at = 0, count = 0; count < MAX_BOXES; count++) {
		if (at + HEADER_BYTES > size) return { ...file, isCutOff: !file.movie };
		const box = await boxAt(reader, at);
		if (!box) break;
		const isContent = /^(mdat|moov|moof)$/.test(box.type);
		if (isContent && box.end !== Infinity && box.end > size) return { ...file, isCutOff: true };
		if (box.type === 'ftyp') {
			file.brand = (await contentOf(reader, box, 4)).toString('latin1');
			if (STILLS.some(([pattern]) => pattern.test(file.brand))) break;
		} else if (box.type === 'moov' && !file.movie) {
			file.movie = await readMovie(reader, box);
			file.movieEnd = box.end;
			// Fragments have their own way to the end.
			if (file.movie.isFragmented) break;
		} else if (box.type === 'mdat') hasContent = true;
		if ((file.movie && hasContent) || box.end === Infinity) break;
		at = box.end;
	}
	return file;
}

/** Whether all tracks were read, and none has pictures. */
function hasOnlyOthers({ isWhole, tracks }: Movie): boolean {
	const isOther = ({ handler }: Track) => handler.length === 4 && handler !== PICTURES;
	return isWhole && tracks.length > 0 && tracks.every(isOther);
}

/** The shape of the picture; none where there are several of several shapes. */
function sizeOf(pictures: Track[]): Pick<MediaInfo, 'width' | 'height'> {
	const [first, ...others] = pictures.map(trackSize);
	const ratio = (size: typeof first) => ((size.width ?? NaN) / (size.height ?? NaN)).toFixed(2);
	return others.every((other) => ratio(other) === ratio(first)) ? first : {};
}

function trackSize(track: Track): Pick<MediaInfo, 'width' | 'height'> {
	const { width, height, codedWidth, codedHeight, pixelAspect, isTurned } = track;
	if (pixelAspect > 0 && codedWidth > 0) {
		return displayed(codedWidth, codedHeight, pixelAspect, isTurned);
	}
	return width > 0
		? displayed(width, height, 1, isTurned)
		: displayed(codedWidth, codedHeight, 1, isTurned);
}
