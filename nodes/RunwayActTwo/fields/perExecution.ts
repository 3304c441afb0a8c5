import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import type { Endpoint } from '../aimlapi/contract';
import { optionParameters, readChoice, readNumber } from './read';

export const endpoint: INodeProperties = {
	displayName: 'Endpoint',
	name: 'endpoint',
	type: 'options',
	options: [
		{ name: 'Runway', value: 'runway', description: 'The endpoint for Runway models' },
		{ name: 'Universal', value: 'universal', description: 'The endpoint for all video models' },
	],
	default: 'runway',
	description:
		'The AIMLAPI endpoint to use. For an existing generation, use the one it was created with.',
};

export const maxConcurrentGenerations: INodeProperties = {
	displayName: 'Max Concurrent Generations',
	name: 'maxConcurrentGenerations',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 1000, numberPrecision: 0 },
	default: 20,
	description:
		"How many items to process in parallel. The node adapts its request rate to AIMLAPI's limits.",
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
