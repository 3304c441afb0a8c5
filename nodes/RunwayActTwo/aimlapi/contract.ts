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

/** Where a gateway may put what belongs at the top. */
const WRAPPERS = ['data', 'result', 'generation', 'task'];
const ID_KEYS = ['id', 'generation_id'];
const UNDOCUMENTED_ID_KEYS = ['generationId', 'task_id', 'taskId'];

/** Where the video of a completed generation may be, where none is in the documented place. */
const UNDOCUMENTED_VIDEO_KEYS = [
	'videos',
	'video_url',
	'videoUrl',
	'output',
	'outputs',
	'result',
	'url',
];

/** The IDs a response names in the documented places. */
export function readIds(body: unknown): string[] {
	return ID_KEYS.flatMap((key) => readId(own(body, key)) ?? []);
}

/** What may be an ID, where none is in the documented places. */
export function readPossibleIds(body: unknown): string[] {
	const wrapped = WRAPPERS.flatMap((key) => own(body, key) ?? []);
	return [body, ...wrapped].flatMap((part) =>
		[...ID_KEYS, ...UNDOCUMENTED_ID_KEYS].flatMap((key) => readId(own(part, key)) ?? []),
	);
}

/**
 * Reads a response about a generation in any documented shape, or wrapped in another object.
 * @returns undefined when the response is about another generation, or has neither status nor video; an
 *   error alone counts only beside the generation's ID
 */
export function readGeneration(
	body: unknown,
	askedId: string,
	inferenceId?: string,
): Generation | undefined {
	const parts = [body, ...WRAPPERS.map((key) => own(body, key))];
	const named = parts.flatMap(readIds);
	const ids = inferenceId === undefined ? named : [...named, inferenceId];
	const isAsked = (id: string) => isSameId(id, askedId);
	if (ids.length > 0 && !ids.some(isAsked)) return undefined;
	const read = parts.flatMap((part) => readPart(part, askedId, named.some(isAsked)) ?? []);
	return read.find(isClear) ?? read[0];
}

/** The gateway names one generation as `<uuid>` and as `<uuid>:<vendor>/<model>`. */
function isSameId(one: string, other: string): boolean {
	return one === other || one.startsWith(`${other}:`) || other.startsWith(`${one}:`);
}

/** Not so is the status of a wrapper, such as “success”, nor a completion without its link. */
const isClear = ({ phase, status, videoUrl }: Generation): boolean =>
	videoUrl !== undefined || phase === 'failed' || RUNNING_STATUSES.has(status);

function readPart(body: unknown, askedId: string, isNamed: boolean): Generation | undefined {
	const word = plainText(own(body, 'status'));
	const videoUrl =
		firstLink(own(body, 'video')) ??
		(COMPLETED_STATUSES.has(word.toLowerCase())
			? firstLink(UNDOCUMENTED_VIDEO_KEYS.map((key) => own(body, key)))
			: undefined);
	const error = own(body, 'error');
	const reason = errorText(error);
	if (word === '' && videoUrl === undefined && (reason === '' || !isNamed)) return undefined;

	const phase = phaseOf(word.toLowerCase(), videoUrl !== undefined, reason !== '');
	return {
		id: askedId,
		status: statusOf(word, phase),
		phase,
		videoUrl,
		usage: readUsage(body),
		failure: phase === 'failed' ? readFailure(error, reason) : undefined,
	};
}

/** A link beats an error beside it: what is paid for is given. */
function phaseOf(status: string, hasVideo: boolean, hasError: boolean): Phase {
	if (FAILED_STATUSES.has(status)) return hasVideo ? 'completed' : 'failed';
	if (RUNNING_STATUSES.has(status)) return 'running';
	if (COMPLETED_STATUSES.has(status)) return hasError && !hasVideo ? 'failed' : 'completed';
	if (hasError) return 'failed';
	return hasVideo ? 'completed' : 'running';
}

function statusOf(word: string, phase: Phase): string {
	const status = word.toLowerCase();
	if (COMPLETED_STATUSES.has(status)) return phase === 'completed' ? 'completed' : 'error';
	if (FAILED_STATUSES.has(status)) return phase === 'completed' ? 'completed' : status;
	if (RUNNING_STATUSES.has(status)) return status;
	return word !== '' ? word : phase === 'completed' ? 'completed' : 'error';
}

const MAX_LINK_DEPTH = 4;

/** The first link that can be used: a text, in a list, or an object's `url` or `video`. */
function firstLink(value: unknown, depth = 0): string | undefined {
	if (depth > MAX_LINK_DEPTH) return undefined;
	if (typeof value === 'string') return isLink(value.trim()) ? value.trim() : undefined;
	const parts: unknown[] = Array.isArray(value) ? value : [own(value, 'url'), own(value, 'video')];
	for (const part of parts) {
		const link = part === undefined ? undefined : firstLink(part, depth + 1);
		if (link !== undefined) return link;
	}
	return undefined;
}

function isLink(link: string): boolean {
	return (
		link.length <= MAX_LINK_LENGTH && /^https?:\/\//i.test(link) && parseUrl(link) !== undefined
	);
}

export const NO_REASON = 'AIMLAPI gave no reason.';

function readFailure(error: unknown, reason: string): Failure {
	const name = plainText(own(error, 'name') ?? own(own(error, 'error'), 'name'));
	return {
		...(name !== '' && { name }),
		message: reason !== '' ? reason : NO_REASON,
	};
}

/** Failures of the service's own, by Runway's names, which may be all that is said. */
const SERVICE_FAILURE = /^(INTERNAL|THIRD_PARTY)(?![A-Z])/;
/** What the inputs are to blame for, whatever the failure calls itself. */
const INPUT_FAILURE =
	/safety|moderat|polic|prohibit|nsfw|\bface|duration|seconds|format|resolution|too (long|short|large|small)|valid|unsupported/i;

/**
 * Whether the same request may be paid for again: only where the failure itself says that the service
 * is to blame. Inputs stay what they are, and repeated moderation can suspend an account.
 * Source: Runway's task failures, https://docs.dev.runwayml.com/errors/task-failures/
 */
export function isWorthRetrying({ name = '', message }: Failure): boolean {
	return SERVICE_FAILURE.test(name === '' ? message : name) && !INPUT_FAILURE.test(message);
}

/** The cost according to a body, under `meta.usage`; older responses call the credits tokens. */
export function readUsage(body: unknown): Usage {
	const usage = own(own(body, 'meta'), 'usage');
	return usageOf(own(usage, 'credits_used') ?? own(usage, 'tokens_used'), own(usage, 'usd_spent'));
}

/** What is no amount is absent. */
export function usageOf(credits: unknown, usd: unknown): Usage {
	const creditsUsed = readAmount(credits);
	const costUsd = readAmount(usd);
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
