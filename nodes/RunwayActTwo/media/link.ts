/** Which links AIMLAPI can fetch. Pure. Source: https://docs.dev.runwayml.com/assets/inputs/ */
import { own, parseUrl } from '../aimlapi/untrusted';
import type { Problem } from '../errors';
import { findPageProblem } from './pageHosts';
import { pastedLink } from './pastedLink';

const MAX_LINK_LENGTH = 2048;

const LOCAL_NAME = /(^|\.)(localhost|localdomain|local|internal|intranet|lan|home\.arpa)$/;
/** The URL parser writes every IPv4 address in this form; no name looks like it. */
const IPV4 = /^[\d.]+$/;
const LOCAL_IPV4 =
	/^(0\.|10\.|127\.|169\.254\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/;
const LOCAL_IPV6 = /^\[(::1?|::ffff:.*|f[cd].*|fe[89ab].*)\]$/;
/** As the URL parser leaves names: in lower case, other alphabets as xn--… */
const DOMAIN_NAME = /^([\w-]+\.)+[a-z][a-z\d-]*$/;

const USE_FILE = 'Get the file with another node and set the source to File.';

/** Whether only machines near this one can reach the host. */
function isLocalHost(hostname: string): boolean {
	const name = hostname.replace(/\.$/, '');
	if (IPV4.test(name)) return LOCAL_IPV4.test(name);
	return LOCAL_IPV6.test(name) || LOCAL_NAME.test(name) || !/[.:]/.test(name);
}

/** What an expression gives: a text, or attachments as Notion (a list of links) and Airtable have them. */
function linkText(value: unknown): string {
	if (Array.isArray(value)) return value.map(linkText).join('\n');
	return String(typeof value === 'string' ? value : (own(value, 'url') ?? ''));
}

/**
 * The link as it is sent, without what stands around it or shows nothing, percent-encoded where it has
 * spaces or letters outside ASCII; or what is wrong with it.
 */
export function validateLink(value: unknown): { url: string } | Problem {
	const pasted = pastedLink(linkText(value));
	if (pasted === 'several') {
		return {
			rule: 'must be one URL, not several',
			advice: 'Split them into one item each, or choose one of them.',
		};
	}
	const url = parseUrl(pasted.link);
	if (!url) return { rule: 'must be a URL', advice: 'Enter a link that begins with https://.' };
	if (url.protocol !== 'https:') {
		const advice = url.protocol === 'http:' ? 'Try the same link with https:// instead.' : USE_FILE;
		return { rule: 'must begin with https://', advice };
	}
	if (url.username !== '' || url.password !== '') {
		return { rule: 'must not contain a user name or password', advice: USE_FILE };
	}
	const host = url.hostname.replace(/\.$/, '');
	if (isLocalHost(host)) {
		return { rule: 'must be a public address, which AIMLAPI can reach', advice: USE_FILE };
	}
	if (!DOMAIN_NAME.test(host)) {
		return { rule: 'must have a domain name, not an IP address', advice: USE_FILE };
	}
	url.hostname = host;
	const sent = withApostrophes(url, pasted.link);
	if (sent.length > MAX_LINK_LENGTH) {
		return { rule: `must be at most ${MAX_LINK_LENGTH} characters long`, advice: USE_FILE };
	}
	return findPageProblem(host, url) ?? { url: sent };
}

/** Where a redirect leads; as it came where that is no URL. */
export function redirectTarget(location: string, from: string): string {
	// Node gives each byte of a header as a character, whatever the host meant by them.
	const bytes = location.replace(
		/[\u0080-\u00ff]/g,
		(byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`,
	);
	const url = parseUrl(bytes, from);
	return url ? withApostrophes(url, bytes) : location;
}

/** The URL with the apostrophes of its query as written: the parser makes them %27, which may be signed. */
function withApostrophes(url: URL, written: string): string {
	const [, query = ''] = /\?([^#]*)/.exec(written) ?? [];
	const apostrophes = query.match(/'|%27/g) ?? [];
	return url.href.replace(/(?<=\?[^#]*)%27/g, () => apostrophes.shift() ?? '%27');
}
