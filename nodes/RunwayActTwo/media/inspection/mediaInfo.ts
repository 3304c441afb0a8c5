/** What a file is by its own bytes; what they do not say is absent, so unknown. */
export interface MediaInfo {
	kind: 'image' | 'video' | 'audio' | 'other';
	/** For people: “MP4”, “GIF”, “PDF”. */
	name: string;
	/** The true MIME type, of kinds that Act-Two takes and of their containers, if they hold sound alone. */
	contentType?: string;
	/** In pixels, as displayed: rotation and the shape of the pixels applied. */
	width?: number;
	height?: number;
	/** How long it plays; where tracks and headers differ, how long the picture does. */
	durationSeconds?: number;
	/** How long it plays at least; beside `durationSeconds` only where figures differ, alone where the end was not read. */
	minDurationSeconds?: number;
	/** How long it plays at most, where figures differ. */
	maxDurationSeconds?: number;
	/** Whether the file certainly ends before what it announces. */
	isCutOff?: boolean;
	/** The name of the video's codec, where it is not one that Runway lists. */
	unlistedCodec?: string;
}

/** The name of what was read and is of no kind known here. */
export const UNKNOWN_TYPE = 'an unknown file type';

export function known<T extends object>(values: T): Partial<T> {
	return Object.fromEntries(
		Object.entries(values).filter(
			([, value]) =>
				value !== undefined &&
				value !== false &&
				!(typeof value === 'number' && !(value > 0 && value < Infinity)),
		),
	) as Partial<T>;
}

/** Apart by less, figures are the same. In seconds. */
const SAME_SECONDS = 0.001;

/** How long a file plays, by all figures that it gives for that; the first known is the best. */
export function plays(
	figures: Array<number | undefined>,
): Pick<MediaInfo, 'durationSeconds' | 'minDurationSeconds' | 'maxDurationSeconds'> {
	const seconds = figures.filter((figure): figure is number => !!figure && figure > 0);
	if (seconds.length === 0) return {};
	const [min, max] = [Math.min(...seconds), Math.max(...seconds)];
	return {
		durationSeconds: seconds[0],
		...(max - min > SAME_SECONDS && { minDurationSeconds: min, maxDurationSeconds: max }),
	};
}

/** A picture's size as displayed: pixels that are not square widen it. */
export function displayed(
	width: number,
	height: number,
	pixelAspect: number,
	isTurned: boolean,
): Pick<MediaInfo, 'width' | 'height'> {
	const isSquare = !(pixelAspect > 0 && pixelAspect < Infinity);
	const wide = Math.round(isSquare ? width : width * pixelAspect);
	return known(isTurned ? { width: height, height: wide } : { width: wide, height });
}
