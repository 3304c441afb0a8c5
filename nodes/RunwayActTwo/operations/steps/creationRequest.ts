import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { MODEL } from '../../aimlapi/contract';
import type { CharacterType, GenerationRequest, GenerationSettings } from '../../aimlapi/contract';
import {
	characterType,
	frameSize,
	readCharacterType,
	readGenerationSettings,
} from '../../fields/generation';
import { character, inputFieldsOf, readInput, reference } from '../../fields/inputs';
import { formParameters, optionParameters } from '../../fields/read';
import { loadMedia, resolveSource } from '../../media/source';
import type { Source } from '../../media/source';

/** What both creating operations ask for, without their options. */
export const creationFields: INodeProperties[] = [
	characterType,
	...inputFieldsOf(character),
	...inputFieldsOf(reference),
	frameSize,
];

/** A creation as the user gave it, checked as far as that needs no reading of files. */
export interface CreationRequest {
	characterType: CharacterType;
	character: Source;
	reference: Source;
	settings: GenerationSettings;
}

/** @throws ActTwoError naming the field */
export function readRequest(context: IExecuteFunctions, itemIndex: number): CreationRequest {
	const form = formParameters(context, itemIndex);
	const type = readCharacterType(form);
	return {
		characterType: type,
		character: resolveSource(context, readInput(form, character), type, itemIndex),
		reference: resolveSource(context, readInput(form, reference), 'video', itemIndex),
		settings: readGenerationSettings(form, optionParameters(context, itemIndex)),
	};
}

export interface LoadedRequest {
	body: GenerationRequest;
	/** What makes it this request and no other, in parts, however often its files are read. */
	fingerprint: string[];
}

/** Reads the files. @throws ActTwoError when one of them cannot be sent */
export async function loadRequest(
	context: IExecuteFunctions,
	request: CreationRequest,
	itemIndex: number,
): Promise<LoadedRequest> {
	const characterMedia = await loadMedia(context, request.character, itemIndex);
	const referenceMedia = await loadMedia(context, request.reference, itemIndex);
	return {
		body: {
			model: MODEL,
			character: { type: request.characterType, url: characterMedia.url },
			reference: { type: 'video', url: referenceMedia.url },
			...request.settings,
		},
		fingerprint: [
			request.characterType,
			characterMedia.fingerprint,
			referenceMedia.fingerprint,
			JSON.stringify(request.settings),
		],
	};
}
