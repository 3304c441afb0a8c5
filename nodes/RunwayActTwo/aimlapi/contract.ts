/**
 * The AI/ML API contract for `runway/act_two`: what is sent, which statuses there are, and how both
 * documented shapes of an answer are read.
 * Source: https://docs.aimlapi.com/api-references/video-models/runway/act_two
 */

export const MODEL = 'runway/act_two';

/** Documented frame sizes, width:height in pixels. */
export const FRAME_SIZES = [
	'1280:720',
	'720:1280',
	'1104:832',
	'832:1104',
	'960:960',
	'1584:672',
	'848:480',
	'640:480',
] as const;

export type FrameSize = (typeof FRAME_SIZES)[number];

export type CharacterType = 'image' | 'video';

/** Creation and retrieval share one path in each of the two documented endpoint families. */
export const ENDPOINT_PATHS = {
	runway: '/v2/generate/video/runway/generation',
	universal: '/v2/video/generations',
} as const;

export type Endpoint = keyof typeof ENDPOINT_PATHS;

/** A link, or a file to be sent within the request as a data URI. */
export type MediaUrl = string | { contentType: string; content: Buffer };

/** A creation request. Optional fields are absent, not null, when the user left them. */
export interface GenerationRequest {
	model: typeof MODEL;
	character: { type: CharacterType; url: MediaUrl };
	reference: { type: 'video'; url: MediaUrl };
	frame_size: FrameSize;
	body_control?: boolean;
	expression_intensity?: number;
	seed?: number;
}

/** `completed` promises a video link; `failed` is an end without a video. */
export type Phase = 'running' | 'completed' | 'failed';

export interface Generation {
	id: string;
	/** The API's own word, except that the older `complete` is read as `completed`. */
	status: string;
	phase: Phase;
	videoUrl?: string;
	creditsUsed?: number;
	failure?: { name?: string; message?: string };
}

const COMPLETED_STATUSES = new Set(['completed', 'complete']);
const FAILED_STATUSES = new Set(['error', 'failed', 'cancelled', 'canceled', 'expired']);

/** Longest pieces of server text kept, in characters. */
const MAX_ID_LENGTH = 200;
const MAX_LINK_LENGTH = 8192;
const MAX_TEXT_LENGTH = 500;

const GENERATION_ID = /^[\w.:~-]+$/;

/** Whether `id` can be a generation ID: 1 to 200 letters, digits and `_ . : ~ -`. */
export function isGenerationId(id: unknown): id is string {
	return typeof id === 'string' && id.length <= MAX_ID_LENGTH && GENERATION_ID.test(id);
}

/**
 * Server text made fit to show: markup and control characters out, white space folded, at most
 * 500 characters. Anything that is not text becomes an empty string.
 */
export function plainText(value: unknown): string {
	if (typeof value !== 'string') return '';
	return value
		.slice(0, MAX_TEXT_LENGTH * 8)
		.replace(/<[^>]*>/g, ' ')
		.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
		.replace(/\s+/g, ' ')
		.trim()
		.slice(0, MAX_TEXT_LENGTH);
}

/** An own property of an untrusted value, or undefined: nothing inherited is ever read. */
export function own(value: unknown, key: string): unknown {
	return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
		? (value as Record<string, unknown>)[key]
		: undefined;
}

/**
 * Reads an answer about a generation in either documented shape.
 * @param askedId the generation looked up; absent when the answer is to a creation
 * @returns undefined when the answer names no generation, another one, or no status
 */
export function readGeneration(body: unknown, askedId?: string): Generation | undefined {
	const id = own(body, 'id') ?? askedId;
	if (!isGenerationId(id) || (askedId !== undefined && id !== askedId)) return undefined;

	const rawStatus = plainText(own(body, 'status'));
	if (rawStatus === '') return undefined;

	const videoUrl = readVideoUrl(own(body, 'video'));
	const status = COMPLETED_STATUSES.has(rawStatus) ? 'completed' : rawStatus;
	const generation: Generation = { id, status, phase: phaseOf(status, videoUrl) };
	if (videoUrl !== undefined) generation.videoUrl = videoUrl;

	const creditsUsed = own(own(own(body, 'meta'), 'usage'), 'credits_used');
	if (typeof creditsUsed === 'number' && Number.isFinite(creditsUsed)) {
		generation.creditsUsed = creditsUsed;
	}
	if (generation.phase === 'failed') generation.failure = readFailure(own(body, 'error'));
	return generation;
}

function phaseOf(status: string, videoUrl: string | undefined): Phase {
	if (status === 'completed') return 'completed';
	if (FAILED_STATUSES.has(status)) return 'failed';
	return videoUrl !== undefined && !RUNNING_STATUSES.has(status) ? 'completed' : 'running';
}

const RUNNING_STATUSES = new Set(['waiting', 'active', 'queued', 'generating']);

function readVideoUrl(video: unknown): string | undefined {
	const link: unknown = Array.isArray(video) ? video[0] : (own(video, 'url') ?? video);
	if (typeof link !== 'string' || link.length > MAX_LINK_LENGTH) return undefined;
	return /^https?:\/\//i.test(link) && URL.canParse(link) ? link : undefined;
}

function readFailure(error: unknown): { name?: string; message?: string } {
	const name = plainText(own(error, 'name'));
	const message = plainText(own(error, 'message') ?? error);
	return { ...(name !== '' && { name }), ...(message !== '' && { message }) };
}

/**
 * When a video link expires, from the `exp` (seconds since 1970) in the payload of its `_jwt`.
 * @returns an ISO time, or undefined when the link does not say
 */
export function linkExpiry(videoUrl: string): string | undefined {
	const payload = new URL(videoUrl).searchParams.get('_jwt')?.split('.')[1];
	if (payload === undefined) return undefined;
	try {
		const expiry = own(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')), 'exp');
		return typeof expiry === 'number' ? new Date(expiry * 1000).toISOString() : undefined;
	} catch {
		return undefined;
	}
}
