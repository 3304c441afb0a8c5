/** The link in what was pasted or what an expression gives, freed of all that is not part of it. Pure. */

/** What shows nothing at either end. */
const BLANK_ENDS = /^[\s\p{Cc}\p{Cf}]+|[\s\p{Cc}\p{Cf}]+$/gu;
/**
 * Soft hyphens, zero-width spaces, byte order marks, marks of direction, line breaks and other control
 * characters. Those that join letters of some scripts, or emoji, stay between such: they may be part of a
 * file's name.
 */
const INVISIBLE =
	/\s*[\r\n\u2028\u2029]+\s*|(?![\u200c\u200d])[\p{Cc}\p{Cf}]|(?<![^\0-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\0-\x7f])/gu;
/** What stands around a link in texts, tables, code, lists and chats. */
const AROUND = [
	/^["“”„](.*)["“”]$/su,
	/^['‘’‚](.*)['‘’]$/su,
	/^[«»](.*)[«»]$/su,
	/^`+([^`]*)`+$/su,
	/^\((.*)\)$/su,
	/^\[(.*)\]$/su,
	// Slack puts the text of a link behind a bar.
	/^<([^|<>]*)(?:\|[^<>]*)?>$/su,
	// Markdown.
	/^!?\[.*?\]\((https?:\S*)\)$/isu,
	// A label: “Link: https://…”
	/^[\p{L} ]{1,30}(?::\s+|：\s*)(https?:.*)$/isu,
];
/** What separates links: a comma alone only after the name of a file, as some links hold others. */
const BETWEEN =
	/["”']?\s*[,;|]*\s+["“']?(?=https?:\/\/)|["”'][,;|]["“'](?=https?:\/\/)|(?<=^[^?]*\.\w{3,4})[,;|](?=https?:\/\/)/iu;

/** The one link of a text; “several” where there are different ones; a text that is no link, as it is. */
export function pastedLink(text: string): { link: string } | 'several' {
	const inner = unwrap(text);
	const links = inner.split(BETWEEN).map(unwrap);
	if (!links.every((link) => /^https?:\/\//i.test(link))) return { link: visible(inner) };
	return new Set(links).size === 1 ? { link: visible(links[0]) } : 'several';
}

function unwrap(text: string): string {
	const bare = text.replace(BLANK_ENDS, '');
	for (const around of AROUND) {
		const [, inner] = around.exec(bare) ?? [];
		if (inner !== undefined) return unwrap(inner);
	}
	return bare;
}

function visible(text: string): string {
	// A no-break space may be part of a file's name, but of no host's.
	return text
		.replace(INVISIBLE, '')
		.replace(/^[^/]*\/\/[^/]*/, (start) => start.replace(/\u00a0/g, ''));
}
