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
			action: 'Create video',
			description: 'Start a generation without waiting for its video',
		},
		{
			name: 'Create Video and Wait',
			value: 'createAndWait',
			action: 'Create video and wait',
			description: 'Start a generation, wait until it is finished and get the video',
		},
		{
			name: 'Get Many Videos',
			value: 'getMany',
			action: 'Get many videos',
			description: 'List the generations of the API key from the usage logs of AIMLAPI',
		},
		{
			name: 'Get Video',
			value: 'get',
			action: 'Get video',
			description: 'Check a generation once and get its video if it is finished',
		},
		{
			name: 'Wait for Video',
			value: 'wait',
			action: 'Wait for video',
			description: 'Wait for a generation that was started earlier and get its video',
		},
	],
	default: 'createAndWait',
};
