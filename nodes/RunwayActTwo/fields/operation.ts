import type { INodeProperties } from 'n8n-workflow';

export const operation: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	options: [
		{
			name: 'Create Video',
			value: 'create',
			action: 'Create a video',
			description: 'Start a generation without waiting for its video',
		},
		{
			name: 'Create Video and Wait',
			value: 'createAndWait',
			action: 'Create a video and wait',
			description: 'Start a generation, wait until it is finished and get the video',
		},
		{
			name: 'Get Video',
			value: 'get',
			action: 'Get a video',
			description: 'Check a generation once and get its video if it is finished',
		},
		{
			name: 'Wait for Video',
			value: 'wait',
			action: 'Wait for a video',
			description: 'Wait for a generation that was started earlier and get its video',
		},
	],
	default: 'createAndWait',
};
