import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { MODEL } from '../../aimlapi/contract';
import type { CharacterType, GenerationSettings } from '../../aimlapi/contract';
import { requestBody } from '../../aimlapi/requestBody';
import type { Session } from '../../execution/session';
import {
	characterType,
	frameSize,
	MATCH_CHARACTER,
	readCharacterType,
	readCheckLinks,
	readGenerationSettings,
} from '../../fields/generation';
import { character, inputFieldsOf, readInput, reference } from '../../fields/inputs';
import { formParameters, optionParameters } from '../../fields/read';
import type { MediaInfo } from '../../media/inspection/mediaInfo';
import { hintAboutShape, nearestFrameSize } from '../../media/mediaRules';
import { checkSource, loadMedia, resolveSource } from '../../media/source';
import type { CheckedSource } from '../../media/source';

/** AIMLAPI's own default, where the character's shape is not known. */
const DEFAULT_FRAME_SIZE = '1280:720';

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
	character: CheckedSource;
	reference: CheckedSource;
	/** As chosen: its frame size may be “match”. */
	settings: GenerationSettings;
	checkLinks: boolean;
}

/** @throws ActTwoError naming the field */
export function readRequest(context: IExecuteFunctions, itemIndex: number): CreationRequest {
	const form = formParameters(context, itemIndex);
	const options = optionParameters(context, itemIndex);
	const type = readCharacterType(form);
	const role = type === 'image' ? 'characterImage' : 'characterVideo';
	return {
		characterType: type,
		character: resolveSource(context, readInput(form, character), role, itemIndex),
		reference: resolveSource(context, readInput(form, reference), 'reference', itemIndex),
		settings: readGenerationSettings(form, options),
		checkLinks: readCheckLinks(options),
	};
}

/** @throws ActTwoError when it is certain that an input cannot be used */
export async function checkRequest(
	session: Session,
	request: CreationRequest,
	itemIndex: number,
): Promise<CreationRequest> {
	const check = async (source: CheckedSource) =>
		await checkSource(session, source, request.checkLinks, itemIndex);
	const [checkedCharacter, checkedReference] = await Promise.all([
		check(request.character),
		check(request.reference),
	]);
	const { frame_size } = request.settings;
	const hint = hintAboutShape(
		checkedCharacter.info ?? {},
		frame_size === MATCH_CHARACTER ? undefined : frame_size,
	);
	if (hint !== undefined) session.hints.remark(hint);
	return { ...request, character: checkedCharacter, reference: checkedReference };
}

export interface LoadedRequest {
	/** What is sent. */
	body: Buffer;
	/** What makes it this request and no other, in parts, however often its files are read. */
	fingerprint: string[];
}

/** Reads the files. */
export async function loadRequest(
	context: IExecuteFunctions,
	{ characterType: type, character: from, reference: to, settings }: CreationRequest,
): Promise<LoadedRequest> {
	const characterMedia = await loadMedia(context, from);
	const referenceMedia = await loadMedia(context, to);
	const body = await requestBody({
		model: MODEL,
		character: { type, url: characterMedia.url },
		reference: { type: 'video', url: referenceMedia.url },
		...settings,
		frame_size: frameSizeFor(settings.frame_size, from.info),
	});
	return {
		body,
		// As chosen, not as found: a host that does not respond the next time makes no other request.
		fingerprint: [
			type,
			characterMedia.fingerprint(),
			referenceMedia.fingerprint(),
			JSON.stringify(settings),
		],
	};
}

function frameSizeFor(chosen: string, { width, height }: Partial<MediaInfo> = {}): string {
	if (chosen !== MATCH_CHARACTER) return chosen;
	return width !== undefined && height !== undefined
		? nearestFrameSize(width, height)
		: DEFAULT_FRAME_SIZE;
}
