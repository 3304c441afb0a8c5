import type { IExecuteFunctions } from 'n8n-workflow';

import { toNoResponse } from '../aimlapi/networkError';
import { own, parseUrl } from '../aimlapi/untrusted';
import type { Problem } from '../errors';
import { ConcurrencyLimiter } from '../limits/concurrencyLimiter';
import type { Clock } from '../time/clock';
import { inspectMedia } from './inspection/inspectMedia';
import type { MediaInfo } from './inspection/mediaInfo';
import { validateLink } from './link';
import { linkRequest } from './linkRequest';
import type { HostResponse, LinkRequest } from './linkRequest';
import { rangeSource, sizeOf } from './rangeSource';

/** What a link leads to, according to its host. */
export type LinkCheck =
	| {
			kind: 'checked';
			/** Where the redirects end. */
			url: string;
			info?: MediaInfo;
			/** In lower case, without parameters; empty where the host does not tell what the file is. */
			contentType: string;
			/** In bytes. */
			size?: number;
	  }
	| Refused
	/** Nothing certain: the link is sent as it is. */
	| Unknown;

type Refused = { kind: 'refused' } & Problem;
type Unknown = { kind: 'unknown'; reason: string };
/** The last response of a link, which is not a redirect. */
type Found = { kind: 'found'; url: string; response: HostResponse };
type Validate = (link: string) => { url: string } | Problem;

const MAX_REDIRECTS = 5;
const CHECK_TIMEOUT_MS = 5_000;
const MAX_AT_ONCE = 20;

const GONE: Record<number, string> = {
	401: 'needs a login',
	403: 'may not be read by everyone',
	404: 'leads to nothing',
	410: 'leads to nothing any more',
};
const MAKE_PUBLIC =
	'Make the link public, or get the file with another node and set the source to File.';
const USE_FILE =
	'Use the direct link of the file, or get the file with another node and set the source to File.';

/** Types that do not say what the file is. */
const VAGUE_TYPES =
	/^(multipart\/.*|(application|binary)\/(x-)?(octet-stream|binary|download|force-download|unknown))$/;
/** Types that may be an image or a video. */
const MEDIA_TYPES = /^((image|video|audio)\/.*|application\/(mp4|ogg|x-matroska))$/;

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
	{ helpers }: { helpers: Pick<IExecuteFunctions['helpers'], 'httpRequest'> },
	clock: Clock,
	signal: AbortSignal,
	validate: Validate = validateLink,
): LinkChecker {
	const checks = new Map<string, Promise<LinkCheck>>();
	const limiter = new ConcurrencyLimiter(MAX_AT_ONCE, signal);
	const request = linkRequest(helpers);

	const start = async (link: string): Promise<LinkCheck> => {
		signal.throwIfAborted();
		const ended = new AbortController();
		const send: Send = async (url, offset) => await request(url, ended.signal, offset);
		const tooLate = async (): Promise<Unknown> => {
			await clock.sleep(CHECK_TIMEOUT_MS);
			return { kind: 'unknown', reason: 'its host did not respond within 5 seconds' };
		};
		try {
			return await Promise.race([checkLink(link, send, validate), tooLate()]);
		} catch (error) {
			signal.throwIfAborted();
			const { code, refusal } = toNoResponse(error);
			return { kind: 'unknown', reason: refusal ?? `no connection to its host (${code})` };
		} finally {
			ended.abort();
		}
	};

	return {
		check: async (link) => {
			const known = checks.get(link) ?? limiter.run(async () => await start(link));
			checks.set(link, known);
			return await known;
		},
		close: () => limiter.close(),
	};
}

type Send = (url: string, offset?: number) => ReturnType<LinkRequest>;

/**
 * A HEAD finds the way to the file. Only a GET decides against a link, because many hosts take no HEAD
 * or answer it differently, and addresses can be signed for one of the two alone.
 */
async function checkLink(link: string, send: Send, validate: Validate): Promise<LinkCheck> {
	const head = await follow(link, send, validate).catch(() => undefined);
	const get = async (url: string) => await follow(url, async (to) => await send(to, 0), validate);
	let found = isFile(head) && head.url !== link ? await get(head.url) : undefined;
	if (!isFile(found)) found = await get(link);
	return found.kind === 'found' ? await judge(found, send) : found;
}

/** Whether the host gave what can be the file. */
function isFile(found: Found | Refused | Unknown | undefined): found is Found {
	return found?.kind === 'found' && /^20[06]$/.test(String(found.response.status));
}

async function follow(
	link: string,
	send: Send,
	validate: Validate,
): Promise<Found | Refused | Unknown> {
	let url = link;
	for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
		const response = await send(url);
		const location = own(response.headers, 'location');
		if (!/^30[12378]$/.test(String(response.status)) || typeof location !== 'string') {
			return { kind: 'found', url, response };
		}
		const next = validate(parseUrl(location, url)?.href ?? location);
		if (!('url' in next)) {
			return {
				kind: 'refused',
				rule: `is redirected to a link that cannot be used: it ${next.rule}`,
				advice: next.advice,
			};
		}
		url = next.url;
	}
	return { kind: 'unknown', reason: 'its host redirects more than five times' };
}

async function judge(found: Found, send: Send): Promise<LinkCheck> {
	const { url, response } = found;
	const { status, headers } = response;
	const refused = (rule: string, advice: string): Refused => ({ kind: 'refused', rule, advice });
	if (GONE[status]) return refused(`${GONE[status]} (HTTP ${status})`, MAKE_PUBLIC);
	if (!isFile(found)) return { kind: 'unknown', reason: `its host answered HTTP ${status}` };

	const size = sizeOf(response);
	if (size === 0) return refused('leads to an empty file', USE_FILE);
	const told = /^[\w.+-]+\/[\w.+-]+/.exec(String(own(headers, 'content-type')).trim()) ?? [''];
	const contentType = told[0].toLowerCase().replace(VAGUE_TYPES, '');
	const source = rangeSource(response, async (offset) => await send(url, offset));
	const info = await inspectMedia(source).catch(() => undefined);
	if (info?.name === 'web page' || (!info && /html/.test(contentType))) {
		return refused('must be a link to a file, not to a web page', USE_FILE);
	}
	if (!info && contentType && !MEDIA_TYPES.test(contentType)) {
		return refused(`must be a link to an image or a video, not to ${contentType}`, USE_FILE);
	}
	return {
		kind: 'checked',
		url,
		contentType,
		...(info && { info }),
		...(size !== undefined && { size }),
	};
}
