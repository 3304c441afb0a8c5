import type { INodeProperties } from 'n8n-workflow';

import { RunwayActTwo } from '../../../nodes/RunwayActTwo/RunwayActTwo.node';

const { properties } = new RunwayActTwo().description;

const shownFor = (operation: string): INodeProperties[] =>
	properties.filter(({ displayOptions }) => {
		const operations = displayOptions?.show?.operation as string[] | undefined;
		return operations?.includes(operation);
	});

const INPUTS = [
	...['characterType', 'characterSource', 'characterUrl', 'characterBinaryPropertyName'],
	...['referenceSource', 'referenceUrl', 'referenceBinaryPropertyName', 'frameSize'],
];
const OUTPUT = ['downloadVideo', 'binaryPropertyName'];
const CREATION = ['bodyControl', 'checkLinks', 'expressionIntensity', 'seed'];
const TIMING = ['onTimeout', 'pollingInterval', 'timeout'];
const PAYING = ['maxCost', 'reuseRecent'];

it.each<[operation: string, fields: string[], options: string[]]>([
	[
		'createAndWait',
		[...INPUTS, ...OUTPUT],
		[...CREATION, ...TIMING, ...PAYING, 'endpoint', 'maxConcurrentGenerations', 'maxFileSize'],
	],
	['create', INPUTS, [...CREATION, ...PAYING, 'endpoint', 'maxConcurrentGenerations']],
	['estimateCost', INPUTS, CREATION],
	['get', ['generationId', ...OUTPUT], ['endpoint', 'maxFileSize']],
	[
		'wait',
		['generationId', ...OUTPUT],
		[...TIMING, 'endpoint', 'maxConcurrentGenerations', 'maxFileSize'],
	],
])('%s asks for what it needs, and offers what it heeds', (operation, fields, options) => {
	const shown = shownFor(operation).filter(({ type }) => type !== 'notice');
	const collection = shown.find(({ name }) => name === 'options');
	expect(new Set(shown.map(({ name }) => name))).toEqual(new Set([...fields, 'options']));
	const offered = (collection?.options as INodeProperties[]).map(({ name }) => name);
	expect([...offered].sort()).toEqual([...options].sort());
});

it('the frame sizes are named by their shape, with their pixels', () => {
	const frameSize = properties.find(({ name }) => name === 'frameSize');
	const names = (frameSize?.options as INodeProperties[]).map(({ name }) => name);
	expect(names).toEqual([
		...['Landscape 16:9 (1280 × 720)', 'Landscape 4:3 (1104 × 832)', 'Match the Character'],
		...['Portrait 3:4 (832 × 1104)', 'Portrait 9:16 (720 × 1280)'],
		...['Small Landscape 16:9 (848 × 480)', 'Small Landscape 4:3 (640 × 480)'],
		...['Square 1:1 (960 × 960)', 'Widescreen 21:9 (1584 × 672)'],
	]);
});
