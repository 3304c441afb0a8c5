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
	/** In the order of the form. `isMatched` marks those that “Match the Character” chooses from. */
	frameSizes: Array<{ value: string; label: string; isMatched: boolean }>;
	/** AIMLAPI's own default. */
	defaultFrameSize: string;
	expressionIntensity: { min: number; max: number; default: number; safeMaxForImages: number };
	seed: { min: number; max: number };
	/** Seconds of a reference video. */
	referenceSeconds: { min: number; max: number };
	/**
	 * The largest file, in bytes: by URL, and inside the request as a data URI (counted after base64).
	 * `lastResort` is tried inside the request only where no link can be made.
	 */
	maxBytes: Record<MediaType, { url: number; dataUri: number; lastResort: number }>;
	/** Width divided by height of a character: refused outside `min` and `max`, risky outside the others. */
	characterRatio: { min: number; max: number; safeMin: number; safeMax: number };
	/** How long a generation typically takes, in milliseconds. */
	typicalMs: number;
}

export type MediaType = 'image' | 'video';

const MIB = 1024 * 1024;

/**
 * Runway Act-Two.
 * Sources: https://docs.aimlapi.com/api-references/video-models/runway/act_two (ID, frame sizes, seed,
 * intensity), https://docs.dev.runwayml.com/assets/inputs/ (bytes, seconds), Runway's SDK 4.17.1 (data
 * URIs of at most 5 MB); the ratios are third parties' figures.
 */
export const ACT_TWO: Model = {
	id: 'runway/act_two',
	name: 'Act-Two',
	documentation: 'https://docs.aimlapi.com/api-references/video-models/runway/act_two',
	filePrefix: 'act-two',
	frameSizes: [
		{ value: '1280:720', label: 'Landscape 16:9 (1280 × 720)', isMatched: true },
		{ value: '1104:832', label: 'Landscape 4:3 (1104 × 832)', isMatched: true },
		{ value: '832:1104', label: 'Portrait 3:4 (832 × 1104)', isMatched: true },
		{ value: '720:1280', label: 'Portrait 9:16 (720 × 1280)', isMatched: true },
		{ value: '848:480', label: 'Small Landscape 16:9 (848 × 480)', isMatched: false },
		{ value: '640:480', label: 'Small Landscape 4:3 (640 × 480)', isMatched: false },
		{ value: '960:960', label: 'Square 1:1 (960 × 960)', isMatched: true },
		{ value: '1584:672', label: 'Widescreen 21:9 (1584 × 672)', isMatched: true },
	],
	defaultFrameSize: '1280:720',
	expressionIntensity: { min: 1, max: 5, default: 3, safeMaxForImages: 3 },
	seed: { min: 0, max: 4_294_967_295 },
	referenceSeconds: { min: 3, max: 30 },
	maxBytes: {
		image: { url: 16 * MIB, dataUri: 5 * MIB, lastResort: 5 * MIB },
		video: { url: 32 * MIB, dataUri: 5 * MIB, lastResort: 16 * MIB },
	},
	characterRatio: { min: 0.4, max: 2.5, safeMin: 0.5, safeMax: 2.36 },
	typicalMs: 45_000,
};
