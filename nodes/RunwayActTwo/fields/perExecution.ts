import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import type { Endpoint } from '../aimlapi/contract';
import { optionParameters, readChoice, readNumber } from './read';

export const endpoint: INodeProperties = {
	displayName: 'Endpoint',
	name: 'endpoint',
	type: 'options',
	options: [
		{ name: 'Runway', value: 'runway', description: 'The URL with the vendor name' },
		{ name: 'Universal', value: 'universal', description: 'The URL for all video models' },
	],
	default: 'runway',
	description:
		'Which of the two AIMLAPI URLs to use. Use the endpoint the generation was created with.',
};

export const maxConcurrentGenerations: INodeProperties = {
	displayName: 'Max Concurrent Generations',
	name: 'maxConcurrentGenerations',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 1000, numberPrecision: 0 },
	default: 20,
	description:
		'How many items to work on at once. The node sends 20 requests per second at first, up to 80 while AIMLAPI accepts them, and fewer when it refuses some.',
};

export interface ExecutionSettings {
	endpoint: Endpoint;
	maxConcurrentGenerations: number;
}

/**
 * One endpoint and one limit serve a whole execution: the first item's.
 * @throws ActTwoError naming the field
 */
export function readExecutionSettings(context: IExecuteFunctions): ExecutionSettings {
	const options = optionParameters(context, 0);
	return {
		endpoint: readChoice<Endpoint>(options, endpoint),
		maxConcurrentGenerations: readNumber(options, maxConcurrentGenerations),
	};
}
