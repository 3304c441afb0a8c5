/**
 * The AI/ML API contract for character animation: what is sent, which statuses there are, and how both
 * documented shapes of a response are read.
 * Source: the model's page in AI/ML API's documentation (model.ts).
 */
import type { MediaType } from './model';
import { errorText, own, parseJson, parseUrl, plainText, readAmount, readId } from './untrusted';

/** Creation and retrieval share one path in each of the two documented endpoint families. */
export const ENDPOINT_PATHS = {
	runway: '/v2/generate/video/runway/generation',
	universal: '/v2/video/generations',
} as const;

export type Endpoint = keyof typeof ENDPOINT_PATHS;

/** A file that is read piece by piece, because it may be large. */
export interface FileContent {
	/** In bytes. */
	size: number;
	/** May give fewer bytes at the end of the file. */
	read(offset: number, length: number): Promise<Buffer>;
	close(): void;
}

/** A link, or a file to be sent within the request as a data URI. */
export type MediaUrl = string | { contentType: string; content: FileContent };

/** What the user chooses of a generation. Optional fields are undefined, not null, when left out. */
export interface GenerationSettings {
	/** Width:height in pixels; the form lists the documented sizes. */
	frame_size: string;
	body_control?: boolean;
	expression_intensity?: number;
	seed?: number;
}

/** The body of a creation. */
export interface GenerationRequest extends GenerationSettings {
	model: string;
	character: { type: MediaType; url: MediaUrl };
	reference: { type: 'video'; url: MediaUrl };
}

/** `completed` promises a video link; `failed` is an end without a video. */
export type Phase = 'running' | 'completed' | 'failed';

/** What a generation cost, where a response says so. */
export interface Usage {
	creditsUsed?: number;
	/** US dollars. */
	costUsd?: number;
}

export interface Failure {
	name?: string;
	message: string;
}

export interface Generation {
	id: string;
	/** The API's own word; every word for an end with a video is given as `completed`. */
	status: string;
	phase: Phase;
	videoUrl?: string;
	usage?: Usage;
	failure?: Failure;
}

const RUNNING_STATUSES = new Set(['waiting', 'active', 'queued', 'generating']);
const COMPLETED_STATUSES = new Set(['completed', 'complete', 'succeeded']);
const FAILED_STATUSES = new Set(['error', 'failed', 'cancelled', 'canceled', 'expired']);

const MAX_LINK_LENGTH = 8192;

/**
 * Reads a response about a generation in any documented shape.
 * @returns undefined when the response is about another generation, or has neither status, video nor
 *   error
 */
export function readGeneration(
	body: unknown,
	askedId: string,
	inferenceId?: string,
): Generation | undefined {
	const candidates = [readId(own(body, 'id')), readId(own(body, 'generation_id')), inferenceId];
	const ids = candidates.filter((id) => id !== undefined);
	if (ids.length > 0 && !ids.includes(askedId)) return undefined;

	const word = plainText(own(body, 'status'));
	const videoUrl = readVideoUrl(own(body, 'video'));
	const error = own(body, 'error');
	const reason = errorText(error);
	if (word === '' && videoUrl === undefined && reason === '') return undefined;

	const phase = phaseOf(word.toLowerCase(), videoUrl !== undefined, reason !== '');
	const generation: Generation = { id: askedId, status: statusOf(word, phase), phase };
	if (videoUrl !== undefined) generation.videoUrl = videoUrl;
	const usage = readUsage(body);
	if (Object.keys(usage).length > 0) generation.usage = usage;
	if (phase === 'failed') generation.failure = readFailure(error, reason);
	return generation;
}

/** A link beats an error beside it: what is paid for is given. */
function phaseOf(status: string, hasVideo: boolean, hasError: boolean): Phase {
	if (FAILED_STATUSES.has(status)) return 'failed';
	if (RUNNING_STATUSES.has(status)) return 'running';
	if (COMPLETED_STATUSES.has(status)) return hasError && !hasVideo ? 'failed' : 'completed';
	if (hasError) return 'failed';
	return hasVideo ? 'completed' : 'running';
}

function statusOf(word: string, phase: Phase): string {
	const status = word.toLowerCase();
	if (COMPLETED_STATUSES.has(status)) return phase === 'completed' ? 'completed' : 'error';
	if (RUNNING_STATUSES.has(status) || FAILED_STATUSES.has(status)) return status;
	return word !== '' ? word : phase === 'completed' ? 'completed' : 'error';
}

function readVideoUrl(video: unknown): string | undefined {
	const first: unknown = Array.isArray(video) ? video[0] : video;
	const link = own(first, 'url') ?? first;
	if (typeof link !== 'string' || link.length > MAX_LINK_LENGTH) return undefined;
	return /^https?:\/\//i.test(link) && parseUrl(link) ? link : undefined;
}

function readFailure(error: unknown, reason: string): Failure {
	const name = plainText(own(error, 'name') ?? own(own(error, 'error'), 'name'));
	return {
		...(name !== '' && { name }),
		message: reason !== '' ? reason : 'AIMLAPI gave no reason.',
	};
}

/**
 * Whether the same request could succeed another time: moderated content and unusable inputs stay what
 * they are, and repeated moderation can suspend an account.
 * Source: Runway's task failures, https://docs.dev.runwayml.com/errors/task-failures/
 */
export function isWorthRetrying(failure: Failure | undefined): boolean {
	const { name = '', message = '' } = failure ?? {};
	return !/^(SAFETY|INPUT_PREPROCESSING|ASSET)\b/.test(name === '' ? message : name);
}

/** The cost according to a body, under `meta.usage`; older responses call the credits tokens. */
export function readUsage(body: unknown): Usage {
	const usage = own(own(body, 'meta'), 'usage');
	const creditsUsed = readAmount(own(usage, 'credits_used') ?? own(usage, 'tokens_used'));
	const costUsd = readAmount(own(usage, 'usd_spent'));
	return {
		...(creditsUsed !== undefined && { creditsUsed }),
		...(costUsd !== undefined && { costUsd }),
	};
}

/**
 * The later of two reports of a cost. A report of 0 does not count: it is the cost of the status check,
 * not of the generation.
 */
export function mergeUsage(earlier: Usage = {}, later: Usage = {}): Usage {
	const creditsUsed = later.creditsUsed || earlier.creditsUsed;
	const costUsd = later.costUsd || earlier.costUsd;
	return { ...(creditsUsed && { creditsUsed }), ...(costUsd && { costUsd }) };
}

/**
 * When a video link expires, from the `exp` (seconds since 1970) in the payload of its `_jwt`.
 * @returns an ISO time, or undefined when the link does not say
 */
export function linkExpiry(videoUrl: string): string | undefined {
	const payload = new URL(videoUrl).searchParams.get('_jwt')?.split('.')[1];
	if (payload === undefined) return undefined;
	const expiry = own(parseJson(Buffer.from(payload, 'base64url').toString('utf8')), 'exp');
	if (typeof expiry !== 'number') return undefined;
	const time = new Date(expiry * 1000);
	return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}
