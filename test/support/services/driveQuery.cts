import type { DriveFile } from './googleDrive.cts';

type Matcher = (file: DriveFile) => boolean;

const VALUE = `'((?:[^'\\\\]|\\\\.)*)'`;
const IN_PARENTS = new RegExp(`^${VALUE} in parents$`);
const COMPARISON = new RegExp(
	`^(name|mimeType|createdTime|modifiedTime) (=|!=|>|contains) ${VALUE}$`,
);

/**
 * What a `q` of files.list asks for, in the part of Google's language that n8n uses: terms joined
 * by "and". https://developers.google.com/workspace/drive/api/guides/search-files
 * @returns undefined for a query that is not understood
 */
export function matcherOf(q: string): Matcher | undefined {
	const terms = q ? q.split(/\s+and\s+/i).map(termOf) : [];
	if (terms.includes(undefined)) return undefined;
	return (file) => terms.every((term) => term?.(file));
}

function termOf(term: string): Matcher | undefined {
	if (term === 'trashed = false') return () => true;
	const folder = IN_PARENTS.exec(term)?.[1];
	if (folder) return ({ parents }) => parents.includes(folder);
	const [, field, operator, quoted] = COMPARISON.exec(term) ?? [];
	if (!field) return undefined;
	const wanted = quoted.replace(/\\(.)/g, '$1');
	const isTime = field.endsWith('Time');
	return (file) => {
		const actual = file[field as 'name'];
		if (operator === 'contains') return actual.includes(wanted);
		if (operator === '>') return isTime && Date.parse(actual) > Date.parse(wanted);
		return (actual === wanted) === (operator === '=');
	};
}
