import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import type { Endpoint } from '../aimlapi/contract';
import { optionParameters, readChoice, readForgivingly, readNumber } from './read';
import type { Parameters } from './read';

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
		"How many items to process in parallel. The node adapts its request rate to AIMLAPI's limits. Defaults to 20.",
};

interface ItemSettings {
	endpoint: Endpoint;
	maxConcurrentGenerations: number;
}

/**
 * @param isPaid whether its generation exists: then what cannot be read counts as not set
 * @throws ActTwoError naming the field
 */
export function readItemSettings(
	context: IExecuteFunctions,
	itemIndex: number,
	isPaid: boolean,
): ItemSettings {
	const read = (options: Parameters): ItemSettings => ({
		endpoint: readChoice<Endpoint>(options, endpoint),
		maxConcurrentGenerations: readNumber(options, maxConcurrentGenerations),
	});
	const options = optionParameters(context, itemIndex);
	return isPaid ? readForgivingly(read, options) : read(options);
}
