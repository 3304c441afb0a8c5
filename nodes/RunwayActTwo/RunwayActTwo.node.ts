import { NodeConnectionTypes } from 'n8n-workflow';
import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';

import { runItems } from './execution/run';
import { operationFields, prepareOperation } from './operations';

export class RunwayActTwo implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Runway Act-Two',
		name: 'runwayActTwo',
		icon: {
			light: 'file:../../icons/runwayActTwo.svg',
			dark: 'file:../../icons/runwayActTwo.dark.svg',
		},
		group: ['transform'],
		version: 1,
		subtitle:
			'={{ { createAndWait: "Create Video and Wait", create: "Create Video", get: "Get Video", wait: "Wait for Video" }[$parameter["operation"]] }}',
		description: 'Animate a character with a reference performance through AI/ML API',
		defaults: { name: 'Runway Act-Two' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'aimlapiApi', required: true }],
		properties: [
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				options: [
					{
						name: 'Create Video',
						value: 'create',
						action: 'Create a video',
						description: 'Start a generation and go on without waiting',
					},
					{
						name: 'Create Video and Wait',
						value: 'createAndWait',
						action: 'Create a video and wait',
						description: 'Start a generation, wait until it is finished and output the video',
					},
					{
						name: 'Get Video',
						value: 'get',
						action: 'Get a video',
						description: 'Get the status, and the video when it is finished',
					},
					{
						name: 'Wait for Video',
						value: 'wait',
						action: 'Wait for a video',
						description: 'Wait for a generation that was started before',
					},
				],
				default: 'createAndWait',
			},
			...operationFields,
		],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [await runItems(this, prepareOperation)];
	}
}
