import type { IExecuteFunctions } from 'n8n-workflow';

import { toNoResponse } from '../aimlapi/networkError';
import { own } from '../aimlapi/untrusted';
import type { Problem } from '../errors';
import { ConcurrencyLimiter } from '../limits/concurrencyLimiter';
import type { Clock } from '../time/clock';
import { inspectMedia } from './inspection/inspectMedia';
import { UNKNOWN_TYPE } from './inspection/mediaInfo';
import type { MediaInfo } from './inspection/mediaInfo';
import { hostRefusal } from './hostRefusal';
import { redirectTarget, validateLink } from './link';
import { linkRequest } from './linkRequest';
import type { HostResponse, LinkRequest } from './linkRequest';
import { isEmpty, rangeSource, sizeOf } from './rangeSource';

/** What a link leads to, according to its host. */
type LinkCheck =
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
/** What to send for a link, or why it cannot be sent any more. */
type Final = { url: string; problem?: Problem; foundAt: number };
/** The last response of a link, which is not a redirect. */
type Found = { kind: 'found'; url: string; response: HostResponse };
type Validate = (link: string) => { url: string } | Problem;

const MAX_REDIRECTS = 5;
const CHECK_TIMEOUT_MS = 5_000;
/** A host that never answers a HEAD has time left for a GET. */
const HEAD_TIMEOUT_MS = 2_000;
/** Before a host is asked again that may only be in trouble. */
const RETRY_DELAY_MS = 500;
const MAX_AT_ONCE = 20;

/** How old a check may be; an address found by redirects that expires may live shortly, or be for one use. */
const MAX_AGE_MS = 30_000;
const MAX_AGE_OF_EXPIRING_MS = 1_000;
const EXPIRING =
	/[?&](x-(amz|goog|oss|cos|obs|tos)-(expires|date)|expires?|expir(y|ation)|exp|se|oe|ex|(\w*_)?token|tempauth|(_)?jwt|sig|signature|policy|hdn\w+|verify)=/i;

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
	/**
	 * Where the redirects of a link end, for whoever sends it now: looked up again where what the check
	 * found is too old. So is a link that expires; then why it cannot be sent any more, if so. The link
	 * itself where it was not checked, or nothing is known of it.
	 */
	finalUrl(link: string): Promise<string | Problem>;
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
	const finalUrls = new Map<string, Promise<Final>>();
	const limiter = new ConcurrencyLimiter(MAX_AT_ONCE, clock);
	const request = linkRequest(helpers);

	/** Runs `work` within the limits of number and time, with requests that end with it. */
	const limited = async <T>(work: (host: Host) => Promise<T>): Promise<T | Unknown> =>
		await limiter.run(async () => {
			signal.throwIfAborted();
			const ended = new AbortController();
			const send: Host['send'] = async (url, offset) => {
				signal.throwIfAborted();
				return await request(url, ended.signal, offset);
			};
			const tooLate = async (): Promise<Unknown> => {
				await clock.sleep(CHECK_TIMEOUT_MS);
				return { kind: 'unknown', reason: 'its host did not respond within 5 seconds' };
			};
			try {
				return await Promise.race([work({ send, clock, validate }), tooLate()]);
			} catch (error) {
				signal.throwIfAborted();
				const { code, refusal } = toNoResponse(error);
				return { kind: 'unknown', reason: refusal ?? `its host is not reachable: ${code}` };
			} finally {
				ended.abort();
			}
		});

	const start = async (link: string): Promise<LinkCheck> => {
		const check = await limited(async (host) => await checkLink(link, host));
		if (check.kind === 'checked') {
			finalUrls.set(link, Promise.resolve({ url: check.url, foundAt: clock.elapsed() }));
		}
		return check;
	};

	const lookUp = async (link: string, lastUrl: string): Promise<Final> => {
		if (link === lastUrl) {
			const check = await limited(async (host) => await checkLink(link, host));
			const problem = check.kind === 'refused' ? check : undefined;
			return { url: link, problem, foundAt: clock.elapsed() };
		}
		const found = await limited(async (host) => await find(link, host));
		return { url: isFile(found) ? found.url : lastUrl, foundAt: clock.elapsed() };
	};

	return {
		check: async (link) => {
			const known = checks.get(link) ?? start(link);
			checks.set(link, known);
			return await known;
		},
		finalUrl: async (link) => {
			const known = finalUrls.get(link);
			if (!known) return link;
			const { url, problem, foundAt } = await known;
			const isRedirected = url !== link;
			const isExpiring = EXPIRING.test(url);
			const maxAgeMs = isRedirected && isExpiring ? MAX_AGE_OF_EXPIRING_MS : MAX_AGE_MS;
			const isFresh = clock.elapsed() - foundAt <= maxAgeMs;
			if (isFresh || !(isRedirected || isExpiring)) return problem ?? url;
			// Of those that wait here, the first looks it up for all.
			if (finalUrls.get(link) === known) finalUrls.set(link, lookUp(link, url));
			const latest = await (finalUrls.get(link) ?? known);
			return latest.problem ?? latest.url;
		},
	};
}

/** What a check needs to ask hosts. */
interface Host {
	send: (url: string, offset?: number) => ReturnType<LinkRequest>;
	clock: Pick<Clock, 'sleep'>;
	validate: Validate;
}

async function checkLink(link: string, host: Host): Promise<LinkCheck> {
	let found = await find(link, host);
	if (found.kind === 'found' && hostRefusal(found.response)?.isCertain === false) {
		await host.clock.sleep(RETRY_DELAY_MS);
		found = await get(link, host);
	}
	return found.kind === 'found' ? await judge(found, host) : found;
}

/**
 * A HEAD finds the way to the file. Only a GET decides against a link, because many hosts take no HEAD
 * or answer it differently, and addresses can be signed for one of the two alone.
 */
async function find(link: string, host: Host): Promise<Found | Refused | Unknown> {
	const head = await Promise.race([
		follow(link, host).catch(() => undefined),
		host.clock.sleep(HEAD_TIMEOUT_MS),
	]);
	if (head && isFile(head) && head.url !== link) {
		const found = await get(head.url, host);
		if (isFile(found)) return found;
	}
	return await get(link, host);
}

async function get(link: string, host: Host): Promise<Found | Refused | Unknown> {
	return await follow(link, { ...host, send: async (url) => await host.send(url, 0) });
}

/** Whether the host gave what can be the file. */
function isFile(found: Found | Refused | Unknown | undefined): found is Found {
	return found?.kind === 'found' && /^20[06]$/.test(String(found.response.status));
}

async function follow(link: string, { send, validate }: Host): Promise<Found | Refused | Unknown> {
	let url = link;
	/** What is wrong with where the way is now, if it does not lead on. */
	let problem: Problem | undefined;
	for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
		const response = await send(url);
		const location = own(response.headers, 'location');
		if (!/^30[12378]$/.test(String(response.status)) || typeof location !== 'string') {
			return problem ? refusedTarget(problem) : { kind: 'found', url, response };
		}
		const target = redirectTarget(location, url);
		const next = validate(target);
		// A hop by http may lead back to https.
		const hop = 'url' in next ? next : validate(target.replace(/^http:/i, 'https:'));
		problem = 'url' in next ? undefined : next;
		if (!('url' in hop)) return refusedTarget(problem ?? hop);
		url = 'url' in next ? next.url : hop.url.replace(/^https:/, 'http:');
	}
	return { kind: 'unknown', reason: 'its host redirects more than five times' };
}

function refusedTarget({ rule, advice }: Problem): Refused {
	return {
		kind: 'refused',
		rule: `is redirected to a link that cannot be used: it ${rule}`,
		advice,
	};
}

async function judge(found: Found, { send }: Host): Promise<LinkCheck> {
	const { url, response } = found;
	const { status, headers } = response;
	const refused = (rule: string, advice: string): Refused => ({ kind: 'refused', rule, advice });
	const refusal = hostRefusal(response);
	// n8n's helper asks for %27 where a query has an apostrophe, which some hosts tell apart.
	if (refusal && !/\?.*'/.test(url)) return refused(refusal.rule, refusal.advice);
	if (isEmpty(response)) return refused('points to an empty file', USE_FILE);
	if (!isFile(found)) return { kind: 'unknown', reason: `its host returned HTTP ${status}` };

	const size = sizeOf(response);
	const told = /^[\w.+-]+\/[\w.+-]+/.exec(String(own(headers, 'content-type')).trim()) ?? [''];
	const contentType = told[0].toLowerCase().replace(VAGUE_TYPES, '');
	const source = rangeSource(response, async (offset) => await send(url, offset));
	const info = await inspectMedia(source).catch(() => undefined);
	const isKnown = info !== undefined && info.name !== UNKNOWN_TYPE;
	if (info?.name === 'web page' || (!isKnown && /html/.test(contentType))) {
		return refused('must be a link to a file, not to a web page', USE_FILE);
	}
	if (!isKnown && contentType && !MEDIA_TYPES.test(contentType)) {
		return refused(`must be a link to an image or a video, not to ${contentType}`, USE_FILE);
	}
	return { kind: 'checked', url, contentType, info, size };
}
