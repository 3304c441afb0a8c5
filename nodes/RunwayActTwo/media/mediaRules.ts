/** What Act-Two takes. Pure. Source: https://docs.dev.runwayml.com/assets/inputs/ */
import type { CharacterType } from '../aimlapi/contract';
import type { MediaInfo } from './inspection/mediaInfo';

/** What an input is for. */
export type MediaRole = 'characterImage' | 'characterVideo' | 'reference';

const MIB = 1024 * 1024;

/** In bytes, inside the request as a data URI (counted after base64) and by link. */
export const LIMITS = {
	image: { dataUri: 5 * MIB, url: 16 * MIB },
	video: { dataUri: 16 * MIB, url: 32 * MIB },
} as const;

const NOUNS = {
	image: 'an image (JPEG, PNG or WebP)',
	video: 'a video (MP4, MOV, WebM, MKV or OGV)',
} as const;

const MIN_REFERENCE_SECONDS = 3;
const MAX_REFERENCE_SECONDS = 30;
const SECONDS_TOLERANCE = 0.1;

/** Width by height of a character: third parties' figures, so only what is far outside is refused. */
const MIN_RATIO = 0.4;
const MAX_RATIO = 2.5;
const SAFE_RATIO = { min: 0.5, max: 2.36 };

/** Share of the picture whose loss by cropping is worth a hint. */
const HEAVY_CROP = 0.3;

/** Runway's own sizes; AIMLAPI's two small ones are only for who chooses them. */
const MATCHED_SIZES = ['1280:720', '720:1280', '1104:832', '832:1104', '960:960', '1584:672'];

export interface MediaProblem {
	rule: string;
	advice: string;
}

export const typeOf = (role: MediaRole): CharacterType =>
	role === 'characterImage' ? 'image' : 'video';

export const megabytes = (bytes: number): string => `${(bytes / MIB).toFixed(1)} MB`;

/** Why a file cannot be used, as the rest of a sentence; what is unknown never refuses. */
export function checkMedia(info: MediaInfo | undefined, role: MediaRole): MediaProblem | undefined {
	if (!info) return undefined;
	const type = typeOf(role);
	const noun = NOUNS[type];
	if (info.hasVideoTrack === false) {
		return {
			rule: `must be ${noun}, not sound alone (${info.name})`,
			advice: 'Use a file with a picture.',
		};
	}
	if (info.kind !== type || info.contentType === undefined) {
		return {
			rule: `must be ${noun}, not ${info.name}`,
			advice:
				info.kind === type
					? `Convert it to ${type === 'image' ? 'JPEG or PNG' : 'MP4'} first.`
					: "Choose another file, or another 'Character Type'.",
		};
	}
	return role === 'reference' ? checkDuration(info) : checkShape(info);
}

/** MIME types that Act-Two certainly does not take, besides those of sound. */
const OTHER_TYPES: Record<string, string> = {
	'application/pdf': 'PDF',
	'image/avif': 'AVIF',
	'image/gif': 'GIF',
	'image/heic': 'HEIC',
	'image/heif': 'HEIF',
	'image/svg+xml': 'SVG',
	'video/x-flv': 'FLV',
	'video/x-ms-wmv': 'WMV',
	'video/x-msvideo': 'AVI',
};

/** Where the bytes are unknown, a clear declared type counts. */
export function infoOfType(contentType: string): MediaInfo | undefined {
	const [kind, name = ''] = contentType.split('/');
	const other = OTHER_TYPES[contentType];
	if (other !== undefined || kind === 'audio') {
		const isMedia = kind === 'image' || kind === 'video';
		return { kind: isMedia ? kind : 'other', name: other ?? name.toUpperCase() };
	}
	return kind === 'image' || kind === 'video'
		? { kind, name: name.toUpperCase(), contentType }
		: undefined;
}

function checkDuration({ durationSeconds }: MediaInfo): MediaProblem | undefined {
	if (
		durationSeconds === undefined ||
		(durationSeconds >= MIN_REFERENCE_SECONDS - SECONDS_TOLERANCE &&
			durationSeconds <= MAX_REFERENCE_SECONDS + SECONDS_TOLERANCE)
	) {
		return undefined;
	}
	return {
		rule: `must be 3 to 30 seconds long, not ${durationSeconds.toFixed(1)} seconds`,
		advice: 'Cut it to the part that you need, or use another video.',
	};
}

function checkShape({ width, height }: MediaInfo): MediaProblem | undefined {
	if (width === undefined || height === undefined) return undefined;
	const ratio = width / height;
	return ratio >= MIN_RATIO && ratio <= MAX_RATIO
		? undefined
		: {
				rule: `must be at most 2.5 times as wide as high or high as wide, not ${width} × ${height} pixels`,
				advice: 'Crop it around the character.',
			};
}

/** What may go wrong with a file that is sent all the same; undefined when nothing is known of it. */
export function hintAboutShape(
	{ width, height }: Pick<MediaInfo, 'width' | 'height'>,
	chosenFrameSize: string | undefined,
): string | undefined {
	if (width === undefined || height === undefined) return undefined;
	const ratio = width / height;
	if (ratio < SAFE_RATIO.min || ratio > SAFE_RATIO.max) {
		return `A character of ${width} × ${height} pixels is near the limits of Act-Two`;
	}
	const crop = chosenFrameSize === undefined ? 0 : cropShare(width, height, chosenFrameSize);
	return crop > HEAVY_CROP
		? `'Frame Size' ${chosenFrameSize} cuts off ${Math.round(crop * 100)} % of a character of ${width} × ${height} pixels. Match the Character cuts off less`
		: undefined;
}

/** The share of a picture that is lost when it is cropped from the centre to the frame size. */
export function cropShare(width: number, height: number, frameSize: string): number {
	const picture = width / height;
	const frame = ratioOf(frameSize);
	return 1 - Math.min(picture, frame) / Math.max(picture, frame);
}

/** The frame size nearest to a picture's shape: the one that crops least. */
export function nearestFrameSize(width: number, height: number): string {
	const crop = (size: string) => cropShare(width, height, size);
	return MATCHED_SIZES.reduce((best, size) => (crop(size) < crop(best) ? size : best));
}

function ratioOf(frameSize: string): number {
	const [width, height] = frameSize.split(':').map(Number);
	return width / height;
}
