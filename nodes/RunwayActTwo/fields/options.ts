import type { INodeProperties } from 'n8n-workflow';

const bodyControl: INodeProperties = {
	displayName: 'Body Control',
	name: 'bodyControl',
	type: 'boolean',
	default: true,
	description: 'Whether to also apply movements and gestures of the body, not only the face',
};

const endpoint: INodeProperties = {
	displayName: 'Endpoint',
	name: 'endpoint',
	type: 'options',
	options: [
		{ name: 'Runway', value: 'runway', description: 'The URL with the vendor name' },
		{ name: 'Universal', value: 'universal', description: 'The URL for all video models' },
	],
	default: 'runway',
	description: 'Which of the two AIMLAPI URLs to use. Look a generation up where it was created.',
};

const expressionIntensity: INodeProperties = {
	displayName: 'Expression Intensity',
	name: 'expressionIntensity',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 5, numberPrecision: 0 },
	default: 3,
	description: 'How strong the expression of the character is, from 1 to 5',
};

const maxConcurrentGenerations: INodeProperties = {
	displayName: 'Max Concurrent Generations',
	name: 'maxConcurrentGenerations',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 1000, numberPrecision: 0 },
	default: 20,
	description:
		'How many items to work on at once. All together are looked at up to 10 times a second, so each of 200 is looked at about every 20 seconds.',
};

const maxFileSize: INodeProperties = {
	displayName: 'Max File Size',
	name: 'maxFileSize',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 2000,
	description:
		'The largest video to download, in MB. A larger one is in the output as a link only.',
};

const onTimeout: INodeProperties = {
	displayName: 'On Timeout',
	name: 'onTimeout',
	type: 'options',
	options: [
		{
			name: 'Stop With an Error',
			value: 'error',
			description: 'The generation goes on, and its ID is in the message',
		},
		{
			name: 'Return Current Status',
			value: 'returnStatus',
			description: 'Output the ID and the status without a video',
		},
	],
	default: 'error',
	description: 'What to do when the video is not ready in time',
};

const pollingInterval: INodeProperties = {
	displayName: 'Polling Interval',
	name: 'pollingInterval',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 10,
	description:
		'Seconds between two looks at the status. Without this option the interval grows from 2 to 10 seconds.',
};

const seed: INodeProperties = {
	displayName: 'Seed',
	name: 'seed',
	type: 'number',
	typeOptions: { minValue: 0, maxValue: 4294967295, numberPrecision: 0 },
	default: 0,
	description: 'The same number with the same inputs gives similar videos. Random if not set.',
};

const timeout: INodeProperties = {
	displayName: 'Timeout',
	name: 'timeout',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 1800,
	description: 'How long to wait for the video, in seconds',
};

const collection = (options: INodeProperties[]): INodeProperties => ({
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options,
});

export const createOptions = collection([
	bodyControl,
	endpoint,
	expressionIntensity,
	maxConcurrentGenerations,
	seed,
]);

export const createAndWaitOptions = collection([
	bodyControl,
	endpoint,
	expressionIntensity,
	maxConcurrentGenerations,
	maxFileSize,
	onTimeout,
	pollingInterval,
	seed,
	timeout,
]);

export const waitOptions = collection([
	endpoint,
	maxConcurrentGenerations,
	maxFileSize,
	onTimeout,
	pollingInterval,
	timeout,
]);

export const getOptions = collection([endpoint, maxFileSize]);
