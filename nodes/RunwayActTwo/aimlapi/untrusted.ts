/** Reading what a server sent without trusting any of it. Pure. */

const MAX_TEXT_LENGTH = 500;
const MAX_ID_LENGTH = 200;

/**
 * Server text made fit to show: markup and control characters out, white space folded, at most
 * 500 characters. Anything that is not text becomes an empty string.
 */
export function plainText(value: unknown): string {
	if (typeof value !== 'string') return '';
	return value
		.slice(0, MAX_TEXT_LENGTH * 8)
		.replace(/<[^>]*>/g, ' ')
		.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
		.trim()
		.slice(0, MAX_TEXT_LENGTH);
}

/** A pasted text without the space around it and without the characters in it that show nothing. */
export function visibleText(text: string): string {
	return text.replace(/[\p{Cc}\p{Cf}]/gu, '').trim();
}

/** An own property of an untrusted value, or undefined: nothing inherited is ever read. */
export function own(value: unknown, key: string): unknown {
	return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
		? (value as Record<string, unknown>)[key]
		: undefined;
}

const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;

/**
 * The parsed JSON, or undefined where the text is none. Whole numbers of 16 digits and more, which IDs
 * may be, become texts, so that no digit is lost.
 */
export function parseJson(text: string): unknown {
	const exact = text.replace(STRING_OR_NUMBER, (part) =>
		/^-?\d{16,}$/.test(part) ? `"${part}"` : part,
	);
	try {
		return JSON.parse(exact);
	} catch {
		return undefined;
	}
}

/**
 * The parsed URL, or undefined where the text is none. Not by `URL.canParse`, which Node 20 answers
 * wrongly for letters outside ASCII once it has been called often.
 */
export function parseUrl(text: string, base?: string): URL | undefined {
	try {
		return new URL(text, base);
	} catch {
		return undefined;
	}
}

/**
 * An ID as its text, the space around it removed. IDs are opaque: on AIMLAPI's gateway they are UUIDs,
 * `<uuid>:<vendor>/<model>`, nanoids or numbers.
 * @returns undefined when it is not a text or whole number of 1 to 200 characters, none of them a control
 *   character
 */
export function readId(value: unknown): string | undefined {
	const id =
		typeof value === 'string' ? value.trim() : Number.isSafeInteger(value) ? String(value) : '';
	return id.length > 0 && id.length <= MAX_ID_LENGTH && !/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u.test(id)
		? id
		: undefined;
}

/** A number of at least 0, also where it came as text, as in headers. */
export function readAmount(value: unknown): number | undefined {
	const amount = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	return typeof amount === 'number' && Number.isFinite(amount) && amount >= 0 ? amount : undefined;
}

const WORDY_KEYS = 'message msg detail details error errors issues reason title'.split(' ');
const MAX_DEPTH = 5;
const MAX_PARTS = 5;

/**
 * The words of an error in whatever shape it came: a text, `{message}`, `{detail: [{msg}]}`, a list,
 * or any of these nested. Without words it is its name, or the whole as JSON; an empty string means
 * that nothing is said.
 */
export function errorText(error: unknown): string {
	const words = collectWords(error, 0);
	if (words.length > 0) return plainText([...new Set(words)].slice(0, MAX_PARTS).join(' '));
	return isBlank(error, 0) ? '' : plainText(own(error, 'name')) || plainText(safeJson(error));
}

/** Whether nothing is said: `{name: null, message: null}` is no error. */
function isBlank(value: unknown, depth: number): boolean {
	if (typeof value !== 'object' || value === null)
		return depth === 0 || value === null || value === '';
	if (depth > MAX_DEPTH) return false;
	return Object.values(value).every((part) => isBlank(part, depth + 1));
}

function collectWords(value: unknown, depth: number): string[] {
	if (depth > MAX_DEPTH) return [];
	if (Array.isArray(value)) {
		return value.slice(0, MAX_PARTS).flatMap((part) => collectWords(part, depth + 1));
	}
	if (typeof value !== 'object') return [plainText(value)].filter((text) => text !== '');
	const words = WORDY_KEYS.flatMap((key) => collectWords(own(value, key), depth + 1));
	const field = fieldOf(value);
	return words.map((text) => (field === '' || text.includes(field) ? text : `${field}: ${text}`));
}

/** The field of a request that an issue of Zod's is about. */
function fieldOf(issue: unknown): string {
	const path = own(issue, 'path');
	return Array.isArray(path) ? plainText(path.join('.')) : '';
}

/** What is nested too deeply to be written has no words worth showing either. */
function safeJson(value: unknown): string {
	try {
		return JSON.stringify(value);
	} catch {
		return '';
	}
}
