import type { INodeProperties } from 'n8n-workflow';

/** Which generation, and what to do with its video. */
export const generationIdField: INodeProperties = {
	displayName: 'Generation ID',
	name: 'generationId',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. dbf7a50e-87b2-4ba5-921f-f02fdb8f7cc6',
	description: 'The ID that Create Video returned',
};

export const downloadFields: INodeProperties[] = [
	{
		displayName: 'Download Video',
		name: 'downloadVideo',
		type: 'boolean',
		default: true,
		description: 'Whether to add the finished video to the item as a file. Its link expires.',
	},
	{
		displayName: 'Put Output File in Field',
		name: 'binaryPropertyName',
		type: 'string',
		default: 'data',
		required: true,
		hint: 'The name of the output field to put the file in',
		displayOptions: { show: { downloadVideo: [true] } },
	},
];
