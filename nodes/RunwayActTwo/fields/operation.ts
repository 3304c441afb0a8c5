import type { INodeProperties } from 'n8n-workflow';

import { chosenName } from './options';

/** Workflows of 1.0.0 have none: for them its default must stay what it is. */
export const resource: INodeProperties = {
	displayName: 'Resource',
	name: 'resource',
	type: 'options',
	noDataExpression: true,
	options: [
		{ name: 'Cost', value: 'cost' },
		{ name: 'Video', value: 'video' },
	],
	default: 'video',
};

const videoOperation: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['video'] } },
	options: [
		{
			name: 'Create Video',
			value: 'create',
			action: 'Create video',
			description: 'Start generating a video and return its ID immediately',
			builderHint: {
				propertyHint:
					'Use "createAndWait" instead, unless another execution gets the video later with "wait".',
			},
		},
		{
			name: 'Create Video and Wait',
			value: 'createAndWait',
			action: 'Create video and wait',
			description: 'Start generating a video, wait until it is ready, then retrieve it',
		},
		{
			name: 'Get Many Videos',
			value: 'getMany',
			action: 'Get many videos',
			description: 'Retrieve a list of the generations created with this API key',
		},
		{
			name: 'Get Video',
			value: 'get',
			action: 'Get video',
			description: 'Retrieve the status of a generation, and its video if it is finished',
		},
		{
			name: 'Wait for Video',
			value: 'wait',
			action: 'Wait for video',
			description: 'Wait for a generation that was started earlier and retrieve its video',
		},
	],
	default: 'createAndWait',
};

const costOperation: INodeProperties = {
	...videoOperation,
	displayOptions: { show: { resource: ['cost'] } },
	options: [
		{
			name: 'Estimate Cost',
			value: 'estimateCost',
			action: 'Estimate cost',
			description: 'Find out what a video would cost, without paying anything',
		},
	],
	default: 'estimateCost',
};

/** What is chosen in the end: the operations of all resources have different names. */
export const operation: INodeProperties = {
	...videoOperation,
	options: [...(videoOperation.options ?? []), ...(costOperation.options ?? [])],
};

export const operationChoices = [resource, videoOperation, costOperation];

/** The operation's own name, below the node on the canvas. */
export const subtitle = chosenName(operation);
