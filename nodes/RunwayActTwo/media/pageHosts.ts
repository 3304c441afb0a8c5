/** Services whose share links open a page instead of a file, and what to do with each. Pure. */

import type { Problem } from '../errors';

interface PageHost extends Problem {
	/** With all their subdomains. */
	hosts: string[];
	/** What the entry is about, as `host/path?query`; everything when absent. */
	only?: RegExp;
	/** What of it does lead to a file, as `host/path?query`. */
	except?: RegExp;
}

const notTo = (page: string) => `must be a link to a file, not to ${page}`;
const notOf = (service: string) =>
	`must be a link that works without a login, not one of ${service}`;
const withNode = (node: string) =>
	`Download the file with the ${node} node and set the source to File.`;

const UPLOAD =
	'Save the file and upload it to a place that gives a direct link, or add it to the workflow with another node and set the source to File.';
const OWN_FILE = `The service gives no direct link to its videos. ${UPLOAD}`;
/** The first entry that fits counts. */
const PAGE_HOSTS: PageHost[] = [
	{
		hosts: ['docs.google.com'],
		only: /^[^/]+\/(a\/[^/]+\/)?(document|spreadsheets|presentation|forms|drawings)\//,
		rule: notTo('a Google Docs page'),
		advice: 'Use a link to an image or a video file.',
	},
	{
		hosts: ['drive.google.com', 'docs.google.com'],
		except: /^[^/]+\/(u\/\d+\/)?(uc|thumbnail)\?/,
		rule: notTo('a Google Drive page'),
		advice: `${withNode('Google Drive')} Or share it with anyone who has the link and use https://drive.google.com/uc?export=download&id= followed by the file’s ID.`,
	},
	{
		hosts: ['photos.google.com', 'photos.app.goo.gl'],
		rule: notTo('a Google Photos page'),
		advice: `${UPLOAD} Google Drive is such a place.`,
	},
	{
		hosts: ['dropbox.com', 'db.tt'],
		except: /^dl\.dropbox\.com\/|[?&](dl|raw)=1(&|$)/,
		rule: notTo('a Dropbox page'),
		advice: `Change dl=0 at the end of the link to dl=1. Or: ${withNode('Dropbox')}`,
	},
	{
		hosts: ['1drv.ms', 'onedrive.live.com', 'sharepoint.com'],
		except: /^(onedrive\.live\.com|[^/]+\.sharepoint\.com\/.*_layouts\/15)\/download(\.aspx)?\?/,
		rule: notTo('a OneDrive or SharePoint page'),
		advice: withNode('Microsoft OneDrive or Microsoft SharePoint'),
	},
	{ hosts: ['icloud.com'], rule: notTo('an iCloud page'), advice: UPLOAD },
	{
		hosts: ['wetransfer.com', 'we.tl'],
		except: /^download\.wetransfer\.com\//,
		rule: notTo('a WeTransfer page'),
		advice: UPLOAD,
	},
	{
		hosts: ['slack.com', 'slack-files.com'],
		except: /^files\.slack\.com\/.*[?&]pub_secret=/,
		rule: notOf('Slack'),
		advice:
			'Download the file with the HTTP Request node and the Slack credential, and set the source to File.',
	},
	{
		hosts: ['whatsapp.com', 'whatsapp.net', 'wa.me', 'lookaside.fbsbx.com'],
		rule: notOf('WhatsApp'),
		advice:
			'Get the media’s URL with the WhatsApp Business Cloud node, download it with the HTTP Request node and the WhatsApp credential, and set the source to File.',
	},
	{
		hosts: ['api.telegram.org'],
		rule: 'must not be a link of the Telegram Bot API, because it holds the token of the bot',
		advice:
			'Download the file with the Telegram node (resource File, operation Get, Download on) and set the source to File.',
	},
	{
		hosts: ['t.me', 'telegram.me', 'telegram.org'],
		rule: notTo('a Telegram page'),
		advice: withNode('Telegram'),
	},
	{
		hosts: ['youtube.com', 'youtu.be', 'youtube-nocookie.com'],
		rule: notTo('a YouTube page'),
		advice: OWN_FILE,
	},
	{
		hosts: ['vimeo.com'],
		except: /^player\.vimeo\.com\/(external|progressive_redirect)\//,
		rule: notTo('a Vimeo page'),
		advice: OWN_FILE,
	},
	{ hosts: ['tiktok.com'], rule: notTo('a TikTok page'), advice: OWN_FILE },
	{ hosts: ['instagram.com', 'instagr.am'], rule: notTo('an Instagram page'), advice: OWN_FILE },
	{
		hosts: ['facebook.com', 'fb.watch', 'fb.com'],
		rule: notTo('a Facebook page'),
		advice: OWN_FILE,
	},
	{ hosts: ['x.com', 'twitter.com'], rule: notTo('a page of X'), advice: OWN_FILE },
	{
		hosts: ['github.com'],
		only: /^(www\.)?github\.com\/([^/]+(\/[^/]+(\/(blob|tree)\/.*)?)?)?\/?(\?.*)?$/,
		except: /\?(.*&)?raw=(1|true)(&|$)/,
		rule: notTo('a GitHub page'),
		advice: 'Open the file on GitHub and copy the link of its button Raw.',
	},
	{
		hosts: [
			'accounts.google.com',
			'login.microsoftonline.com',
			'login.live.com',
			'idmsa.apple.com',
			'okta.com',
			'auth0.com',
			'cloudflareaccess.com',
		],
		rule: notTo('a login page'),
		advice:
			'Share the file with anyone who has the link, or get it with another node and set the source to File.',
	},
];

/**
 * What is wrong with a link to a page of a well-known service, or undefined.
 * @param host in lower case, without a dot at its end
 */
export function findPageProblem(host: string, { pathname, search }: URL): Problem | undefined {
	const address = `${host}${pathname}${search}`;
	const found = PAGE_HOSTS.find(
		({ hosts, only }) =>
			hosts.some((name) => host === name || host.endsWith(`.${name}`)) &&
			only?.test(address) !== false,
	);
	if (!found || found.except?.test(address)) return undefined;
	return { rule: found.rule, advice: found.advice };
}
