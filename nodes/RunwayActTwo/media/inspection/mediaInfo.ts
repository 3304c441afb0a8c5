/** What a file is by its own bytes; what they do not say is absent, so unknown. */
export interface MediaInfo {
	kind: 'image' | 'video' | 'audio' | 'other';
	/** For people: “MP4”, “GIF”, “PDF”. */
	name: string;
	/** The true MIME type, of kinds that Act-Two takes. */
	contentType?: string;
	/** In pixels, as displayed: rotation applied. */
	width?: number;
	height?: number;
	durationSeconds?: number;
	/** Whether a video file has pictures at all. */
	hasVideoTrack?: boolean;
}

export function known<T extends object>(values: T): Partial<T> {
	return Object.fromEntries(
		Object.entries(values).filter(
			([, value]) => value !== undefined && !(typeof value === 'number' && !(value > 0)),
		),
	) as Partial<T>;
}
