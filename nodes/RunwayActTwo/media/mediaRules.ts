/** Whether a model takes a file. Pure. */
import { MEGABYTE } from '../aimlapi/model';
import type { MediaType, Model } from '../aimlapi/model';
import type { Problem } from '../errors';
import type { MediaInfo } from './inspection/mediaInfo';

/** What an input is for; a `character` becomes one of the two others as soon as it is known what it is. */
export type MediaRole = 'character' | 'characterImage' | 'characterVideo' | 'reference';

const NOUNS = {
	image: 'an image (JPEG, PNG or WebP)',
	video: 'a video (MP4, MOV, WebM, MKV or OGV)',
} as const;

const SECONDS_TOLERANCE = 0.1;

/** Share of the picture whose loss by cropping is worth a hint. */
const HEAVY_CROP = 0.3;

export const typeOf = (role: MediaRole): MediaType =>
	role === 'characterImage' ? 'image' : 'video';

export const roleOf = (type: MediaType): MediaRole =>
	type === 'image' ? 'characterImage' : 'characterVideo';

const IMAGE_NAME = /\.(jpe?g|png|webp)$/i;
const VIDEO_NAME = /\.(mp4|m4v|mov|qt|webm|mkv|og[gv])$/i;

/** What kind of file a name or the path of a link tells, by its end. */
export function typeOfName(name: string): MediaType | undefined {
	if (IMAGE_NAME.test(name)) return 'image';
	return VIDEO_NAME.test(name) ? 'video' : undefined;
}

export const megabytes = (bytes: number): string => `${Number((bytes / MEGABYTE).toFixed(1))} MB`;

/** Why a file is too large, as the rest of a sentence that names both sizes so that they differ. */
export function checkSize(
	bytes: number,
	role: MediaRole,
	{ maxBytes }: Model,
): Problem | undefined {
	const limit = maxBytes[typeOf(role)];
	if (bytes <= limit) return undefined;
	return {
		rule: `must be at most ${megabytes(limit)}, not ${beyond(bytes / MEGABYTE, limit / MEGABYTE)} MB`,
		advice:
			typeOf(role) === 'image'
				? 'Reduce its resolution or quality.'
				: 'Shorten it, or reduce its resolution or quality.',
	};
}

/** A number with as many decimals as show that it is beyond a limit; one at least. */
function beyond(value: number, limit: number): string {
	const decimals = [1, 2, 3, 4, 5, 6].find((count) => {
		const shown = Number(value.toFixed(count));
		return value > limit ? shown > limit : shown < limit;
	});
	return value.toFixed(decimals ?? 6);
}

/** Why a file cannot be used, as the rest of a sentence; what is unknown never refuses. */
export function checkMedia(
	info: MediaInfo | undefined,
	role: MediaRole,
	model: Model,
): Problem | undefined {
	if (!info) return undefined;
	const noun = role === 'character' ? `${NOUNS.image} or ${NOUNS.video}` : NOUNS[typeOf(role)];
	const isWanted =
		role === 'character' ? /^(image|video)$/.test(info.kind) : info.kind === typeOf(role);
	if (info.kind === 'audio' && info.contentType !== undefined) {
		return {
			rule: `must be ${noun}, not audio only (${info.name})`,
			advice: 'Use a file with a video track.',
		};
	}
	if (!isWanted || info.contentType === undefined) {
		return {
			rule: `must be ${noun}, not ${info.name}`,
			advice: isWanted
				? `Convert it to ${info.kind === 'image' ? 'JPEG or PNG' : 'MP4'} first.`
				: role === 'reference' || role === 'character'
					? 'Choose another file.'
					: "Choose another file, or another 'Character Type'.",
		};
	}
	if (info.isCutOff && info.kind === 'video') {
		return { rule: 'is cut off: its end is missing', advice: 'Download or export it again.' };
	}
	return role === 'reference' ? checkDuration(info, model) : checkShape(info, model);
}

/** What may go wrong with a file that is sent all the same, as a sentence after its label. */
export function hintAboutFile(info: MediaInfo | undefined, role: MediaRole): string | undefined {
	if (info?.isCutOff && typeOf(role) === 'image') {
		return 'the file seems to be cut off, so part of the image may be missing';
	}
	return info?.unlistedCodec === undefined
		? undefined
		: `its codec (${info.unlistedCodec}) is not one that Runway lists. If the video is refused, convert it to H.264`;
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

/** A video is too long only by the least that it can be, and too short only by the most. */
function checkDuration(
	{ durationSeconds, minDurationSeconds, maxDurationSeconds }: MediaInfo,
	{ referenceSeconds: { min, max } }: Model,
): Problem | undefined {
	const least = minDurationSeconds ?? durationSeconds ?? 0;
	const most = maxDurationSeconds ?? durationSeconds ?? Infinity;
	const [minTaken, maxTaken] = [min - SECONDS_TOLERANCE, max + SECONDS_TOLERANCE];
	const isTooLong = least > maxTaken;
	if (!isTooLong && most >= minTaken) return undefined;
	const seconds = isTooLong ? beyond(least, maxTaken) : beyond(most, minTaken);
	const orMore = durationSeconds === undefined ? ' or more' : '';
	return {
		rule: `must be ${min} to ${max} seconds long, not ${seconds} seconds${orMore}`,
		advice: isTooLong
			? 'Trim it to the part that you need, or use another video.'
			: 'Use a longer video.',
	};
}

function checkShape(
	{ width, height }: MediaInfo,
	{ characterRatio: { min, max } }: Model,
): Problem | undefined {
	if (width === undefined || height === undefined) return undefined;
	const ratio = width / height;
	return ratio >= min && ratio <= max
		? undefined
		: {
				rule: `must have an aspect ratio between ${aspectRatio(min)} and ${aspectRatio(max)}, not ${width} × ${height} pixels`,
				advice: 'Crop it around the character.',
			};
}

/** As people write it: 1:2 and 2:1. */
function aspectRatio(ratio: number): string {
	return ratio < 1 ? `1:${1 / ratio}` : `${ratio}:1`;
}

/** What may go wrong with a file that is sent all the same; undefined when nothing is known of it. */
export function hintAboutShape(
	{ width, height }: Pick<MediaInfo, 'width' | 'height'>,
	chosenFrameSize: string | undefined,
	{ name, characterRatio: { safe } }: Model,
): string | undefined {
	if (width === undefined || height === undefined) return undefined;
	const ratio = width / height;
	if (ratio < safe.min || ratio > safe.max) {
		return `The character's aspect ratio (${width} × ${height} pixels) is close to the limit of ${name}`;
	}
	const crop = chosenFrameSize === undefined ? 0 : cropShare(width, height, chosenFrameSize);
	return crop > HEAVY_CROP
		? `'Frame Size' ${chosenFrameSize} cuts off ${Math.round(crop * 100)}% of a character of ${width} × ${height} pixels. Match the Character cuts off less`
		: undefined;
}

/** The share of a picture that is lost when it is cropped from the centre to the frame size. */
export function cropShare(width: number, height: number, frameSize: string): number {
	const picture = width / height;
	const frame = ratioOf(frameSize);
	return 1 - Math.min(picture, frame) / Math.max(picture, frame);
}

/** The frame size nearest to a picture's shape: the one that crops least. */
export function nearestFrameSize(width: number, height: number, { frameSizes }: Model): string {
	const crop = (size: string) => cropShare(width, height, size);
	return frameSizes
		.filter(({ isMatched }) => isMatched)
		.map(({ value }) => value)
		.reduce((best, size) => (crop(size) < crop(best) ? size : best));
}

function ratioOf(frameSize: string): number {
	const [width, height] = frameSize.split(':').map(Number);
	return width / height;
}
