/**
 * Addresses of well-known services that give a page, or nothing without a login, and what to do with
 * each. Only such are listed: whatever else a service has at its hosts may be a file. Pure.
 */

import type { Problem } from '../errors';

/** What is wrong with such addresses, what to do, and what they are, in the form `host/path?query`. */
type Pages = [rule: string, advice: string, ...addresses: RegExp[]];

const notTo = (page: string) => `must be a link to a file, not to ${page}`;
const notOf = (service: string) =>
	`must be a link that works without a login, not one of ${service}`;
const withNode = (node: string) =>
	`Download the file with the ${node} node and set the source to File.`;

const UPLOAD =
	'Save the file and upload it to a place that gives a direct link, or add it to the workflow with another node and set the source to File.';
const OWN_FILE = `The service gives no direct link to its videos. ${UPLOAD}`;
/** The first entry that fits counts. */
const PAGES: Pages[] = [
	// Exports, and published drawings, are files.
	[
		notTo('a Google Docs page'),
		'Use a link to an image or a video file.',
		/^docs\.google\.com\/(a\/[^/]+\/)?(u\/\d+\/)?(document|spreadsheets|presentation|forms|drawings)(\/u\/\d+)?(\/d(\/e)?\/[^/?]+)?(\/(edit|view|preview|copy|present|embed|htmlpresent|htmlview|htmlembed|mobilebasic|mobilepresent|pubhtml|pubembed|viewform|viewanalytics|formResponse)?)?(\?|$)/,
		/^docs\.google\.com\/(a\/[^/]+\/)?(document|spreadsheets|presentation)\/.*\/pub(\?|$)/,
	],
	[
		notTo('a Google Drive page'),
		`${withNode('Google Drive')} Or share it with anyone who has the link and use https://drive.google.com/uc?export=download&id= followed by the file’s ID.`,
		/^(drive|docs)\.google\.com\/(a\/[^/]+\/)?((drive\/)?u\/\d+\/)?(file|open|leaf|drive|folders|folderview|embeddedfolderview|viewer|gview|start)?([/?]|$)/,
	],
	[
		notTo('a Google Photos page'),
		`${UPLOAD} Google Drive is such a place.`,
		/^photos\.(google\.com|app\.goo\.gl)\//,
	],
	[
		notTo('a Dropbox page'),
		`Change dl=0 at the end of the link to dl=1. Or: ${withNode('Dropbox')}`,
		/^((www|m)\.)?dropbox\.com\/(s\/(?!(dl|raw)\/)|(scl|sh|t|l|home|preview|request|transfer)?(?=[/?]|$))(?!.*[?&](dl|raw)=1(&|$))/,
		/^(paper|capture|replay)\.dropbox\.com\//,
		/^db\.tt\//,
	],
	[
		notTo('a OneDrive or SharePoint page'),
		withNode('Microsoft OneDrive or Microsoft SharePoint'),
		/^(1drv\.ms|photos\.onedrive\.com)\/(?!.*[?&]download=1(&|$))/,
		/^onedrive\.live\.com\/((embed|redir|view|edit|photos|about)(\.aspx)?)?(?=[/?]|$)(?!.*[?&]download=1(&|$))/,
		/^[\w-]+\.sharepoint\.com\/(:\w:|.*_layouts\/15\/(onedrive|stream|embed|guestaccess|doc|AccessDenied)\.aspx|$)(?!.*[?&]download=1(&|$))/i,
	],
	[notTo('an iCloud page'), UPLOAD, /^((www|share|photos)\.)?icloud\.com\//],
	[
		notTo('a WeTransfer page'),
		UPLOAD,
		/^we\.tl\//,
		/^(www\.)?wetransfer\.com\//,
		/^[\w-]+\.wetransfer\.com\/downloads\//,
	],
	[
		notOf('Slack'),
		'Download the file with the HTTP Request node and the Slack credential, and set the source to File.',
		/^files\.slack\.com\/(?!.*[?&](pub_secret|t)=)/,
		/^([\w-]+\.)?slack\.com\/(files|archives|client|canvas|docs|messages)\//,
		/^slack-files\.com\/[TE]\w+-F/,
	],
	// Media that users send are stored encrypted, those of businesses need a token.
	[
		notOf('WhatsApp'),
		'Get the media’s URL with the WhatsApp Business Cloud node, download it with the HTTP Request node and the WhatsApp credential, and set the source to File.',
		/^wa\.me\//,
		/^((www|web|api|chat|faq)\.)?whatsapp\.com\//,
		/^mmg[\w-]*\.whatsapp\.net\/.*\.enc(\?|$)/,
		/^lookaside\.fbsbx\.com\/whatsapp_business\//,
	],
	// By its path, which is the same at Telegram and at a server of one's own.
	[
		'must not be a link of the Telegram Bot API, because it contains the token of the bot',
		'Download the file with the Telegram node (resource File, operation Get, Download on) and set the source to File.',
		/^[^/]+(\/[^?]*)?\/file\/bot\d+(:|%3A)[^/]+\//i,
		/^[^/]+\/bot\d{6,}(:|%3A)[\w-]{30,}\//i,
	],
	[
		notTo('a Telegram page'),
		withNode('Telegram'),
		/^([\w-]+\.)?(t|telegram)\.me\/(?!i\/userpic\/)/,
		/^web\.telegram\.org\//,
	],
	[
		notTo('a YouTube page'),
		OWN_FILE,
		/^((www|m|music)\.)?youtube(-nocookie)?\.com\/(watch|shorts|live|embed|v|e|playlist|channel|c|user|clip|post|results|feed|attribution_link)?([/?]|$)/,
		/^((www|m|music)\.)?youtube\.com\/@/,
		/^youtu\.be\//,
	],
	[
		notTo('a Vimeo page'),
		OWN_FILE,
		/^(www\.)?vimeo\.com\//,
		/^player\.vimeo\.com\/video\/\d+(\/?\?|\/?$)/,
	],
	[
		notTo('a TikTok page'),
		OWN_FILE,
		/^v[mt]\.tiktok\.com\//,
		/^((www|m)\.)?tiktok\.com\/(@.*|(t|v|embed|video|share|tag|music|discover|foryou)(\/.*|\?.*)?|\?.*)?$/,
	],
	[
		notTo('an Instagram page'),
		OWN_FILE,
		/^((www|m)\.)?instagram\.com\/([\w.]+\/)?(p|reels?|tv|stories|share|explore|accounts)\/(?![\w-]+\/media\/?(\?|$))/,
		/^((www|m)\.)?instagram\.com\/[\w.]*\/?(\?|$)/,
		/^instagr\.am\//,
	],
	[
		notTo('a Facebook page'),
		OWN_FILE,
		/^((www|m|web|mbasic|touch|[a-z]{2}-[a-z]{2})\.)?facebook\.com\/(watch|reels?|share|stories|story\.php|photos?|photo\.php|videos?|video\.php|groups|events|marketplace|login|permalink\.php|profile\.php|plugins)([/?]|$)/,
		/^((www|m|web|mbasic|touch|[a-z]{2}-[a-z]{2})\.)?facebook\.com\/([\w.]*\/?(\?|$)|[\w.]+\/(videos|photos|posts|reels)\/)/,
		/^fb\.watch\//,
	],
	[
		notTo('a page of X'),
		OWN_FILE,
		/^((www|m|mobile)\.)?(x|twitter)\.com\/(\w+\/status(es)?\/.*|i\/.*|\w*\/?(\?.*)?)$/,
	],
	[
		notTo('a GitHub page'),
		'Open the file on GitHub and copy the link of its button Raw.',
		/^(www\.)?github\.com\/([\w-]+(\/[\w.-]+(?<!\.(png|jpe?g|gif|webp|svg)))?)?\/?(\?|$)/i,
		/^(www\.)?github\.com\/[\w-]+\/[\w.-]+\/(blob|tree)\/(?!.*\?(.*&)?raw=(1|true)(&|$))/,
	],
	[
		notTo('a login page'),
		'Share the file with anyone who has the link, or get it with another node and set the source to File.',
		/^(accounts\.google|login\.microsoftonline|login\.live|idmsa\.apple)\.com\//,
		/^[\w-]+\.okta(preview)?\.com\/(app|login|oauth2|signin|sso)([/?]|$)/,
		/^[\w.-]+\.auth0\.com\/(authorize|login|u|samlp)([/?]|$)/,
		/^[\w-]+\.cloudflareaccess\.com\/cdn-cgi\/access\//,
	],
];

/**
 * What is wrong with a link to a page of a well-known service, or undefined.
 * @param host in lower case, without a dot at its end
 */
export function findPageProblem(host: string, { pathname, search }: URL): Problem | undefined {
	const address = `${host}${pathname}${search}`;
	const found = PAGES.find(([, , ...pages]) => pages.some((page) => page.test(address)));
	return found && { rule: found[0], advice: found[1] };
}
