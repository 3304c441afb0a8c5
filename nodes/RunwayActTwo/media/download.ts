import type { IBinaryData, IN8nHttpFullResponse } from 'n8n-workflow';

import type { Generation } from '../aimlapi/contract';
import { own } from '../aimlapi/contract';
import type { Run } from '../execution/run';
import { backoffDelay } from '../waiting/schedule';

const ATTEMPTS = 4;
/** A connection that sends nothing for this long is given up. */
const IDLE_TIMEOUT_MS = 60_000;
/** Far above any Act-Two video: its performances last 30 seconds at most. */
const MOST_BYTES = 2_000_000_000;

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
 * @throws only when the execution is stopped
 */
export async function downloadVideo(run: Run, found: Generation): Promise<Download> {
	let generation = found;
	let refreshed = false;
	let reason = '';
	for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
		try {
			return { generation, binary: await fetchVideo(run, generation) };
		} catch (error) {
			run.signal.throwIfAborted();
			if (error instanceof DownloadObjection && error.expired && !refreshed) {
				refreshed = true;
				generation = await refresh(run, generation);
				continue;
			}
			reason = error instanceof DownloadObjection ? error.message : 'the connection was lost';
			if (error instanceof DownloadObjection && error.final) break;
		}
		if (attempt < ATTEMPTS) await run.clock.sleep(backoffDelay(attempt, run.clock.random()));
	}
	return { generation, reason };
}

class DownloadObjection extends Error {
	readonly expired: boolean;
	readonly final: boolean;

	constructor(message: string, kind?: 'expired' | 'final') {
		super(message);
		this.expired = kind === 'expired';
		this.final = kind === 'final';
	}
}

async function fetchVideo({ context, signal }: Run, { id, videoUrl }: Generation) {
	const response = (await context.helpers.httpRequest({
		url: videoUrl as string,
		encoding: 'stream',
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		timeout: IDLE_TIMEOUT_MS,
		abortSignal: signal,
	})) as IN8nHttpFullResponse;
	const stream = response.body as NodeJS.ReadableStream & { destroy(): void };

	const objection = objectionTo(response);
	if (objection) {
		stream.destroy();
		throw objection;
	}
	const fileName = `act-two-${id.replace(/[^\w.-]/g, '_')}.mp4`;
	const binary = await context.helpers.prepareBinaryData(stream as never, fileName, 'video/mp4');
	const announced = Number(response.headers['content-length']);
	const stored = binary.id
		? (await context.helpers.getBinaryMetadata(binary.id)).fileSize
		: Buffer.byteLength(binary.data, 'base64');
	const compressed = own(response.headers, 'content-encoding') !== undefined;
	if (stored === 0 || (announced > 0 && stored !== announced && !compressed)) {
		throw new DownloadObjection('the file arrived incomplete');
	}
	return binary;
}

function objectionTo({ statusCode, headers }: IN8nHttpFullResponse): DownloadObjection | undefined {
	if (EXPIRED_STATUSES.has(statusCode)) {
		return new DownloadObjection(`the link answered HTTP ${statusCode}`, 'expired');
	}
	if (statusCode !== 200) return new DownloadObjection(`the link answered HTTP ${statusCode}`);
	if (/html|json|xml/i.test(String(headers['content-type']))) {
		return new DownloadObjection('the link answered with a page instead of a video');
	}
	if (Number(headers['content-length']) > MOST_BYTES) {
		return new DownloadObjection('the file is larger than 2 GB', 'final');
	}
	return undefined;
}

async function refresh(run: Run, generation: Generation): Promise<Generation> {
	await run.pace();
	const verdict = await run.client.look(generation.id, IDLE_TIMEOUT_MS);
	return verdict.kind === 'seen' && verdict.generation.videoUrl !== undefined
		? verdict.generation
		: generation;
}
