import type { INodeProperties } from 'n8n-workflow';

import type { CharacterType, GenerationSettings } from '../aimlapi/contract';
import { readBoolean, readChoice, readIfSet, readNumber } from './read';
import type { Parameters } from './read';

export const characterType: INodeProperties = {
	displayName: 'Character Type',
	name: 'characterType',
	type: 'options',
	options: [
		{
			name: 'Image',
			value: 'image',
			description: 'The character performs in the still scene of the image',
		},
		{
			name: 'Video',
			value: 'video',
			description: 'The character performs in the moving scene of the video',
		},
	],
	default: 'image',
	description: 'What shows the character. A face must be visible and stay within the frame.',
};

export const frameSize: INodeProperties = {
	displayName: 'Frame Size',
	name: 'frameSize',
	type: 'options',
	options: [
		{ name: 'Landscape 16:9 (1280 × 720)', value: '1280:720' },
		{ name: 'Landscape 4:3 (1104 × 832)', value: '1104:832' },
		{
			name: 'Match the Character',
			value: 'match',
			description: 'The size nearest to the shape of the character, or 1280 × 720 if it is unknown',
		},
		{ name: 'Portrait 3:4 (832 × 1104)', value: '832:1104' },
		{ name: 'Portrait 9:16 (720 × 1280)', value: '720:1280' },
		{ name: 'Small Landscape 16:9 (848 × 480)', value: '848:480' },
		{ name: 'Small Landscape 4:3 (640 × 480)', value: '640:480' },
		{ name: 'Square 1:1 (960 × 960)', value: '960:960' },
		{ name: 'Widescreen 21:9 (1584 × 672)', value: '1584:672' },
	],
	default: 'match',
	description:
		'The size to ask for, in pixels. Inputs are cropped from the center to its shape, and the video may differ a little.',
};

export const bodyControl: INodeProperties = {
	displayName: 'Body Control',
	name: 'bodyControl',
	type: 'boolean',
	default: true,
	description: 'Whether to also apply movements and gestures of the body, not only the face',
};

export const expressionIntensity: INodeProperties = {
	displayName: 'Expression Intensity',
	name: 'expressionIntensity',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 5, numberPrecision: 0 },
	default: 3,
	description: 'How strong the expression of the character is, from 1 to 5',
};

const seed: INodeProperties = {
	displayName: 'Seed',
	name: 'seed',
	type: 'number',
	typeOptions: { minValue: 0, maxValue: 4294967295, numberPrecision: 0 },
	default: 0,
	description: 'The same number with the same inputs gives similar videos. Random if not set.',
};

const checkLinks: INodeProperties = {
	displayName: 'Check Links',
	name: 'checkLinks',
	type: 'boolean',
	default: true,
	description:
		'Whether to check, before the generation is paid for, that each link is public and leads to a file of the right kind, size and length. Defaults to true.',
};

/** The frame size that follows the character. */
export const MATCH_CHARACTER = 'match';

export const generationOptions = [bodyControl, checkLinks, expressionIntensity, seed];

export function readCharacterType(form: Parameters): CharacterType {
	return readChoice<CharacterType>(form, characterType);
}

/**
 * The settings under the API's own names; options that are not set are not sent.
 * @throws ActTwoError naming the field
 */
export function readGenerationSettings(form: Parameters, options: Parameters): GenerationSettings {
	const settings = {
		frame_size: readChoice(form, frameSize),
		body_control: readIfSet(options, bodyControl, readBoolean),
		expression_intensity: readIfSet(options, expressionIntensity, readNumber),
		seed: readIfSet(options, seed, readNumber),
	};
	return Object.fromEntries(
		Object.entries(settings).filter(([, value]) => value !== undefined),
	) as unknown as GenerationSettings;
}

/** @throws ActTwoError naming the field */
export function readCheckLinks(options: Parameters): boolean {
	return readBoolean(options, checkLinks);
}
