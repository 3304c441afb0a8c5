import { NodeConnectionTypes } from 'n8n-workflow';
import type {
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
	IPollFunctions,
} from 'n8n-workflow';

import { ACT_TWO } from './aimlapi/model';
import { subtitle, triggerFields } from './trigger/fields';
import { pollVideos } from './trigger/pollVideos';

export class RunwayActTwoTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Runway Act-Two Trigger',
		name: 'runwayActTwoTrigger',
		icon: {
			light: 'file:../../icons/runwayActTwo.svg',
			dark: 'file:../../icons/runwayActTwo.dark.svg',
		},
		group: ['trigger'],
		version: 1,
		subtitle,
		description: 'Starts the workflow when a Runway Act-Two video is ready or has failed',
		defaults: { name: 'Runway Act-Two Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'aimlapiApi', required: true }],
		properties: triggerFields,
	};

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		return await pollVideos(this, ACT_TWO);
	}
}
