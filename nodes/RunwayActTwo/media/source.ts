import { createHash } from 'node:crypto';
import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

import { withoutSignature } from '../aimlapi/clientRequestId';
import type { FileContent, MediaUrl } from '../aimlapi/contract';
import type { Model } from '../aimlapi/model';
import { base64Length } from '../aimlapi/requestBody';
import type { ActTwoError } from '../errors';
import type { InputParameter } from '../fields/inputs';
import { characterType } from '../fields/generation';
import { isTool } from '../fields/isTool';
import { invalid, invalidInput } from '../fields/read';
import { fileNames, fileSize, fileSource, findFile } from './binaryFile';
import { inspectMedia } from './inspection/inspectMedia';
import type { MediaInfo } from './inspection/mediaInfo';
import { validateLink } from './link';
import {
	checkMedia,
	checkSize,
	hintAboutFile,
	infoOfType,
	megabytes,
	roleOf,
	typeOf,
	typeOfName,
} from './mediaRules';
import type { MediaRole } from './mediaRules';
import type { MediaServices } from './services';

/** Long enough for a queue in front of the API to fetch it. */
const SIGNED_LINK_LIFETIME = '1d';
const NEEDS_ADDRESS =
	'Larger files are sent as a link if n8n has a public https address with a domain name and does not keep files in memory.';
const PIECE_BYTES = 65_536;
/** Before the content of a data URI. */
const DATA_URI_HEADER = 'data:video/x-matroska;base64,'.length;

/** A character or reference as the user gave it, checked as far as possible without reading it. */
export type Source =
	| { kind: 'url'; label: string; role: MediaRole; url: string }
	| { kind: 'file'; label: string; role: MediaRole; name: string; binary: IBinaryData };

/** The same after its check. */
export type CheckedSource = Source & {
	info?: MediaInfo;
	/** Of a file, in bytes. */
	size?: number;
	/** Whether the host of a link said what it is. */
	isChecked?: boolean;
};

export interface Media {
	url: MediaUrl;
	/** Of a link that was checked: what to send for it now. @throws ActTwoError when it has expired */
	urlNow?(): Promise<string>;
	/** What it is, however it is sent: a file's digest, once it has been read; a link without its signature. */
	fingerprint(): string;
}

/**
 * Checks where an input comes from, without reading it.
 * @throws ActTwoError when the link cannot be used or the item has no such file
 */
export function resolveSource(
	context: IExecuteFunctions,
	{ kind, label, field, value }: InputParameter,
	role: MediaRole,
	itemIndex: number,
): Source {
	if (kind === 'url') {
		const link = validateLink(value);
		if (!('url' in link)) throw invalid(field, link.rule, itemIndex, link.advice);
		return { kind, label, role, url: link.url };
	}
	const binary = findFile(context, itemIndex, value);
	if (!binary) throw noSuchFile(context, field, value, itemIndex);
	if (binary === 'several') {
		throw invalid(
			field,
			'must name one file, and several look the same',
			itemIndex,
			`Enter the name of one of them: ${fileNames(context, itemIndex).join(', ')}.`,
		);
	}
	return { kind, label, role, name: typeof value === 'string' ? value : 'file', binary };
}

function noSuchFile(
	context: IExecuteFunctions,
	field: string,
	value: unknown,
	itemIndex: number,
): ActTwoError {
	const names = fileNames(context, itemIndex);
	const name = typeof value === 'string' ? `named “${value}”` : 'for the value of its expression';
	const advice =
		names.length > 0
			? `Files in this item: ${names.join(', ')}.`
			: isTool(context.getNode())
				? 'A tool call has no files. Set the source to URL, or use an expression that gets the file from an earlier node.'
				: "The item has no files. Pinned data never has any. Check the previous node, or use an expression such as {{ $('Download').item.binary.data }}.";
	return invalid(field, `has no file ${name}`, itemIndex, advice);
}

/**
 * Checks an input: a file is inspected, a link's host is asked.
 * @throws ActTwoError when it is certain that Act-Two does not take it
 */
export async function checkSource(
	services: MediaServices,
	source: Source,
	checkLinks: boolean,
	itemIndex: number,
): Promise<CheckedSource> {
	const checked =
		source.kind === 'file'
			? await checkFile(services, source, itemIndex)
			: checkLinks
				? await checkLinkOf(services, source, itemIndex)
				: source;
	return checked.role === 'character'
		? { ...checked, role: roleByName(checked, itemIndex) }
		: checked;
}

/** Of a character that neither its bytes nor a type describes: what its name says. */
function roleByName(source: Source, itemIndex: number): MediaRole {
	const isLink = source.kind === 'url';
	const name = isLink ? new URL(source.url).pathname : (source.binary.fileName ?? '');
	const type = typeOfName(name);
	if (type) return roleOf(type);
	throw invalid(
		characterType.displayName,
		`must be Image or Video, because the ${isLink ? 'link' : 'file'} does not say which of them it is`,
		itemIndex,
		'Choose one of them.',
	);
}

/** The role of a character whose kind is known. */
function roleBy(role: MediaRole, info: MediaInfo | undefined): MediaRole {
	const kind = info?.kind;
	return role === 'character' && (kind === 'image' || kind === 'video') ? roleOf(kind) : role;
}

async function checkFile(
	{ context, model, hints }: MediaServices,
	source: Extract<Source, { kind: 'file' }>,
	itemIndex: number,
): Promise<CheckedSource> {
	const { label, name, binary } = source;
	const refuse = (rule: string, advice: string) =>
		invalidInput(`${label} file`, rule, itemIndex, advice);
	const { size, info } = await inspectFile(context, binary, model).catch(() => {
		throw refuse(
			'is no longer stored',
			`n8n has deleted the file in “${name}”, or keeps it on another worker. Run the previous nodes again.`,
		);
	});
	if (size === 0) throw refuse('is empty', 'Check the node that the file comes from.');
	const role = roleBy(source.role, info ?? infoOfType(binary.mimeType));
	const problem = checkMedia(info, role, model);
	if (problem) {
		const declared = /^[\w.+-]+\/[\w.+-]+$/.test(binary.mimeType) ? binary.mimeType : 'unknown';
		throw refuse(
			problem.rule,
			`${problem.advice} (The declared type of the file in “${name}” is ${declared}.)`,
		);
	}
	const tooLarge = checkSize(size, role, model);
	if (tooLarge) throw refuse(tooLarge.rule, tooLarge.advice);
	const hint = hintAboutFile(info, role);
	if (hint !== undefined) hints.remark(`${label} file: ${hint}`);
	const checked: CheckedSource = { ...source, role, size, info };
	if (!fitsWithin(model.maxDataUriBytes, size) && !canSign(context, binary)) {
		const lastResortBytes = model.maxLastResortBytes[typeOf(role)];
		if (!fitsWithin(lastResortBytes, size)) {
			throw refuse(
				`is too large to be sent within the request (${megabytes(size)})`,
				`Files up to about ${megabytes((lastResortBytes * 3) / 4)} can be sent. ${NEEDS_ADDRESS} Or make the file smaller, or upload it to a public https address and set the source to URL.`,
			);
		}
		hints.remark(
			`${label} file: ${megabytes(size)} are sent within the request, which ${model.name} may refuse. ${NEEDS_ADDRESS}`,
		);
	}
	return checked;
}

/** Its size in bytes and, unless that alone is too much for anything, what it is. @throws n8n's error when it is gone */
async function inspectFile(
	context: IExecuteFunctions,
	binary: IBinaryData,
	{ maxBytes }: Model,
): Promise<{ size: number; info?: MediaInfo }> {
	const size = await fileSize(context, binary);
	const most = Math.max(...Object.values(maxBytes));
	if (size > most) return { size };
	const bytes = fileSource(context, binary, size);
	try {
		// Room for all of it, and for what is read twice.
		const info = await inspectMedia(bytes, 2 * most);
		return { size, ...(info && { info }) };
	} finally {
		bytes.close();
	}
}

async function checkLinkOf(
	{ linkChecker, model, hints }: MediaServices,
	source: Extract<Source, { kind: 'url' }>,
	itemIndex: number,
): Promise<CheckedSource> {
	const { label, url } = source;
	const refuse = (rule: string, advice: string) =>
		invalidInput(`${label} link`, rule, itemIndex, advice);
	const check = await linkChecker.check(url);
	if (check.kind === 'refused') throw refuse(check.rule, check.advice);
	if (check.kind === 'unknown') {
		hints.linkNotChecked(url, check.reason);
		return source;
	}
	const { info = infoOfType(check.contentType), size, contentType } = check;
	const role = roleBy(source.role, info);
	const problem = checkMedia(info, role, model);
	if (problem) throw refuse(problem.rule, problem.advice);
	const tooLarge = size === undefined ? undefined : checkSize(size, role, model);
	if (tooLarge) throw refuse(tooLarge.rule, tooLarge.advice);
	const hint = hintAboutFile(info, role);
	if (hint !== undefined) hints.remark(`${label} link: ${hint}`);
	if (contentType === '') {
		hints.linkNotChecked(url, 'its host does not say what kind of file it is');
	}
	return { ...source, role, isChecked: true, ...(info && { info }) };
}

/**
 * What to send: a link; a file within the data-URI limit as a data URI, yet to be read; a larger one as n8n's signed
 * link, stored again where its declared type is not the true one, because n8n serves it with that.
 */
export async function loadMedia(
	{ context, model, linkChecker }: Pick<MediaServices, 'context' | 'model' | 'linkChecker'>,
	source: CheckedSource,
	itemIndex: number,
	preferLinks = false,
): Promise<Media> {
	if (source.kind === 'url') {
		const { url, label, isChecked } = source;
		const urlNow = async () => {
			const now = await linkChecker.finalUrl(url);
			if (typeof now === 'string') return now;
			throw invalidInput(`${label} link`, now.rule, itemIndex, now.advice);
		};
		return { url, ...(isChecked && { urlNow }), fingerprint: () => withoutSignature(url) };
	}
	const { binary, size = 0, info } = source;
	const contentType = info?.contentType ?? binary.mimeType;
	if (isInRequest(context, source, model) && !(preferLinks && canSign(context, binary))) {
		const { content, digest } = digested(fileSource(context, binary, size));
		return { url: { contentType, content }, fingerprint: digest };
	}
	const { helpers } = context;
	const id = binary.id as string;
	const served =
		binary.mimeType === contentType
			? binary
			: await helpers.prepareBinaryData(
					await helpers.getBinaryStream(id),
					binary.fileName ?? model.filePrefix,
					contentType,
				);
	const { content, digest } = digested(fileSource(context, binary, size));
	await readToEnd(content);
	return {
		url: helpers.createBinarySignedUrl(served, SIGNED_LINK_LIFETIME),
		fingerprint: digest,
	};
}

async function readToEnd(content: FileContent): Promise<void> {
	try {
		for (let start = 0; start < content.size; start += PIECE_BYTES) {
			await content.read(start, Math.min(PIECE_BYTES, content.size - start));
		}
	} finally {
		content.close();
	}
}

/** A file that is read once, from beginning to end, and its digest after that. */
function digested(file: FileContent): { content: FileContent; digest: () => string } {
	const hash = createHash('sha256');
	const read: FileContent['read'] = async (offset, length) => {
		const piece = await file.read(offset, length);
		hash.update(piece);
		return piece;
	};
	return { content: { ...file, read }, digest: () => hash.digest('hex') };
}

/** What of it is sent within the request, in bytes. */
export function bytesInRequest(
	context: IExecuteFunctions,
	source: CheckedSource,
	model: Model,
): number {
	return source.kind === 'file' && isInRequest(context, source, model) ? (source.size ?? 0) : 0;
}

/** Whether a file that is sent within the request could be sent as n8n's signed link as well. */
export function canBeLinkInstead(
	context: IExecuteFunctions,
	source: CheckedSource,
	model: Model,
): boolean {
	return (
		source.kind === 'file' && isInRequest(context, source, model) && canSign(context, source.binary)
	);
}

function isInRequest(
	context: IExecuteFunctions,
	{ binary, size = 0 }: Extract<CheckedSource, { kind: 'file' }>,
	{ maxDataUriBytes }: Model,
): boolean {
	return fitsWithin(maxDataUriBytes, size) || !canSign(context, binary);
}

/** Whether so many bytes as a data URI stay within a limit. */
function fitsWithin(maxDataUriBytes: number, size: number): boolean {
	return base64Length(size) + DATA_URI_HEADER <= maxDataUriBytes;
}

/** Whether the outside can fetch it: not in memory mode, nor without a public https address. */
function canSign({ helpers }: IExecuteFunctions, binary: IBinaryData): boolean {
	if (!binary.id) return false;
	return 'url' in validateLink(helpers.createBinarySignedUrl(binary, SIGNED_LINK_LIFETIME));
}
