import type { INodeProperties, IPollFunctions } from 'n8n-workflow';

import type { Endpoint } from '../aimlapi/contract';
import { chosenName, optionsCollection } from '../fields/options';
import { maxFileSize, outputFileFields, readOutputFileSettings } from '../fields/outputFile';
import type { OutputFileSettings } from '../fields/outputFile';
import { endpoint } from '../fields/perItem';
import { readChoice } from '../fields/read';
import type { Parameters } from '../fields/read';

const event: INodeProperties = {
	displayName: 'Event',
	name: 'event',
	type: 'options',
	noDataExpression: true,
	options: [
		{
			name: 'On Generation Failed',
			value: 'generationFailed',
			action: 'On generation failed',
			description: 'A generation ended without a video',
		},
		{
			name: 'On Video Finished',
			value: 'videoFinished',
			action: 'On video finished',
			description: 'A video is ready',
		},
	],
	default: 'videoFinished',
};

/** The event's own name, below the node on the canvas. */
export const subtitle = chosenName(event);

const createdBy: INodeProperties = {
	displayName: 'Created By',
	name: 'createdBy',
	type: 'options',
	options: [
		{
			name: 'Anyone With This API Key',
			value: 'apiKey',
			description: 'All generations of the API key, including those of other applications',
		},
		{
			name: 'This Instance',
			value: 'instance',
			description: 'Only the generations created by this n8n instance',
		},
	],
	default: 'instance',
	description: 'Whose videos start the workflow',
};

export const triggerFields: INodeProperties[] = [
	event,
	createdBy,
	...outputFileFields.map((field) => ({
		...field,
		displayOptions: { show: { ...field.displayOptions?.show, event: ['videoFinished'] } },
	})),
	optionsCollection([endpoint, maxFileSize]),
];

export interface TriggerSettings {
	event: 'videoFinished' | 'generationFailed';
	createdBy: 'instance' | 'apiKey';
	endpoint: Endpoint;
	outputFile: OutputFileSettings | undefined;
}

/** @throws ActTwoError naming the field */
export function readTriggerSettings(context: IPollFunctions): TriggerSettings {
	const form: Parameters = { itemIndex: 0, get: (name) => context.getNodeParameter(name) };
	const values = context.getNodeParameter('options', {}) as Record<string, unknown>;
	const options: Parameters = { itemIndex: 0, get: (name) => values[name] };
	const chosen = readChoice<TriggerSettings['event']>(form, event);
	return {
		event: chosen,
		createdBy: readChoice(form, createdBy),
		endpoint: readChoice<Endpoint>(options, endpoint),
		outputFile: chosen === 'videoFinished' ? readOutputFileSettings(form, options) : undefined,
	};
}
