import type { INodeProperties } from 'n8n-workflow';

import { readIfSet, readNumber } from './read';
import type { Parameters } from './read';

export const maxCost: INodeProperties = {
	displayName: 'Max Cost',
	name: 'maxCost',
	type: 'number',
	typeOptions: { minValue: 0, maxValue: 1000000, numberPrecision: 4 },
	default: 10,
	description:
		'The most that one execution of this node may cost, in US dollars, for all items together. If it would cost more, or if the cost is unknown, nothing is sent. Unlimited if not set.',
};

/** In US dollars; undefined when not set. @throws ActTwoError naming the field */
export function readMaxCost(options: Parameters): number | undefined {
	return readIfSet(options, maxCost, readNumber);
}
