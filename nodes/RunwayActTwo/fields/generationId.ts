import type { INodeProperties } from 'n8n-workflow';

import { readId } from '../aimlapi/untrusted';
import { invalid } from './read';
import type { Parameters } from './read';

export const generationId: INodeProperties = {
	displayName: 'Generation ID',
	name: 'generationId',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. dbf7a50e-87b2-4ba5-921f-f02fdb8f7cc6',
	description: 'The ID returned by Create Video',
};

/** The ID as pasted, the space around it removed. @throws ActTwoError naming the field */
export function readGenerationId(form: Parameters): string {
	const id = readId(form.get(generationId.name));
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
