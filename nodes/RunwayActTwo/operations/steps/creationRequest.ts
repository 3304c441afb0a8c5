import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import type { GenerationSettings } from '../../aimlapi/contract';
import type { Model } from '../../aimlapi/model';
import { requestBody } from '../../aimlapi/requestBody';
import type { Session } from '../../execution/session';
import {
	characterType,
	DETECT,
	generationFields,
	MATCH_CHARACTER,
	readCharacterType,
	readCheckLinks,
} from '../../fields/generation';
import { character, inputFieldsOf, readInput, reference } from '../../fields/inputs';
import type { CharacterChoice } from '../../fields/generation';
import { formParameters, optionParameters } from '../../fields/read';
import type { MediaInfo } from '../../media/inspection/mediaInfo';
import { hintAboutShape, nearestFrameSize, roleOf, typeOf } from '../../media/mediaRules';
import { checkSource, loadMedia, resolveSource } from '../../media/source';
import type { CheckedSource } from '../../media/source';

/** A creation as the user gave it, checked as far as that needs no reading of files. */
export interface CreationRequest {
	/** As chosen; once it is checked, what it is. */
	characterType: CharacterChoice;
	character: CheckedSource;
	reference: CheckedSource;
	/** As chosen: its frame size may be “match”. */
	settings: GenerationSettings;
	checkLinks: boolean;
}

/** What both creating operations ask for. */
export function creationFields(model: Model) {
	const generation = generationFields(model);
	const performance = reference(model);
	const fields: INodeProperties[] = [
		characterType,
		...inputFieldsOf(character),
		...inputFieldsOf(performance),
		generation.frameSize,
	];
	return {
		fields,
		options: generation.options,

		/** @throws ActTwoError naming the field */
		read(context: IExecuteFunctions, itemIndex: number): CreationRequest {
			const form = formParameters(context, itemIndex);
			const options = optionParameters(context, itemIndex);
			const type = readCharacterType(form);
			const role = type === DETECT ? 'character' : roleOf(type);
			return {
				characterType: type,
				character: resolveSource(context, readInput(form, character), role, itemIndex),
				reference: resolveSource(context, readInput(form, performance), 'reference', itemIndex),
				settings: generation.readSettings(form, options),
				checkLinks: readCheckLinks(options),
			};
		},
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
		session.model,
	);
	if (hint !== undefined) session.hints.remark(hint);
	return {
		...request,
		characterType: typeOf(checkedCharacter.role),
		character: checkedCharacter,
		reference: checkedReference,
	};
}

export interface LoadedRequest {
	/** What is sent. */
	body: Buffer;
	/** What makes it this request and no other, in parts, however often its files are read. */
	fingerprint: string[];
}

/**
 * Reads the files.
 * @param preferLinks sends as n8n's signed link what would else be within the request, where that can be
 */
export async function loadRequest(
	services: Pick<Session, 'context' | 'model' | 'linkChecker'>,
	{
		characterType: type,
		character: characterSource,
		reference: referenceSource,
		settings,
	}: CreationRequest,
	{ preferLinks = false } = {},
): Promise<LoadedRequest> {
	const { model } = services;
	const characterMedia = await loadMedia(services, characterSource, preferLinks);
	const referenceMedia = await loadMedia(services, referenceSource, preferLinks);
	const body = await requestBody({
		model: model.id,
		character: { type: typeOf(characterSource.role), url: characterMedia.url },
		reference: { type: 'video', url: referenceMedia.url },
		...settings,
		frame_size: frameSizeFor(settings.frame_size, characterSource.info, model),
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

/** The chosen one, or the nearest to the character's shape; AIMLAPI's default where that is unknown. */
export function frameSizeFor(
	chosen: string,
	{ width, height }: Partial<MediaInfo> = {},
	model: Model,
): string {
	if (chosen !== MATCH_CHARACTER) return chosen;
	return width !== undefined && height !== undefined
		? nearestFrameSize(width, height, model)
		: model.defaultFrameSize;
}
