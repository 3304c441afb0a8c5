/** What a host says by not giving a file. Pure. */
import type { Problem } from '../errors';
import { own } from '../aimlapi/untrusted';
import type { HostResponse } from './linkRequest';

interface HostRefusal extends Problem {
	/** Whether its status says so; else its words do, which may be about the host's own trouble. */
	isCertain: boolean;
}

const BY_STATUS: Record<number, string> = {
	401: 'requires a login',
	403: 'is not public',
	404: 'was not found',
	410: 'no longer exists',
};
/** The rest of 4xx and 5xx: only of a proxy, of the time it takes, or of too many requests. */
const OTHER_STATUS = /^(?!407|408|425|429)[45]\d\d$/;

const MAKE_PUBLIC =
	'Make the link public, or get the file with another node and set the source to File.';
const OTHER_LINK = 'Get a new link, or get the file with another node and set the source to File.';
const TURN_OFF =
	"If the link opens in a private browser window, its host may refuse n8n alone: then turn off the option 'Check Links'.";

/**
 * How storage names an object that is missing, forbidden, or no longer to be had by this link: Amazon S3
 * and its likes, Google Cloud Storage, Azure, Supabase, Firebase, Dropbox, Facebook's and Discord's hosts.
 */
const WORDS: Array<[words: RegExp, what: string]> = [
	[
		/(request|token|link|url|signature|jwt|policy|key)( has| is| was)?( already)? expired|expired(token|request|link|signature)|(token|request|link|url|signature)_?expired|not valid in the specified time frame|no longer available/i,
		'has expired',
	],
	[
		/nosuch(key|bucket|version|object|file)|(blob|container|resource|object|key|file|bucket|asset|image|video|media|item|link|path|share)[ _/-]?(was |is |does )?not[ _]?(found|exist)|"(statusCode|status|code)"\s*:\s*"?(404|410)\b|"error"\s*:\s*"not_?found"/i,
		'was not found',
	],
	[
		/access ?denied|signature ?does ?not ?match|invalid ?(signature|token|jwt|access ?key|credential)|(signature|token|jwt) (is )?(invalid|not valid|mismatch)|(authentication|authorization) ?(failed|failure|required|QueryParametersError)|public ?access ?(is )?not ?permitted|NoAuthenticationInformation|AllAccessDisabled|AccountIsDisabled|permission ?denied|unauthorized|"(statusCode|status|code)"\s*:\s*"?(401|403)\b/i,
		'is not public',
	],
];

/** Why the host does not give the file, or undefined where it may give it at another time. */
export function hostRefusal({ status, headers, body }: HostResponse): HostRefusal | undefined {
	if (!OTHER_STATUS.test(String(status))) return undefined;
	const said = body.toString('utf8');
	// A page says things about much else.
	const isPage =
		/html/i.test(String(own(headers, 'content-type'))) || /^\s*<(!doctype|html)/i.test(said);
	const [, named] = (!isPage && WORDS.find(([words]) => words.test(said))) || [];
	const what = named === 'has expired' ? named : (BY_STATUS[status] ?? named);
	if (what === undefined) return undefined;
	const advice = /expired|found|exists/.test(what) ? OTHER_LINK : MAKE_PUBLIC;
	return {
		isCertain: status in BY_STATUS,
		rule: `${what} (HTTP ${status})`,
		// What storage forbids, it forbids everybody; a firewall may refuse only programs.
		advice: status === 403 && named === undefined ? `${advice} ${TURN_OFF}` : advice,
	};
}
