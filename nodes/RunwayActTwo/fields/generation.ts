import type { INodeProperties } from 'n8n-workflow';

import type { GenerationSettings } from '../aimlapi/contract';
import type { FrameSize, MediaType, Model } from '../aimlapi/model';
import { byCode } from './options';
import { readBoolean, readChoice, readIfSet, readNumber } from './read';
import type { Parameters } from './read';

/** The character type that follows the file. */
export const DETECT = 'detect';

export const characterType: INodeProperties = {
	displayName: 'Character Type',
	name: 'characterType',
	type: 'options',
	options: [
		{
			name: 'Detect',
			value: DETECT,
			description: 'An image or a video, whichever the file is',
		},
		{
			name: 'Image',
			value: 'image',
			description: 'The background stays still, as in the image',
		},
		{
			name: 'Video',
			value: 'video',
			description: 'The background moves, as in the video',
		},
	],
	default: DETECT,
	description:
		'The kind of file that shows the character. Its face must stay visible in the frame.',
};

/** The frame size that follows the character. */
export const MATCH_CHARACTER = 'match';

const pixels = ({ value }: Pick<FrameSize, 'value'>): string => value.replace(':', ' × ');

const frameSize = ({ frameSizes, defaultFrameSize }: Model): INodeProperties => ({
	displayName: 'Frame Size',
	name: 'frameSize',
	type: 'options',
	options: [
		{
			name: 'Match the Character',
			value: MATCH_CHARACTER,
			description: `The size closest to the character's aspect ratio, or ${pixels({ value: defaultFrameSize })} if that is unknown`,
		},
		...frameSizes.map((size) => ({ name: `${size.name} (${pixels(size)})`, value: size.value })),
	].sort((a, b) => byCode(a.name, b.name)),
	default: MATCH_CHARACTER,
	description:
		'The video size to request, in pixels. Inputs are center-cropped to this aspect ratio. The actual size may differ slightly.',
});

export const bodyControl: INodeProperties = {
	displayName: 'Body Control',
	name: 'bodyControl',
	type: 'boolean',
	default: true,
	description: 'Whether to transfer body movements and gestures as well as facial expressions',
};

export function expressionIntensity(model: Model): INodeProperties {
	const { min, max, default: usual } = model.expressionIntensity;
	return {
		displayName: 'Expression Intensity',
		name: 'expressionIntensity',
		type: 'number',
		typeOptions: { minValue: min, maxValue: max, numberPrecision: 0 },
		default: usual,
		description: `How strong the character's expressions are, from ${min} (weakest) to ${max} (strongest)`,
	};
}

const seed = ({ seed: { min, max } }: Model): INodeProperties => ({
	displayName: 'Seed',
	name: 'seed',
	type: 'number',
	typeOptions: { minValue: min, maxValue: max, numberPrecision: 0 },
	default: 0,
	description: 'Use the same number with the same inputs to get similar videos. Random if not set.',
});

const checkLinks: INodeProperties = {
	displayName: 'Check Links',
	name: 'checkLinks',
	type: 'boolean',
	default: true,
	description:
		'Whether to check before you pay that each link is public and points to a file of the right type, size and duration. Defaults to true.',
};

export function generationFields(model: Model) {
	const settings = {
		frame_size: frameSize(model),
		body_control: bodyControl,
		expression_intensity: expressionIntensity(model),
		seed: seed(model),
	};
	return {
		frameSize: settings.frame_size,
		options: [bodyControl, checkLinks, settings.expression_intensity, settings.seed],

		/**
		 * The settings under the API's own names; options that are not set are undefined, so not sent.
		 * @throws ActTwoError naming the field
		 */
		readSettings(form: Parameters, options: Parameters) {
			return {
				frame_size: readChoice(form, settings.frame_size),
				body_control: readIfSet(options, bodyControl, readBoolean),
				expression_intensity: readIfSet(options, settings.expression_intensity, readNumber),
				seed: readIfSet(options, settings.seed, readNumber),
			} satisfies Record<keyof GenerationSettings, unknown>;
		},
	};
}

export type CharacterChoice = MediaType | typeof DETECT;

/** @throws ActTwoError naming the field */
export function readCharacterType(form: Parameters): CharacterChoice {
	return readChoice<CharacterChoice>(form, characterType);
}

/** @throws ActTwoError naming the field */
export function readCheckLinks(options: Parameters): boolean {
	return readBoolean(options, checkLinks);
}
