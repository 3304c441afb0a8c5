import type { INodeProperties } from 'n8n-workflow';

import { readBoolean, readNumber, readText } from './read';
import type { Parameters } from './read';

const downloadVideo: INodeProperties = {
	displayName: 'Download Video',
	name: 'downloadVideo',
	type: 'boolean',
	default: true,
	description:
		'Whether to download the finished video and add it to the item. The link alone expires.',
	displayOptions: { show: { '@tool': [false] } },
};

/** A model gets the link: a file that nobody asked for is only kept. */
const downloadVideoOfTool: INodeProperties = {
	...downloadVideo,
	default: false,
	displayOptions: { show: { '@tool': [true] } },
};

const outputField: INodeProperties = {
	displayName: 'Put Output File in Field',
	name: 'binaryPropertyName',
	type: 'string',
	default: 'data',
	required: true,
	placeholder: 'e.g. data',
	hint: 'The name of the output field to put the file in',
	displayOptions: { show: { downloadVideo: [true] } },
};

/** Its default is far above any video of a model whose reference videos are short. */
export const maxFileSize: INodeProperties = {
	displayName: 'Max File Size',
	name: 'maxFileSize',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 100000 },
	default: 2000,
	description:
		'The largest video to download, in MB. Larger videos are returned as a link only. Defaults to 2000.',
};

export const outputFileFields = [downloadVideo, downloadVideoOfTool, outputField];

export interface OutputFileSettings {
	/** The output field to put the file in. */
	outputField: string;
	maxBytes: number;
}

/**
 * Undefined when the video is not to be downloaded.
 * @throws ActTwoError naming the field
 */
export function readOutputFileSettings(
	form: Parameters,
	options: Parameters,
): OutputFileSettings | undefined {
	if (!readBoolean(form, downloadVideo)) return undefined;
	return {
		outputField: readText(form, outputField, 'must be the name of a field'),
		maxBytes: readNumber(options, maxFileSize) * 1_000_000,
	};
}
