/** Which links AIMLAPI can fetch. Pure. Source: https://docs.dev.runwayml.com/assets/inputs/ */
import { parseUrl } from '../aimlapi/untrusted';
import type { Problem } from '../errors';
import { findPageProblem } from './pageHosts';

const MAX_LINK_LENGTH = 2048;

const LOCAL_NAMES = /(^|\.)(localhost|localdomain|local|internal|intranet|lan|home\.arpa)$/;
const LOCAL_ADDRESSES =
	/^(0\.|10\.|127\.|169\.254\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|\[(::1?|::ffff:.*|f[cd].*|fe[89ab].*)\]$)/;
/** As the URL parser leaves names: in lower case, other alphabets as xn--… */
const DOMAIN_NAME = /^([a-z\d_]([\w-]*[a-z\d_])?\.)+[a-z]([a-z\d-]*[a-z\d])?$/;

const USE_FILE = 'Get the file with another node and set the source to File.';

/** Whether only machines near this one can reach the host. */
export function isLocalHost(hostname: string): boolean {
	const name = hostname.replace(/\.$/, '');
	return LOCAL_NAMES.test(name) || LOCAL_ADDRESSES.test(name) || !/[.:]/.test(name);
}

/**
 * The link as it is sent, percent-encoded where it has spaces or letters outside ASCII; or what is
 * wrong with it.
 */
export function validateLink(value: unknown): { url: string } | Problem {
	const url = typeof value === 'string' ? parseUrl(value) : undefined;
	if (!url) return { rule: 'must be a URL', advice: 'Enter a link that begins with https://.' };
	if (url.protocol !== 'https:') {
		const advice =
			url.protocol === 'http:'
				? 'Most hosts give the same file when the link begins with https://.'
				: USE_FILE;
		return { rule: 'must begin with https://', advice };
	}
	if (url.username !== '' || url.password !== '') {
		return { rule: 'must not contain a user name or password', advice: USE_FILE };
	}
	if (url.href.length > MAX_LINK_LENGTH) {
		return { rule: `must have at most ${MAX_LINK_LENGTH} characters`, advice: USE_FILE };
	}
	const host = url.hostname.replace(/\.$/, '');
	if (isLocalHost(host)) {
		return { rule: 'must be a public address, which AIMLAPI can reach', advice: USE_FILE };
	}
	if (!DOMAIN_NAME.test(host)) {
		return { rule: 'must have a domain name, not an IP address', advice: USE_FILE };
	}
	url.hostname = host;
	return findPageProblem(host, url) ?? { url: url.href };
}
