import type { INodeProperties } from 'n8n-workflow';

import type { Model } from '../aimlapi/model';
import { readChoice } from './read';
import type { Parameters } from './read';

/** The fields of one input: where it comes from, and its link or its file. */
interface InputFields {
	label: string;
	source: INodeProperties;
	url: INodeProperties;
	file: INodeProperties;
}

export const character = inputFields(
	'character',
	'Character',
	'e.g. https://example.com/image.png',
	'The image or video of the character to animate',
);

export const reference = ({ referenceSeconds: { min, max } }: Model): InputFields =>
	inputFields(
		'reference',
		'Reference Video',
		'e.g. https://example.com/video.mp4',
		`The performance to transfer: a video of one person, ${min} to ${max} seconds long`,
	);

function inputFields(
	name: string,
	label: string,
	placeholder: string,
	description: string,
): InputFields {
	return {
		label,
		source: {
			displayName: `${label} Source`,
			name: `${name}Source`,
			type: 'options',
			options: [
				{ name: 'File', value: 'file', description: 'A file of the incoming item' },
				{ name: 'URL', value: 'url', description: 'A public link to the file' },
			],
			default: 'url',
		},
		url: {
			displayName: `${label} URL`,
			name: `${name}Url`,
			type: 'string',
			default: '',
			required: true,
			placeholder,
			description,
			displayOptions: { show: { [`${name}Source`]: ['url'] } },
		},
		file: {
			displayName: `${label} Input Data Field Name`,
			name: `${name}BinaryPropertyName`,
			type: 'string',
			default: name,
			required: true,
			placeholder: `e.g. ${name}`,
			typeOptions: { binaryDataProperty: true },
			builderHint: {
				propertyHint: 'A key of the binary data of the input item, such as "data" after most nodes',
			},
			hint: 'The name of the input field that holds the file, or an expression that returns a file from an earlier node',
			description: `${description}. Large files are sent as a temporary link to your n8n instance, which needs a public https address.`,
			displayOptions: { show: { [`${name}Source`]: ['file'] } },
		},
	};
}

export const inputFieldsOf = ({ source, url, file }: InputFields): INodeProperties[] => [
	source,
	url,
	file,
];

/** A link, or what names a file; not checked further. */
export interface InputParameter {
	kind: 'url' | 'file';
	/** “Character” or “Reference Video”. */
	label: string;
	/** The label of the field that holds the value. */
	field: string;
	value: unknown;
}

/** @throws ActTwoError naming the field */
export function readInput(form: Parameters, fields: InputFields): InputParameter {
	const kind = readChoice<'url' | 'file'>(form, fields.source);
	const field = fields[kind];
	const value = form.get(field.name);
	return {
		kind,
		label: fields.label,
		field: field.displayName,
		value: typeof value === 'string' ? value.trim() : value,
	};
}
