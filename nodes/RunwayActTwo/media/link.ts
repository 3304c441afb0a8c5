/** Which links AIMLAPI can fetch. Pure. Source: https://docs.dev.runwayml.com/assets/inputs/ */

const MAX_LINK_LENGTH = 2048;

const LOCAL_NAMES = /(^|\.)(localhost|local|internal|lan|home\.arpa)$/;
const LOCAL_ADDRESSES =
	/^(0\.|10\.|127\.|169\.254\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|\[(::1?|::ffff:.*|f[cd].*|fe[89ab].*)\]$)/;
const IP_ADDRESS = /^([\d.]+|\[.*\])$/;

const USE_FILE = 'Get the file with another node and set the source to File.';
const withNode = (node: string) =>
	`Download the file with the ${node} node and set the source to File.`;

/** Hosts whose links are pages and not files, and what to do instead. The first that fits counts. */
const PAGES: Array<{
	host: RegExp;
	name: string;
	advice: string;
	/** Links of the host that are files all the same. */
	isFile?: (url: URL) => boolean;
}> = [
	{
		host: /^(drive|docs)\.google\.com$/,
		name: 'Google Drive',
		advice: withNode('Google Drive'),
		isFile: ({ pathname }) => pathname === '/uc' || pathname === '/download',
	},
	{ host: /^photos\.(google\.com|app\.goo\.gl)$/, name: 'Google Photos', advice: USE_FILE },
	{
		host: /(^|\.)dropbox\.com$|^db\.tt$/,
		name: 'Dropbox',
		advice: `Change dl=0 at the end of the link to dl=1. Or: ${withNode('Dropbox')}`,
		isFile: ({ searchParams }) => searchParams.get('dl') === '1' || searchParams.get('raw') === '1',
	},
	{
		host: /^1drv\.ms$|(^|\.)onedrive\.(live\.)?com$|(^|\.)sharepoint\.com$/,
		name: 'OneDrive',
		advice: withNode('Microsoft OneDrive'),
		isFile: ({ searchParams }) => searchParams.get('download') === '1',
	},
	{ host: /(^|\.)icloud\.com$/, name: 'iCloud', advice: USE_FILE },
	{ host: /(^|\.)wetransfer\.com$|^we\.tl$/, name: 'WeTransfer', advice: USE_FILE },
	{ host: /(^|\.)slack\.com$/, name: 'Slack', advice: withNode('Slack') },
	{ host: /(^|\.)whatsapp\.(com|net)$|^wa\.me$/, name: 'WhatsApp', advice: withNode('WhatsApp') },
	{
		host: /(^|\.)telegram\.(org|me)$|^t\.me$/,
		name: 'Telegram',
		advice: `${withNode('Telegram')} Its file links contain the token of your bot.`,
	},
	{ host: /(^|\.)youtube(-nocookie)?\.com$|^youtu\.be$/, name: 'YouTube', advice: USE_FILE },
	{ host: /(^|\.)vimeo\.com$/, name: 'Vimeo', advice: USE_FILE },
	{ host: /(^|\.)tiktok\.com$/, name: 'TikTok', advice: USE_FILE },
	{ host: /(^|\.)instagram\.com$|^instagr\.am$/, name: 'Instagram', advice: USE_FILE },
	{ host: /(^|\.)facebook\.com$|^fb\.watch$/, name: 'Facebook', advice: USE_FILE },
	{ host: /^(www\.|mobile\.)?(x|twitter)\.com$/, name: 'X', advice: USE_FILE },
	{
		host: /^(www\.|gist\.)?github\.com$/,
		name: 'GitHub',
		advice: 'Use the link of the button Raw, which begins with https://raw.githubusercontent.com.',
		isFile: ({ pathname }) => /\/(raw|releases\/download|user-attachments)\//.test(pathname),
	},
];

/** Why a link cannot be used, as the rest of a sentence that begins with the field's name. */
export interface LinkProblem {
	rule: string;
	advice: string;
}

/** Whether only machines near this one can reach the host. */
export function isLocalHost(hostname: string): boolean {
	const name = hostname.replace(/\.$/, '');
	return LOCAL_NAMES.test(name) || LOCAL_ADDRESSES.test(name) || !/[.:]/.test(name);
}

/**
 * Checks a link by its text alone: https, a public domain name, at most 2048 characters, no page of a
 * service. A refused link is never repeated: it may hold a password or a token.
 * @returns the link, percent-encoded where it needs to be, or why it cannot be used
 */
export function validateLink(value: unknown): { url: string } | LinkProblem {
	const text = typeof value === 'string' ? value.trim() : '';
	if (!URL.canParse(text)) {
		return { rule: 'must be a URL', advice: 'Enter a link that begins with https://.' };
	}
	const url = new URL(text);
	const isHttp = url.protocol === 'http:';
	if (url.protocol !== 'https:' && !isHttp) {
		return { rule: 'must begin with https://', advice: USE_FILE };
	}
	if (url.username !== '' || url.password !== '') {
		return { rule: 'must not contain a user name or password', advice: USE_FILE };
	}
	if (isLocalHost(url.hostname)) {
		return { rule: 'must be a public address, which AIMLAPI can reach', advice: USE_FILE };
	}
	if (IP_ADDRESS.test(url.hostname)) {
		return { rule: 'must have a domain name, not an IP address', advice: USE_FILE };
	}
	if (isHttp) {
		return {
			rule: 'must begin with https://',
			advice: `Most hosts offer https too. Otherwise: ${USE_FILE}`,
		};
	}
	if (url.href.length > MAX_LINK_LENGTH) {
		return { rule: `must have at most ${MAX_LINK_LENGTH} characters`, advice: USE_FILE };
	}
	const host = url.hostname.replace(/\.$/, '');
	const page = PAGES.find((candidate) => candidate.host.test(host));
	if (page && !page.isFile?.(url)) {
		return {
			rule: `must be a link to a file, not to a page of ${page.name}`,
			advice: page.advice,
		};
	}
	return { url: url.href };
}
