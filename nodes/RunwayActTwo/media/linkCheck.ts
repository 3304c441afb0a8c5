import type { IExecuteFunctions, IHttpRequestOptions, IN8nHttpFullResponse } from 'n8n-workflow';

import { toNoResponse } from '../aimlapi/networkError';
import { ConcurrencyLimiter } from '../execution/concurrencyLimiter';
import type { Clock } from '../polling/clock';
import type { WithTimeout } from '../polling/timeout';
import { MAX_INSPECTED_BYTES } from './inspection/bytes';
import type { ByteSource } from './inspection/bytes';
import { inspectMedia } from './inspection/inspectMedia';
import type { MediaInfo } from './inspection/mediaInfo';
import { validateLink } from './link';
import type { LinkProblem } from './pageHosts';

/** What a link leads to, according to its host. */
export type LinkCheck =
	| {
			kind: 'checked';
			/** Where the redirects end. */
			url: string;
			info?: MediaInfo;
			contentType: string;
			/** In bytes. */
			size?: number;
	  }
	| ({ kind: 'refused' } & LinkProblem)
	/** Nothing certain: the link is sent as it is. */
	| { kind: 'unknown'; reason: string };

const MAX_REDIRECTS = 5;
const CHECK_TIMEOUT_MS = 5_000;
const MAX_AT_ONCE = 20;
const RANGE_BYTES = 128 * 1024;
const MAX_RANGES = MAX_INSPECTED_BYTES / RANGE_BYTES;

const GONE: Record<number, string> = {
	401: 'needs a login',
	403: 'may not be read by everyone',
	404: 'leads to nothing',
	410: 'leads to nothing any more',
};
const MAKE_PUBLIC =
	'Make the link public, or get the file with another node and set the source to File.';

type Validate = (link: string) => { url: string } | LinkProblem;

export interface LinkChecker {
	/** Each distinct link is asked once. Rejects only when the execution is stopped. */
	check(link: string): Promise<LinkCheck>;
	close(): void;
}

/**
 * Asks the hosts of links, 20 at once and 5 s at most each, by n8n's own helper, so that its proxy and
 * its limits for outgoing requests hold. The API key is not sent.
 */
export function linkChecker(
	{ helpers }: Pick<IExecuteFunctions, 'helpers'>,
	clock: Clock,
	withTimeout: WithTimeout,
	signal: AbortSignal,
	validate: Validate = validateLink,
): LinkChecker {
	const checks = new Map<string, Promise<LinkCheck>>();
	const limiter = new ConcurrencyLimiter(MAX_AT_ONCE, clock, signal);
	const running = new Set<AbortController>();
	const endAll = () => {
		for (const controller of running) controller.abort();
	};
	signal.addEventListener('abort', endAll, { once: true });

	const start = async (link: string): Promise<LinkCheck> => {
		signal.throwIfAborted();
		const ended = new AbortController();
		running.add(ended);
		const request = async (options: IHttpRequestOptions) =>
			(await helpers.httpRequest({
				...options,
				encoding: 'stream',
				returnFullResponse: true,
				ignoreHttpStatusErrors: true,
				disableFollowRedirect: true,
				timeout: CHECK_TIMEOUT_MS,
				abortSignal: ended.signal,
			})) as StreamResponse;
		try {
			return await withTimeout(checkLink(link, request, validate), CHECK_TIMEOUT_MS, () => ({
				kind: 'unknown',
				reason: 'its host did not respond within 5 seconds',
			}));
		} catch (error) {
			signal.throwIfAborted();
			const { code, refusal } = toNoResponse(error);
			return { kind: 'unknown', reason: refusal ?? `no connection to its host (${code})` };
		} finally {
			running.delete(ended);
			ended.abort();
		}
	};

	return {
		check: async (link) => {
			const known = checks.get(link) ?? limiter.run(async () => await start(link));
			checks.set(link, known);
			return await known;
		},
		close: () => {
			signal.removeEventListener('abort', endAll);
			limiter.close();
			endAll();
		},
	};
}

interface StreamResponse extends Omit<IN8nHttpFullResponse, 'body'> {
	body: AsyncIterable<Buffer> & { destroy(): void };
}

type SendRequest = (options: IHttpRequestOptions) => Promise<StreamResponse>;

async function checkLink(
	link: string,
	request: SendRequest,
	validate: Validate,
): Promise<LinkCheck> {
	let url = link;
	for (let redirects = 0; ; redirects++) {
		let response = await request({ method: 'HEAD', url });
		response.body.destroy();
		// Some hosts know no HEAD, and signed links often allow GET alone.
		if (response.statusCode >= 400) {
			response = await request({ method: 'GET', url, headers: { Range: 'bytes=0-0' } });
			response.body.destroy();
		}
		const { statusCode, headers } = response;
		const location = headers.location;
		if (statusCode >= 300 && statusCode < 400 && typeof location === 'string') {
			if (redirects === MAX_REDIRECTS) {
				return { kind: 'unknown', reason: 'its host redirects more than five times' };
			}
			if (!URL.canParse(location, url))
				return { kind: 'unknown', reason: 'a redirect leads nowhere' };
			const next = validate(new URL(location, url).href);
			if (!('url' in next)) {
				return {
					kind: 'refused',
					rule: `is redirected to a link that cannot be used: it ${next.rule}`,
					advice: next.advice,
				};
			}
			url = next.url;
			continue;
		}
		const gone = GONE[statusCode];
		if (gone !== undefined)
			return { kind: 'refused', rule: `${gone} (HTTP ${statusCode})`, advice: MAKE_PUBLIC };
		if (statusCode < 200 || statusCode >= 300) {
			return { kind: 'unknown', reason: `its host answered HTTP ${statusCode}` };
		}
		const contentType = String(headers['content-type'] ?? '')
			.split(';')[0]
			.trim()
			.toLowerCase();
		const size = sizeOf(response);
		const info = await inspectMedia(rangeSource(url, size, request));
		if (info?.name === 'web page' || (!info && contentType === 'text/html')) {
			return {
				kind: 'refused',
				rule: 'must be a link to a file, not to a web page',
				advice:
					'Use the direct link of the file, or get the file with another node and set the source to File.',
			};
		}
		return {
			kind: 'checked',
			url,
			contentType,
			...(info && { info }),
			...(size !== undefined && { size }),
		};
	}
}

/** From Content-Range where a part was asked for, or else from Content-Length. */
function sizeOf({ statusCode, headers }: StreamResponse): number | undefined {
	const total =
		statusCode === 206
			? /\/(\d+)$/.exec(String(headers['content-range']))?.[1]
			: headers['content-encoding'] === undefined
				? headers['content-length']
				: undefined;
	const size = Number(total);
	return Number.isSafeInteger(size) && size > 0 ? size : undefined;
}

/** A file behind a link, by ranges; where the host serves none, its beginning alone. */
function rangeSource(url: string, size: number | undefined, request: SendRequest): ByteSource {
	const parts = new Map<number, Promise<Buffer>>();
	let hasRanges = true;
	const part = async (start: number): Promise<Buffer> => {
		if (!hasRanges || parts.size >= MAX_RANGES) return Buffer.alloc(0);
		const Range = `bytes=${start}-${start + RANGE_BYTES - 1}`;
		const { statusCode, body } = await request({ method: 'GET', url, headers: { Range } });
		hasRanges &&= statusCode === 206;
		const isWanted = statusCode === 206 || (statusCode === 200 && start === 0);
		return isWanted ? await firstBytes(body, RANGE_BYTES) : (body.destroy(), Buffer.alloc(0));
	};
	return {
		...(size !== undefined && { size }),
		read: async (offset, length) => {
			const start = offset - (offset % RANGE_BYTES);
			const content = parts.get(start) ?? part(start);
			parts.set(start, content);
			return (await content).subarray(offset - start, offset - start + length);
		},
	};
}

/** A host may send all of a large file: what is not wanted is not read. */
async function firstBytes(body: StreamResponse['body'], count: number): Promise<Buffer> {
	const chunks: Buffer[] = [];
	let received = 0;
	for await (const chunk of body) {
		chunks.push(chunk);
		received += chunk.length;
		if (received >= count) break;
	}
	body.destroy();
	return Buffer.concat(chunks).subarray(0, count);
}
