import type { CharacterType } from '../aimlapi/contract';
import { toNoResponse } from '../aimlapi/networkError';
import { own, readAmount } from '../aimlapi/untrusted';
import type { Clock } from '../polling/clock';
import { validateLink } from './link';
import type { HostResponse, LinkRequest } from './linkRequest';
import type { LinkProblem } from './pageHosts';
import { partOf, rangeSource } from './rangeSource';
import type { ByteSource, Range } from './rangeSource';

const TIMEOUT_MS = 5_000;
const MAX_AT_ONCE = 20;
const MAX_REDIRECTS = 5;
/** Of a type in a message. */
const MAX_TYPE_LENGTH = 60;
const START: Range = { offset: 0, length: 65_536 };

const MIB = 1024 * 1024;
/** Runway's rules by URL, limits in bytes: https://docs.dev.runwayml.com/assets/inputs/ */
const TAKEN = {
	image: { noun: 'an image (JPEG, PNG or WebP)', maxBytes: 16 * MIB, type: /^image\// },
	video: {
		noun: 'a video (MP4, MOV, WebM, MKV or OGV)',
		maxBytes: 32 * MIB,
		type: /^(video\/|application\/(mp4|ogg|x-matroska)$)/,
	},
};
const OTHER_FORMATS =
	/^(image\/(gif|hei[cf]|avif|svg|tiff|bmp|x-)|video\/((x-)?(ms)?video|avi|x-ms-|x-flv|mp2t))/;
const PAGE_TYPES = /^(text\/html|application\/xhtml\+xml)$/;
/** Types that do not say what the file is. */
const VAGUE_TYPES =
	/^(multipart\/|(application|binary)\/(x-)?(octet-stream|binary|download|force-download|unknown)$)/;

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const PRIVATE = new Set([401, 403]);
const MISSING = new Set([404, 410]);

const USE_FILE = 'get the file with another node and set the source to File.';
const TRY_IT = `Open the link in a private window of a browser: it must give the file itself. Or ${USE_FILE}`;

export type LinkCheck<Media> =
	| {
			kind: 'ok';
			/** Where the redirects of the link end, or the link itself. */
			url: string;
			/** In lower case, without parameters. */
			contentType?: string;
			/** In bytes. */
			size?: number;
			/** What the file is, where the host serves ranges and the inspection could tell. */
			media?: Media;
			/** Why it may be refused all the same, as the rest of a sentence like `rule`. */
			hint?: string;
	  }
	| Refused
	| Unknown;

type Refused = { kind: 'refused' } & LinkProblem;
/** The reason is the rest of a sentence: "The link was not checked, because …". */
type Unknown = { kind: 'unknown'; reason: string };
type Probe<Media> = Found<Media> | Refused | Unknown;
type Found<Media> = { kind: 'found'; url: string; response: HostResponse; media?: Media };

/** Asks whether a link can serve as `type`. Rejects only when the execution is stopped. */
export type CheckLink<Media> = (url: string, type: CharacterType) => Promise<LinkCheck<Media>>;

interface Options<Media> {
	request: LinkRequest;
	clock: Pick<Clock, 'sleep'>;
	/** Of the execution. */
	signal: AbortSignal;
	/** Reads what a file is from some of its bytes; may reject. */
	inspect: (source: ByteSource) => Promise<Media | undefined>;
	/** The rules that every address must keep to which a link redirects. */
	validate?: typeof validateLink;
}

/**
 * Asks each distinct link once, 20 of them side by side, each for at most 5 s and 512 kB. A HEAD finds
 * the way to the file; only a GET decides against a link, because many hosts take no HEAD, or answer
 * one differently.
 */
export function linkChecker<Media>(options: Options<Media>): CheckLink<Media> {
	const probes = new Map<string, Promise<Probe<Media>>>();
	const inTurn = limitTo(MAX_AT_ONCE);
	return async (url, type) => {
		const probe = probes.get(url) ?? inTurn(async () => await probeLink(url, options));
		probes.set(url, probe);
		const result = await probe;
		return result.kind === 'found' ? judge(result, type) : result;
	};
}

function limitTo(max: number): <T>(work: () => Promise<T>) => Promise<T> {
	const waiting: Array<() => void> = [];
	let active = 0;
	return async (work) => {
		if (active < max) active++;
		else await new Promise<void>((resolve) => waiting.push(resolve));
		try {
			return await work();
		} finally {
			const next = waiting.shift();
			if (next) next();
			else active--;
		}
	};
}

async function probeLink<Media>(
	link: string,
	{ request, clock, signal, inspect, validate = validateLink }: Options<Media>,
): Promise<Probe<Media>> {
	signal.throwIfAborted();
	const ended = new AbortController();
	const head = async (url: string) => await request({ method: 'HEAD', url }, ended.signal);
	const get = async (url: string, range: Range) =>
		await request({ method: 'GET', url, range }, ended.signal);
	let found: Probe<Media> | undefined;

	const work = async (): Promise<void> => {
		const way = await follow(link, head, validate).catch(() => undefined);
		const start = async (url: string) =>
			await follow(url, async (to) => await get(to, START), validate);
		let end: Probe<Media> | undefined;
		// The end of the way may be for a HEAD only, as signed addresses can be.
		if (isFile(way) && way.url !== link) end = await start(way.url);
		if (!isFile(end)) end = await start(link);
		found = end;
		if (!isFile(end)) return;
		const { url, response } = end;
		const source = rangeSource(response, START, async (range) => await get(url, range));
		const media = source && (await inspect(source).catch(() => undefined));
		if (media !== undefined) found = { ...end, media };
	};
	try {
		await Promise.race([work(), clock.sleep(TIMEOUT_MS)]);
		return found ?? unknown(`the host took longer than ${TIMEOUT_MS / 1000} seconds`);
	} catch (error) {
		signal.throwIfAborted();
		const { refusal, code } = toNoResponse(error);
		return unknown(refusal ?? `n8n got no answer from the host (${code})`);
	} finally {
		ended.abort();
	}
}

const unknown = (reason: string): Unknown => ({ kind: 'unknown', reason });
const refused = (rule: string, advice: string): Refused => ({ kind: 'refused', rule, advice });

/** Whether the host gave a body that can be the file. */
function isFile<Media>(probe: Probe<Media> | undefined): probe is Found<Media> {
	return (
		probe?.kind === 'found' && (probe.response.status === 200 || probe.response.status === 206)
	);
}

async function follow(
	link: string,
	ask: (url: string) => Promise<HostResponse>,
	validate: typeof validateLink,
): Promise<Found<never> | Refused> {
	let url = link;
	for (let redirects = 0; ; redirects++) {
		const response = await ask(url);
		const location = own(response.headers, 'location');
		if (!REDIRECTS.has(response.status) || typeof location !== 'string') {
			return { kind: 'found', url, response };
		}
		if (redirects === MAX_REDIRECTS) {
			return refused(`must not redirect more than ${MAX_REDIRECTS} times`, TRY_IT);
		}
		const next = validate(URL.canParse(location, url) ? new URL(location, url).href : location);
		if ('rule' in next) {
			const rule = `redirects to an address that cannot be used: it ${next.rule}`;
			return refused(rule, next.advice);
		}
		url = next.url;
	}
}

function judge<Media>(
	{ url, response, media }: Found<Media>,
	type: CharacterType,
): LinkCheck<Media> {
	const { status, headers } = response;
	const { noun, maxBytes, type: takenType } = TAKEN[type];
	if (PRIVATE.has(status)) {
		return refused(`must be a link that anyone can open: the host answered HTTP ${status}`, TRY_IT);
	}
	if (MISSING.has(status)) {
		return refused(`must lead to a file: the host answered HTTP ${status}`, TRY_IT);
	}
	if (status !== 200 && status !== 206) return unknown(`the host answered HTTP ${status}`);

	const contentType = /^[\w.+-]+\/[\w.+-]+/
		.exec(String(own(headers, 'content-type')).trim())?.[0]
		.toLowerCase()
		.slice(0, MAX_TYPE_LENGTH);
	const isVague = contentType === undefined || VAGUE_TYPES.test(contentType);
	if (!isVague && PAGE_TYPES.test(contentType)) {
		return refused('must be a link to a file, not to a web page', TRY_IT);
	}
	if (!isVague && (!takenType.test(contentType) || OTHER_FORMATS.test(contentType))) {
		return refused(`must be a link to ${noun}: the host says that it is ${contentType}`, TRY_IT);
	}
	const size = sizeOf(response);
	if (size === 0) return refused('must not be an empty file', TRY_IT);
	if (size !== undefined && size > maxBytes) {
		const megabytes = Math.ceil((size / MIB) * 10) / 10;
		return refused(
			`must be a file of at most ${maxBytes / MIB} MB: this one has ${megabytes} MB`,
			'Make the file smaller or shorter.',
		);
	}
	return {
		kind: 'ok',
		url,
		...(contentType !== undefined && { contentType }),
		...(size !== undefined && { size }),
		...(media !== undefined && { media }),
		...(isVague && {
			hint: `is served ${contentType ? `as ${contentType}` : 'without a type'}, which Runway may refuse: the host should say that it is ${noun}`,
		}),
	};
}

/** In bytes, of the whole file. */
function sizeOf(response: HostResponse): number | undefined {
	if (response.status === 206) return partOf(response)?.size;
	return readAmount(own(response.headers, 'content-length'));
}
