import type { INodeProperties } from 'n8n-workflow';

import { readIfSet, readNumber } from './read';
import type { Parameters } from './read';

const HOUR_MS = 3_600_000;

export const reuseRecent: INodeProperties = {
	displayName: 'Reuse Recent Generation',
	name: 'reuseRecent',
	type: 'number',
	typeOptions: { minValue: 0, maxValue: 2160 },
	default: 1,
	description:
		'How many hours back to look for a video of the same inputs and settings that was created with this API key. If there is one, it is returned instead of paying for another. Off if not set.',
};

/** How far back, in milliseconds; undefined when not set. @throws ActTwoError naming the field */
export function readReuse(options: Parameters): number | undefined {
	const hours = readIfSet(options, reuseRecent, readNumber);
	return hours ? hours * HOUR_MS : undefined;
}
