/** Which links AIMLAPI can fetch. Pure. Source: https://docs.dev.runwayml.com/assets/inputs/ */

const MAX_LINK_LENGTH = 2048;

const LOCAL_NAMES = /(^|\.)(localhost|local|internal|lan|home\.arpa)$/;
const LOCAL_ADDRESSES =
	/^(0\.|10\.|127\.|169\.254\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|\[(::1?|::ffff:.*|f[cd].*|fe[89ab].*)\]$)/;

/** Whether only machines near this one can reach the host. */
export function isLocalHost(hostname: string): boolean {
	const name = hostname.replace(/\.$/, '');
	return LOCAL_NAMES.test(name) || LOCAL_ADDRESSES.test(name) || !/[.:]/.test(name);
}

/**
 * Why a link cannot be used, as the rest of a sentence that begins with the field's name, and what to
 * do instead; undefined when it can. The link itself is never repeated: it may hold a password.
 */
export function validateLink(value: unknown): { rule: string; advice: string } | undefined {
	const useFile = 'Get the file with another node and set the source to File.';
	if (typeof value !== 'string' || !URL.canParse(value)) {
		return { rule: 'must be a URL', advice: 'Enter a link that begins with https://.' };
	}
	const url = new URL(value);
	if (url.protocol !== 'https:' && url.protocol !== 'http:') {
		return { rule: 'must begin with https:// or http://', advice: useFile };
	}
	if (url.username !== '' || url.password !== '') {
		return { rule: 'must not contain a user name or password', advice: useFile };
	}
	if (value.length > MAX_LINK_LENGTH) {
		return { rule: `must have at most ${MAX_LINK_LENGTH} characters`, advice: useFile };
	}
	if (isLocalHost(url.hostname)) {
		return { rule: 'must be a public address, which AIMLAPI can reach', advice: useFile };
	}
	if (/(^|\.)(drive|docs)\.google\.com$/.test(url.hostname) && url.pathname !== '/uc') {
		return {
			rule: 'must be a link to a file, not to a Google Drive page',
			advice: 'Download the file with the Google Drive node and set the source to File.',
		};
	}
	if (
		/(^|\.)dropbox\.com$/.test(url.hostname) &&
		url.searchParams.get('dl') !== '1' &&
		url.searchParams.get('raw') !== '1'
	) {
		return {
			rule: 'must be a link to a file, not to a Dropbox page',
			advice: 'Download the file with the Dropbox node and set the source to File.',
		};
	}
	return undefined;
}
