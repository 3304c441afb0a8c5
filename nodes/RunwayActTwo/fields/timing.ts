import type { INodeProperties } from 'n8n-workflow';

import { readChoice, readIfSet, readNumber } from './read';
import type { Parameters } from './read';

const onTimeout: INodeProperties = {
	displayName: 'On Timeout',
	name: 'onTimeout',
	type: 'options',
	options: [
		{
			name: 'Return Current Status',
			value: 'returnStatus',
			description: 'Return the ID and the status without a video',
		},
		{
			name: 'Stop Workflow',
			value: 'error',
			description:
				'Stop with a message that contains the generation ID. The generation keeps running.',
		},
	],
	default: 'error',
	description: 'What to do when the video is not ready in time',
};

/** A week at most: n8n's timers overflow at 2^31 ms, some 24 days. */
const pollingInterval: INodeProperties = {
	displayName: 'Polling Interval',
	name: 'pollingInterval',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 604800 },
	default: 10,
	description:
		'Time between status checks, in seconds. Without this option, the interval adapts, from 1.5 to 10 seconds.',
};

const timeout: INodeProperties = {
	displayName: 'Timeout',
	name: 'timeout',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 604800 },
	default: 1800,
	description: 'How long to wait for the video, in seconds. Defaults to 1800.',
};

export const timingOptions = [onTimeout, pollingInterval, timeout];

export interface TimingSettings {
	/** Absent: the adaptive schedule. */
	pollingIntervalMs?: number;
	timeoutMs: number;
	onTimeout: 'error' | 'returnStatus';
}

/** @throws ActTwoError naming the field */
export function readTimingSettings(options: Parameters): TimingSettings {
	const interval = readIfSet(options, pollingInterval, readNumber);
	return {
		...(interval !== undefined && { pollingIntervalMs: interval * 1000 }),
		timeoutMs: readNumber(options, timeout) * 1000,
		onTimeout: readChoice(options, onTimeout),
	};
}
