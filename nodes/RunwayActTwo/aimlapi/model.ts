/**
 * What a model of AI/ML API takes, once. Forms, checks, messages, the schedule and the logs' filter
 * derive from it; a second model is a second object.
 */
export interface Model {
	/** As AIMLAPI names it. */
	id: string;
	/** For people. */
	name: string;
	documentation: string;
	/** Of the videos' files, in front of the generation ID. */
	filePrefix: string;
	/** `isMatched` marks the model's own, which “Match the Character” chooses from. */
	frameSizes: FrameSize[];
	/** AIMLAPI's own default, one of the frame sizes. */
	defaultFrameSize: string;
	/** Above `safeMaxForImages` an image may be distorted. */
	expressionIntensity: Range & { default: number; safeMaxForImages: number };
	seed: Range;
	/** Of a reference video. */
	referenceSeconds: Range;
	/** The largest file by URL. */
	maxBytes: Record<MediaType, number>;
	/** The largest file inside the request as a data URI, after base64. */
	maxDataUriBytes: number;
	/** The same where no link can be made; above `maxDataUriBytes` the model may refuse it. */
	maxLastResortBytes: Record<MediaType, number>;
	/** Width divided by height of a character: refused outside of it, risky outside `safe`. */
	characterRatio: Range & { safe: Range };
	/** How long a generation typically takes. */
	typicalMs: number;
}

export interface FrameSize {
	/** Width:height in pixels. */
	value: string;
	/** For people, without the pixels. */
	name: string;
	isMatched: boolean;
}

interface Range {
	min: number;
	max: number;
}

export type MediaType = 'image' | 'video';

/** In this unit AIMLAPI and Runway count megabytes. */
export const MEGABYTE = 1024 * 1024;

/**
 * Runway Act-Two.
 * Sources: https://docs.aimlapi.com/api-references/video-models/runway/act_two (ID, frame sizes, seed,
 * intensity), https://docs.dev.runwayml.com/assets/inputs/ (bytes, seconds), Runway's SDK 4.17.1 (data
 * URIs of at most 5 MB); the ratios are third parties' figures, so only what is far outside is refused.
 */
export const ACT_TWO: Model = {
	id: 'runway/act_two',
	name: 'Act-Two',
	documentation: 'https://docs.aimlapi.com/api-references/video-models/runway/act_two',
	filePrefix: 'act-two',
	frameSizes: [
		{ value: '1280:720', name: 'Landscape 16:9', isMatched: true },
		{ value: '720:1280', name: 'Portrait 9:16', isMatched: true },
		{ value: '1104:832', name: 'Landscape 4:3', isMatched: true },
		{ value: '832:1104', name: 'Portrait 3:4', isMatched: true },
		{ value: '960:960', name: 'Square 1:1', isMatched: true },
		{ value: '1584:672', name: 'Widescreen 21:9', isMatched: true },
		// AIMLAPI's own, which Runway does not list: only for who chooses them.
		{ value: '848:480', name: 'Small Landscape 16:9', isMatched: false },
		{ value: '640:480', name: 'Small Landscape 4:3', isMatched: false },
	],
	defaultFrameSize: '1280:720',
	expressionIntensity: { min: 1, max: 5, default: 3, safeMaxForImages: 3 },
	seed: { min: 0, max: 4_294_967_295 },
	referenceSeconds: { min: 3, max: 30 },
	maxBytes: { image: 16 * MEGABYTE, video: 32 * MEGABYTE },
	maxDataUriBytes: 5 * MEGABYTE,
	maxLastResortBytes: { image: 5 * MEGABYTE, video: 16 * MEGABYTE },
	characterRatio: { min: 0.4, max: 2.5, safe: { min: 0.5, max: 2.36 } },
	typicalMs: 45_000,
};
