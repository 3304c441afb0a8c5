import type { IBinaryData, IExecuteFunctions, IN8nHttpFullResponse } from 'n8n-workflow';

import { own, plainText } from '../aimlapi/untrusted';
import type { Generation } from '../aimlapi/contract';
import { backoffDelay } from '../time/backoff';
import { fileSize } from './binaryFile';
import type { MediaServices } from './services';

const MAX_ATTEMPTS = 4;
/** A connection that sends nothing for this long is given up. */
const IDLE_TIMEOUT_MS = 30_000;
/** A connection that never ends is given up as well. */
const ATTEMPT_TIMEOUT_MS = 15 * 60_000;

/** What a video link answers when it has expired. */
const EXPIRED_STATUSES = new Set([401, 403, 404, 410]);

interface Download {
	/** As found at the end: an expired link is replaced by a fresh one. */
	generation: Generation;
	/** Absent when the video could not be downloaded; then `reason` says why. */
	binary?: IBinaryData;
	reason?: string;
}

/**
 * Streams the finished video into n8n's binary storage; the API key is not sent. Truncated, HTML and
 * failed downloads are tried again, four times in all, and an expired link is refreshed once. It does
 * not reject when the download stays impossible: the video is paid for and its link is known.
 * @param maxBytes a larger video is not downloaded
 * @throws only when the execution is stopped
 */
export async function downloadVideo(
	services: MediaServices,
	found: Generation,
	maxBytes: number,
): Promise<Download> {
	let generation = found;
	let refreshed = false;
	let reason = '';
	for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
		try {
			return { generation, binary: await fetchVideo(services, generation, maxBytes) };
		} catch (error) {
			services.signal.throwIfAborted();
			if (error instanceof DownloadError && error.expired && !refreshed) {
				refreshed = true;
				generation = await refresh(services, generation);
				continue;
			}
			reason = reasonOf(error);
			if (error instanceof DownloadError && error.final) break;
		}
		if (attempt < MAX_ATTEMPTS)
			await services.clock.sleep(backoffDelay(attempt, services.clock.random()));
	}
	return { generation, reason };
}

class DownloadError extends Error {
	readonly expired: boolean;
	readonly final: boolean;

	constructor(message: string, kind?: 'expired' | 'final') {
		super(message);
		this.expired = kind === 'expired';
		this.final = kind === 'final';
	}
}

/** Network errors carry technical words only; the storage's own say what it lacks. */
function reasonOf(error: unknown): string {
	if (error instanceof DownloadError) return error.message;
	const code = own(error, 'code');
	const isNetwork = typeof code === 'string' && !/^E(NOSPC|DQUOT|ROFS|ACCES|PERM)$/.test(code);
	return isNetwork ? 'the connection was lost' : plainText((error as Error).message);
}

async function fetchVideo(
	services: MediaServices,
	{ id, videoUrl }: Generation,
	maxBytes: number,
): Promise<IBinaryData> {
	const ended = new AbortController();
	const fetched = async () => {
		const response = await requestStream(services.context, videoUrl as string, ended.signal);
		return await store(services, response, id, maxBytes);
	};
	try {
		return await services.withTimeout(fetched(), ATTEMPT_TIMEOUT_MS, () => {
			throw new DownloadError(`it took longer than ${ATTEMPT_TIMEOUT_MS / 60_000} minutes`);
		});
	} finally {
		// It goes on otherwise: with the execution stopped, as well as after too long a time.
		ended.abort();
	}
}

interface StreamResponse extends Omit<IN8nHttpFullResponse, 'body'> {
	body: Stream;
}

/**
 * Requested as n8n's HTTP Request does. `httpRequest` puts a second stream around the response, so a
 * large video takes more memory (n8n 2.41.1, `@n8n/backend-network`, `dist/http/axios/request.js`: it
 * sets `maxContentLength`, for which axios 1.18 counts the bytes in a stream of its own).
 * @param ended closes the connection; the helper has no option for that, but Node.js' sockets have
 */
async function requestStream(
	context: IExecuteFunctions,
	url: string,
	ended: AbortSignal,
): Promise<StreamResponse> {
	const request = {
		useStream: true,
		timeout: IDLE_TIMEOUT_MS,
		agentOptions: { signal: ended } as object,
	};
	const [response] = await context.helpers.requestWithAuthenticationPaginated.call(
		context,
		request,
		0,
		{ request: { url }, continue: false, requestInterval: 0, binaryResult: true },
	);
	return response as StreamResponse;
}

type Stream = Exclude<
	Parameters<IExecuteFunctions['helpers']['prepareBinaryData']>[0],
	Buffer | Uint8Array
>;

async function store(
	{ context, model }: MediaServices,
	response: StreamResponse,
	id: string,
	maxBytes: number,
): Promise<IBinaryData> {
	const stream = response.body;
	const problem = checkResponse(response, maxBytes);
	if (problem) {
		stream.destroy();
		throw problem;
	}
	const compressed = own(response.headers, 'content-encoding') !== undefined;
	const announced = compressed ? NaN : Number(response.headers['content-length']);
	const fileName = `${model.filePrefix}-${id.replace(/[^\w.-]/g, '_')}.mp4`;
	const binary = await context.helpers.prepareBinaryData(
		announced > 0 ? stream : limited(stream, maxBytes),
		fileName,
		'video/mp4',
	);
	const size = await fileSize(context, binary);
	if (size === 0 || (announced > 0 && size !== announced)) {
		throw new DownloadError('the file arrived incomplete');
	}
	return binary;
}

/** A stream of our own costs memory, so only where the length was not announced. */
function limited(stream: Stream, maxBytes: number): Stream {
	let received = 0;
	return stream.map((chunk: Buffer) => {
		received += chunk.length;
		if (received > maxBytes) throw tooLarge(maxBytes);
		return chunk;
	});
}

function checkResponse(
	{ statusCode, headers }: StreamResponse,
	maxBytes: number,
): DownloadError | undefined {
	if (EXPIRED_STATUSES.has(statusCode)) {
		return new DownloadError(`the link answered HTTP ${statusCode}`, 'expired');
	}
	if (statusCode !== 200) return new DownloadError(`the link answered HTTP ${statusCode}`);
	if (/html|json|xml/i.test(String(headers['content-type']))) {
		return new DownloadError('the link answered with a page instead of a video');
	}
	return Number(headers['content-length']) > maxBytes ? tooLarge(maxBytes) : undefined;
}

function tooLarge(maxBytes: number): DownloadError {
	return new DownloadError(`it is larger than ${maxBytes / 1_000_000} MB`, 'final');
}

async function refresh(services: MediaServices, generation: Generation): Promise<Generation> {
	const verdict = await services.client.getGeneration(generation.id, IDLE_TIMEOUT_MS);
	return verdict.kind === 'found' && verdict.generation.videoUrl !== undefined
		? verdict.generation
		: generation;
}
