import type { IExecuteFunctions, IN8nHttpFullResponse } from 'n8n-workflow';

/** What a GET asks for, in bytes: few requests for a file, and few bytes for a small one. */
export const PART_BYTES = 128 * 1024;
/** What is read of the words of a host that refuses, in bytes. */
const MAX_ERROR_BYTES = 4 * 1024;

export interface HostResponse {
	status: number;
	/** Their names in lower case. */
	headers: Record<string, unknown>;
	/** Of a GET that succeeded, as many bytes as were asked for at most; of one that failed, what it says. */
	body: Buffer;
	/** Whether the body ended before as many bytes. */
	isWhole?: boolean;
}

/**
 * Sends one request to the host of a link, redirects not followed, and resolves whatever its status.
 * Rejects when there is no response, and when the signal is aborted, before or during the request.
 * @param offset asks by GET for the part of the file that begins there; absent, it is a HEAD
 */
export type LinkRequest = (
	url: string,
	signal: AbortSignal,
	offset?: number,
) => Promise<HostResponse>;

/** What n8n's helper gives for `encoding: 'stream'`. */
type BodyStream = AsyncIterable<Buffer> & { on(event: 'error', listener: () => void): unknown };

/**
 * Requests by n8n's own helper, so that its proxy settings and its outgoing-traffic protection hold.
 * The helper would read a whole body before it resolves, also of a host that ignores the range.
 * Therefore it gives a stream here, and the connection is closed as soon as enough is read.
 */
export function linkRequest({
	httpRequest,
}: Pick<IExecuteFunctions['helpers'], 'httpRequest'>): LinkRequest {
	return async (url, signal, offset) => {
		signal.throwIfAborted();
		const ended = new AbortController();
		try {
			const response = (await httpRequest({
				url,
				method: offset === undefined ? 'HEAD' : 'GET',
				headers: {
					accept: '*/*',
					// Of a compressed body neither the length nor a part says anything about the file.
					'accept-encoding': 'identity',
					...(offset !== undefined && { range: `bytes=${offset}-${offset + PART_BYTES - 1}` }),
				},
				encoding: 'stream',
				returnFullResponse: true,
				ignoreHttpStatusErrors: true,
				disableFollowRedirect: true,
				abortSignal: AbortSignal.any([signal, ended.signal]),
			})) as IN8nHttpFullResponse;
			const { statusCode, headers } = response;
			const stream = response.body as unknown as BodyStream;
			// An error of a stream that nobody listens to would bring n8n down.
			stream.on('error', () => {});
			const isPart = statusCode === 206 || (statusCode === 200 && offset === 0);
			const isRefused = statusCode >= 400 && offset !== undefined;
			const max = isPart ? PART_BYTES : isRefused ? MAX_ERROR_BYTES : 0;
			const body = max > 0 ? await readStart(stream, max) : Buffer.alloc(0);
			return { status: statusCode, headers, body, isWhole: body.length < max };
		} finally {
			// The stream's own destroy() does not reach the connection in n8n 2 while nothing was read.
			ended.abort();
		}
	};
}

async function readStart(stream: BodyStream, max: number): Promise<Buffer> {
	const chunks: Buffer[] = [];
	let length = 0;
	for await (const chunk of stream) {
		chunks.push(chunk);
		length += chunk.length;
		if (length >= max) break;
	}
	return Buffer.concat(chunks).subarray(0, max);
}
