import type { IBinaryData, IExecuteFunctions, IN8nHttpFullResponse } from 'n8n-workflow';

import type { Generation } from '../aimlapi/contract';
import { toNoResponse } from '../aimlapi/networkError';
import { own, plainText } from '../aimlapi/untrusted';
import { backoffDelay } from '../time/backoff';
import { withTimeout } from '../time/timeout';
import { fileSize } from './binaryFile';
import type { MediaServices } from './services';

const MAX_ATTEMPTS = 4;
/** A connection that sends nothing for this long is given up. */
const IDLE_TIMEOUT_MS = 30_000;
/** A connection that never ends is given up as well. */
const ATTEMPT_TIMEOUT_MS = 15 * 60_000;

/** What a video link answers when it has expired. */
const EXPIRED_STATUSES = new Set([400, 401, 403, 404, 410]);
/** Enough to tell a video from text. */
const HEAD_BYTES = 64;

interface Download {
	/** As found at the end: an expired link is replaced by a fresh one. */
	generation: Generation;
	/** Absent when the video could not be downloaded; then `reason` says why. */
	binary?: IBinaryData;
	reason?: string;
}

/**
 * Streams the finished video into n8n's binary storage; the API key is not sent. Truncated and failed
 * downloads and what is no video are tried again, four times in all, and an expired link is refreshed once. It does
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
			const kind = error instanceof DownloadError ? error.kind : undefined;
			if (kind === 'expired' && !refreshed) {
				refreshed = true;
				generation = await refresh(services, generation);
				continue;
			}
			reason = reasonOf(error);
			if (kind === 'final') break;
		}
		if (attempt < MAX_ATTEMPTS)
			await services.clock.sleep(backoffDelay(attempt, services.clock.random()));
	}
	return { generation, reason };
}

class DownloadError extends Error {
	constructor(
		message: string,
		readonly kind?: 'expired' | 'final',
	) {
		super(message);
	}
}

/** Of n8n's storage, or none at all. */
const STORAGE_CODES = /^(E(NOSPC|DQUOT|ROFS|ACCES|PERM)|connection lost)$/;
const CERTIFICATE_CODES = /^(CERT_|UNABLE_TO_(GET|VERIFY)_|(DEPTH_ZERO_)?SELF_SIGNED_CERT)/;

/** Network errors carry technical words only; the storage's own say what it lacks. */
function reasonOf(error: unknown): string {
	if (error instanceof DownloadError) return error.message;
	const { code, refusal } = toNoResponse(error);
	if (refusal !== undefined) return plainText(refusal);
	if (CERTIFICATE_CODES.test(code)) {
		return `n8n does not trust the certificate of its host, ${code}: set NODE_EXTRA_CA_CERTS to the file of its certificate authority`;
	}
	return STORAGE_CODES.test(code) ? plainText((error as Error).message) : 'the connection was lost';
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
		return await withTimeout(services.clock, fetched(), ATTEMPT_TIMEOUT_MS, () => {
			throw new DownloadError(`it took longer than ${ATTEMPT_TIMEOUT_MS / 60_000} minutes`);
		});
	} finally {
		// It goes on otherwise: with the execution stopped, as well as after too long a time.
		ended.abort();
	}
}

/** What n8n's helper gives for `encoding: 'stream'`. */
interface StreamResponse extends Omit<IN8nHttpFullResponse, 'body'> {
	body: Stream;
}

type Stream = Exclude<
	Parameters<IExecuteFunctions['helpers']['prepareBinaryData']>[0],
	Buffer | Uint8Array
>;

/** @param ended closes the connection */
async function requestStream(
	{ helpers }: IExecuteFunctions,
	url: string,
	ended: AbortSignal,
): Promise<StreamResponse> {
	return (await helpers.httpRequest({
		url,
		// Of a compressed video the announced length says nothing.
		headers: { 'accept-encoding': 'identity' },
		encoding: 'stream',
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		timeout: IDLE_TIMEOUT_MS,
		abortSignal: ended,
	})) as unknown as StreamResponse;
}

/** Everything that can be known is looked at before: n8n cannot take a stored file away again. */
async function store(
	{ context, model }: MediaServices,
	response: StreamResponse,
	id: string,
	maxBytes: number,
): Promise<IBinaryData> {
	const stream = response.body;
	// An error of a stream that nobody listens to would bring n8n down.
	stream.on('error', () => {});
	const announced = checkResponse(response, maxBytes);
	const head = await peek(stream, HEAD_BYTES);
	if (head.length === 0) throw new DownloadError('the response was empty');
	if (isText(head)) throw new DownloadError('the link returned text instead of a video');
	if (head.length < HEAD_BYTES) throw new DownloadError('the file arrived incomplete');
	const binary = await context.helpers.prepareBinaryData(
		announced > 0 ? stream : limited(stream, maxBytes),
		`${model.filePrefix}-${id.replace(/[^\w.-]/g, '_')}.mp4`,
		'video/mp4',
	);
	if (announced > 0 && (await fileSize(context, binary)) !== announced) {
		throw new DownloadError('the file arrived incomplete');
	}
	return binary;
}

/** At least so many first bytes of a stream, which gives them again; fewer where it has no more. */
async function peek(stream: Stream, length: number): Promise<Buffer> {
	let head = Buffer.alloc(0);
	while (head.length < length && !stream.readableEnded) {
		const chunk = stream.read() as Buffer | null;
		if (chunk !== null) head = Buffer.concat([head, chunk]);
		else await nextChunk(stream);
	}
	if (!stream.readableEnded) stream.unshift(head);
	return head;
}

async function nextChunk(stream: Stream): Promise<void> {
	await new Promise<void>((resolve, reject) => {
		const settle = () => {
			stream.off('readable', settle).off('end', settle).off('error', reject);
			resolve();
		};
		stream.once('readable', settle).once('end', settle).once('error', reject);
	});
}

/** A page, an error or a word: every container of videos begins with a byte that no text has. */
function isText(head: Buffer): boolean {
	return head.every((byte) => byte >= 0x20 || (byte >= 0x09 && byte <= 0x0d));
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

/** The announced length; NaN where there is none. @throws DownloadError */
function checkResponse({ statusCode, headers }: StreamResponse, maxBytes: number): number {
	const [, last, size] = /^bytes 0-(\d+)\/(\d+)$/.exec(String(own(headers, 'content-range'))) ?? [];
	const isWhole = statusCode === 200 || (statusCode === 206 && Number(last) + 1 === Number(size));
	if (!isWhole) {
		const isExpired = EXPIRED_STATUSES.has(statusCode);
		throw new DownloadError(
			`the link returned HTTP ${statusCode}`,
			isExpired ? 'expired' : undefined,
		);
	}
	const isCompressed = !/^(undefined|identity)$/.test(String(own(headers, 'content-encoding')));
	const announced = isCompressed ? NaN : Number(own(headers, 'content-length'));
	if (announced > maxBytes) throw tooLarge(maxBytes);
	return announced;
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
