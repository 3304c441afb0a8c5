import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import type { GenerationSettings } from '../../aimlapi/contract';
import { describeRejectedFiles } from '../../aimlapi/messages';
import type { Model } from '../../aimlapi/model';
import { requestBody, withOtherLink } from '../../aimlapi/requestBody';
import { own } from '../../aimlapi/untrusted';
import { contentDigest, digestOf } from '../../aimlapi/clientRequestId';
import type { ErrorDetails } from '../../errors';
import type { Checkpoint, CheckpointState } from '../../execution/checkpoint';
import type { Session, SharedSession } from '../../execution/session';
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
import { isTool } from '../../fields/isTool';
import { readMaxCost } from '../../fields/maxCost';
import { formParameters, optionParameters } from '../../fields/read';
import { readReuse } from '../../fields/reuse';
import type { MediaInfo } from '../../media/inspection/mediaInfo';
import { hintAboutShape, nearestFrameSize, roleOf, typeOf } from '../../media/mediaRules';
import { canBeLinkInstead, checkSource, loadMedia, resolveSource } from '../../media/source';
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
	/** What the whole execution may cost, in US dollars, if the user says so. */
	maxCostUsd?: number;
	/** How old a generation of the same content may be that is taken instead, if the user wants one. */
	reuseMs?: number;
}

/** An item's creation: of what was not created before, the request. */
export type Creation = { checkpoint: Checkpoint } & (
	| { request: CreationRequest }
	/** What was done before. Its inputs may have expired, its video has not: nothing is read or checked. */
	| { earlier: CheckpointState }
);

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
	const asked = [...fields, ...generation.options.filter(({ name }) => name !== 'checkLinks')];

	/** The request as it is written, its expressions not evaluated. */
	const written = (context: IExecuteFunctions): string[] => {
		const { parameters } = context.getNode();
		const values = { ...parameters, ...(parameters.options as object | undefined) };
		return [model.id, ...asked.map(({ name }) => JSON.stringify([name, own(values, name)]))];
	};

	const open = (session: SharedSession, itemIndex: number): Checkpoint =>
		session.openCheckpoint(itemIndex, written(session.context));

	/** @throws ActTwoError naming the field */
	const readRequest = ({ context }: SharedSession, itemIndex: number): CreationRequest => {
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
			maxCostUsd: readMaxCost(options, context.getNode().parameters.options),
			reuseMs: readReuse(options),
		};
	};

	return {
		fields,
		options: generation.options,
		readRequest,

		isPaid: (session: SharedSession, itemIndex: number): boolean =>
			!isTool(session.context.getNode()) && open(session, itemIndex).load() !== undefined,

		/** @throws ActTwoError naming the field, unless the item was created before */
		read(session: Session, itemIndex: number): Creation {
			const { context, account } = session;
			const asked = isTool(context.getNode()) ? readRequest(session, itemIndex) : undefined;
			const checkpoint = asked
				? session.openCheckpoint(itemIndex, [
						account,
						model.id,
						...contentOf(asked, keyOf(asked.character), keyOf(asked.reference)),
					])
				: open(session, itemIndex);
			const earlier = checkpoint.load();
			if (earlier?.kind === 'created') session.unfinished.set(itemIndex, earlier.id);
			return earlier
				? { checkpoint, earlier }
				: { checkpoint, request: asked ?? readRequest(session, itemIndex) };
		},

		/** @throws ActTwoError when it is certain that an input cannot be used */
		async check(session: Session, creation: Creation, itemIndex: number): Promise<Creation> {
			if (!('request' in creation)) return creation;
			const request = await checkRequest(session, creation.request, itemIndex);
			return { checkpoint: creation.checkpoint, request };
		},
	};
}

const contentOf = (
	{ characterType: type, settings }: CreationRequest,
	characterContent: string,
	referenceContent: string,
): string[] => [type, characterContent, referenceContent, JSON.stringify(settings)];

/** What names an input without reading it. */
const keyOf = (source: CheckedSource): string =>
	source.kind === 'url' ? source.url : (source.binary.id ?? digestOf([source.binary.data]));

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
	/** What is sent, with links as they are now. @throws ActTwoError when one has expired since its check */
	body(): Promise<Buffer>;
	/** The same whenever the same video is asked for. */
	contentDigest: string;
	/** The same request with n8n's signed links of its files; absent where no file would change. */
	withLinks?(): Promise<LoadedRequest>;
	/** Why it was rejected, for someone who gave files and knows nothing of the request's fields. */
	describeRejection(error: ErrorDetails): ErrorDetails;
}

/**
 * Reads the files.
 * @param preferLinks sends as n8n's signed link what would else be within the request, where that can be
 */
export async function loadRequest(
	services: Pick<Session, 'context' | 'model' | 'linkChecker'>,
	request: CreationRequest,
	itemIndex: number,
	{ preferLinks = false } = {},
): Promise<LoadedRequest> {
	const { context, model } = services;
	const { settings, character: characterSource, reference: referenceSource } = request;
	const characterMedia = await loadMedia(services, characterSource, itemIndex, preferLinks);
	const referenceMedia = await loadMedia(services, referenceSource, itemIndex, preferLinks);
	const characterType = typeOf(characterSource.role);
	const frame_size = frameSizeFor(settings.frame_size, characterSource.info, model);
	const sent = { ...settings, frame_size };
	let body = await requestBody({
		model: model.id,
		character: { type: characterType, url: characterMedia.url },
		reference: { type: 'video', url: referenceMedia.url },
		...sent,
	});
	const content = contentOf(
		{ ...request, characterType, settings: sent },
		characterMedia.fingerprint(),
		referenceMedia.fingerprint(),
	);
	const sentLinks = [characterMedia, referenceMedia].flatMap(({ url, urlNow }) =>
		typeof url === 'string' && urlNow ? [{ url, urlNow }] : [],
	);
	const isInside = [characterMedia, referenceMedia].some(({ url }) => typeof url !== 'string');
	const canChange =
		!preferLinks &&
		[characterSource, referenceSource].some((source) => canBeLinkInstead(context, source, model));
	return {
		body: async () => {
			for (const sent of sentLinks) {
				const url = await sent.urlNow();
				if (url !== sent.url) body = withOtherLink(body, sent.url, url);
				sent.url = url;
			}
			return body;
		},
		contentDigest: contentDigest([model.id, ...content]),
		...(canChange && {
			withLinks: async () => await loadRequest(services, request, itemIndex, { preferLinks: true }),
		}),
		describeRejection: (error) =>
			describeRejectedFiles(
				error,
				(['character', 'reference'] as const).filter((input) => request[input].kind === 'file'),
				isInside ? 'inside' : preferLinks ? 'both' : 'link',
			),
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
