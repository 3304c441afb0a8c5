import { NodeConnectionTypes } from 'n8n-workflow';
import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';

import { ACT_TWO } from './aimlapi/model';
import { runItems } from './execution/runItems';
import { formHints } from './fields/hints';
import { operationChoices, subtitle } from './fields/operation';
import { operationsOf } from './operations';

const { fields, operationOf } = operationsOf(ACT_TWO);

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
		subtitle,
		description: 'Animate a character with a reference performance through AI/ML API',
		defaults: { name: 'Runway Act-Two' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'aimlapiApi', required: true }],
		hints: formHints(ACT_TWO),
		builderHint: {
			searchHint:
				'Polls until the video is ready, so add no loop, Wait or HTTP Request node. Create Video and Wait needs a character (image or video) and a reference video of a performance, each as a public https link or as a file; there is no prompt. Every item starts a paid generation.',
			relatedNodes: [
				{
					nodeType: 'n8n-nodes-base.formTrigger',
					relationHint: 'Takes the character and the performance as files',
				},
				{
					nodeType: 'n8n-nodes-base.googleDrive',
					relationHint: 'Downloads the inputs as files; uploads the video',
				},
			],
		},
		properties: [...operationChoices, ...fields],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [await runItems(this, ACT_TWO, operationOf, this.continueOnFail())];
	}
}
