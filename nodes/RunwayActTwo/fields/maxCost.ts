import type { INodeProperties } from 'n8n-workflow';

import { own } from '../aimlapi/untrusted';
import { invalid, numberRule, readIfSet, readNumber } from './read';
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

/**
 * In US dollars; undefined when not set.
 * @param written the options as they are written: an expression that finds no limit would set none, and
 *   nobody would know before it is paid
 * @throws ActTwoError naming the field
 */
export function readMaxCost(options: Parameters, written: unknown): number | undefined {
	const limit = readIfSet(options, maxCost, readNumber);
	if (limit === undefined && String(own(written, maxCost.name)).startsWith('=')) {
		throw invalid(
			maxCost.displayName,
			numberRule(maxCost),
			options.itemIndex,
			'Its expression gives nothing. For no limit, remove the option.',
		);
	}
	return limit;
}
