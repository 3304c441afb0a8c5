import type { INodeProperties } from 'n8n-workflow';

import { readId, visibleText } from '../aimlapi/untrusted';
import { invalid } from './read';
import type { Parameters } from './read';

export const generationId: INodeProperties = {
	displayName: 'Generation ID',
	name: 'generationId',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. dbf7a50e-87b2-4ba5-921f-f02fdb8f7cc6',
	description: 'The ID returned by Create Video or Get Many Videos',
};

/** What stands in front of an ID in messages and logs. */
const LABEL = /^(generation([ _-]?id)?|id)(\s*[:=]\s*|\s+)/i;
const AROUND = /^[\s"'`“”‘’„«»<>()[\]]+|[\s"'`“”‘’„«»<>()[\].,;]+$/g;

/**
 * The ID in what was pasted: from a message (“generation <id>”), in quotes, in backticks, with characters
 * that show nothing.
 * @throws ActTwoError naming the field
 */
export function readGenerationId(form: Parameters): string {
	const given = form.get(generationId.name);
	const id = readId(typeof given === 'string' ? pastedId(given) : given);
	if (id === undefined) {
		throw invalid(
			generationId.displayName,
			'must be the ID returned by Create Video',
			form.itemIndex,
			'An ID has 1 to 200 characters.',
		);
	}
	return id;
}

const pastedId = (text: string): string =>
	visibleText(text).replace(AROUND, '').replace(LABEL, '').replace(AROUND, '');
