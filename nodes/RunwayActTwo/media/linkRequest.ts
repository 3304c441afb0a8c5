import type { IExecuteFunctions, IN8nHttpFullResponse } from 'n8n-workflow';

export interface HostRequest {
	url: string;
	method: 'HEAD' | 'GET';
	/** The bytes wanted of a GET. */
	range?: { offset: number; length: number };
}

export interface HostResponse {
	status: number;
	/** Their names in lower case. */
	headers: Record<string, unknown>;
	/** Of a 206 the bytes it has, at most as many as were wanted; of all others empty. */
	body: Buffer;
}

/**
 * Sends one request to the host of a link, redirects not followed, and resolves whatever its status.
 * Rejects when there is no response, and when the signal is aborted, before or during the request.
 */
export type LinkRequest = (request: HostRequest, signal: AbortSignal) => Promise<HostResponse>;

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
	return async ({ url, method, range }, signal) => {
		signal.throwIfAborted();
		const ended = new AbortController();
		const end = () => ended.abort(signal.reason);
		signal.addEventListener('abort', end, { once: true });
		try {
			const { statusCode, headers, body } = (await httpRequest({
				url,
				method,
				headers: {
					// Of a compressed body neither the length nor a part says anything about the file.
					'accept-encoding': 'identity',
					...(range && { range: `bytes=${range.offset}-${range.offset + range.length - 1}` }),
				},
				encoding: 'stream',
				returnFullResponse: true,
				ignoreHttpStatusErrors: true,
				disableFollowRedirect: true,
				abortSignal: ended.signal,
			})) as IN8nHttpFullResponse;
			const stream = body as unknown as BodyStream;
			// An error of a stream that nobody listens to would bring n8n down.
			stream.on('error', () => {});
			const wanted = statusCode === 206 ? (range?.length ?? 0) : 0;
			return { status: statusCode, headers, body: await readStart(stream, wanted) };
		} finally {
			signal.removeEventListener('abort', end);
			// The stream's own destroy() does not reach the connection in n8n 2 while nothing was read.
			ended.abort();
		}
	};
}

async function readStart(stream: BodyStream, maxBytes: number): Promise<Buffer> {
	const chunks: Buffer[] = [];
	let length = 0;
	if (maxBytes > 0) {
		for await (const chunk of stream) {
			chunks.push(chunk);
			length += chunk.length;
			if (length >= maxBytes) break;
		}
	}
	return Buffer.concat(chunks).subarray(0, maxBytes);
}
