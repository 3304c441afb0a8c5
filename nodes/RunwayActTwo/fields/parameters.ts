import type { IExecuteFunctions } from 'n8n-workflow';

import { ENDPOINT_PATHS, FRAME_SIZES, isGenerationId } from '../aimlapi/contract';
import type { CharacterType, Endpoint, FrameSize } from '../aimlapi/contract';
import { TroubleError } from '../aimlapi/trouble';

/** Longest wait: n8n's timers overflow at 2^31 ms, some 24 days. */
const MOST_SECONDS = 7 * 24 * 60 * 60;

const DEFAULT_TIMEOUT_SECONDS = 1800;
/** Far above any Act-Two video: its performances last 30 seconds at most. */
const DEFAULT_MAX_FILE_SIZE_MB = 2000;
const DEFAULT_MAX_CONCURRENT_GENERATIONS = 20;

/** The words of a value that cannot be used. The form checks nothing that an expression gives. */
export function unusable(
	field: string,
	rule: string,
	itemIndex: number,
	description?: string,
): TroubleError {
	return new TroubleError({
		message: `${field} ${rule}`,
		description: `${description ?? 'Change the value, or the expression that gives it.'} Nothing was sent for item ${itemIndex}.`,
	});
}

export function readChoice<T extends string>(
	context: IExecuteFunctions,
	name: string,
	field: string,
	choices: readonly T[],
	itemIndex: number,
): T {
	const value = context.getNodeParameter(name, itemIndex);
	if (!choices.includes(value as T)) {
		throw unusable(field, `must be one of ${choices.join(', ')}`, itemIndex);
	}
	return value as T;
}

function readBoolean(value: unknown, field: string, itemIndex: number): boolean {
	if (typeof value !== 'boolean') throw unusable(field, 'must be true or false', itemIndex);
	return value;
}

/** Numbers may arrive as text from an expression, as n8n's own nodes accept them. */
function readNumber(
	value: unknown,
	field: string,
	range: { from: number; to: number; whole?: boolean },
	itemIndex: number,
): number {
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	const { from, to, whole = true } = range;
	if (
		typeof number !== 'number' ||
		!(number >= from && number <= to) ||
		(whole && !Number.isInteger(number))
	) {
		const kind = whole ? 'a whole number' : 'a number';
		throw unusable(field, `must be ${kind} from ${from} to ${to}`, itemIndex);
	}
	return number;
}

/** An option whose expression finds nothing (null or undefined) counts as not set. */
function readOptions(context: IExecuteFunctions, itemIndex: number): Record<string, unknown> {
	const options = context.getNodeParameter('options', itemIndex, {}) as Record<string, unknown>;
	return Object.fromEntries(
		Object.entries(options).filter(([, value]) => value !== null && value !== undefined),
	);
}

export interface GenerationSettings {
	characterType: CharacterType;
	frameSize: FrameSize;
	bodyControl?: boolean;
	expressionIntensity?: number;
	seed?: number;
}

/** @throws TroubleError naming the field, like every reader here */
export function readGenerationSettings(
	context: IExecuteFunctions,
	itemIndex: number,
): GenerationSettings {
	const { bodyControl, expressionIntensity, seed } = readOptions(context, itemIndex);
	const settings: GenerationSettings = {
		characterType: readChoice(
			context,
			'characterType',
			'Character Type',
			['image', 'video'],
			itemIndex,
		),
		frameSize: readChoice(context, 'frameSize', 'Frame Size', FRAME_SIZES, itemIndex),
	};
	if (bodyControl !== undefined) {
		settings.bodyControl = readBoolean(bodyControl, 'Body Control', itemIndex);
	}
	if (expressionIntensity !== undefined) {
		const range = { from: 1, to: 5 };
		settings.expressionIntensity = readNumber(
			expressionIntensity,
			'Expression Intensity',
			range,
			itemIndex,
		);
	}
	if (seed !== undefined) {
		settings.seed = readNumber(seed, 'Seed', { from: 0, to: 4_294_967_295 }, itemIndex);
	}
	return settings;
}

export interface WaitSettings {
	/** Absent: the adaptive schedule. */
	pollingIntervalMs?: number;
	timeoutMs: number;
	onTimeout: 'error' | 'returnStatus';
}

export function readWaitSettings(context: IExecuteFunctions, itemIndex: number): WaitSettings {
	const options = readOptions(context, itemIndex);
	const seconds = { from: 1, to: MOST_SECONDS, whole: false };
	const timeout = options.timeout ?? DEFAULT_TIMEOUT_SECONDS;
	const onTimeout = options.onTimeout ?? 'error';
	if (onTimeout !== 'error' && onTimeout !== 'returnStatus') {
		throw unusable('On Timeout', 'must be one of error, returnStatus', itemIndex);
	}
	return {
		...(options.pollingInterval !== undefined && {
			pollingIntervalMs:
				readNumber(options.pollingInterval, 'Polling Interval', seconds, itemIndex) * 1000,
		}),
		timeoutMs: readNumber(timeout, 'Timeout', seconds, itemIndex) * 1000,
		onTimeout,
	};
}

export interface DownloadSettings {
	/** The output field to put the file in. */
	outputField: string;
	mostBytes: number;
}

/** Undefined when the video is not to be downloaded. */
export function readDownloadSettings(
	context: IExecuteFunctions,
	itemIndex: number,
): DownloadSettings | undefined {
	const download = context.getNodeParameter('downloadVideo', itemIndex);
	if (!readBoolean(download, 'Download Video', itemIndex)) return undefined;
	const name = context.getNodeParameter('binaryPropertyName', itemIndex);
	if (typeof name !== 'string' || name.trim() === '') {
		throw unusable('Put Output File in Field', 'must be the name of a field', itemIndex);
	}
	const { maxFileSize = DEFAULT_MAX_FILE_SIZE_MB } = readOptions(context, itemIndex);
	const range = { from: 1, to: 100_000, whole: false };
	const megabytes = readNumber(maxFileSize, 'Max File Size', range, itemIndex);
	return { outputField: name.trim(), mostBytes: megabytes * 1_000_000 };
}

export function readGenerationId(context: IExecuteFunctions, itemIndex: number): string {
	const value = context.getNodeParameter('generationId', itemIndex);
	const id = typeof value === 'string' ? value.trim() : value;
	if (!isGenerationId(id)) {
		throw unusable(
			'Generation ID',
			'must be the ID that Create Video returned',
			itemIndex,
			'IDs hold up to 200 letters, digits and . _ : ~ - characters.',
		);
	}
	return id;
}

/** One endpoint and one limit serve a whole execution: the first item's. */
export function readEndpoint(context: IExecuteFunctions): Endpoint {
	const endpoint = readOptions(context, 0).endpoint ?? 'runway';
	if (typeof endpoint !== 'string' || !Object.hasOwn(ENDPOINT_PATHS, endpoint)) {
		throw unusable('Endpoint', 'must be one of runway, universal', 0);
	}
	return endpoint as Endpoint;
}

export function readMaxConcurrentGenerations(context: IExecuteFunctions): number {
	const value = readOptions(context, 0).maxConcurrentGenerations;
	return readNumber(
		value ?? DEFAULT_MAX_CONCURRENT_GENERATIONS,
		'Max Concurrent Generations',
		{ from: 1, to: 1000 },
		0,
	);
}
