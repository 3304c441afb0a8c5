import { createHash } from 'node:crypto';
import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

import type { CharacterType, MediaUrl } from '../aimlapi/contract';
import { base64Length } from '../aimlapi/requestBody';
import type { InputParameter } from '../fields/inputs';
import { invalid, invalidInput } from '../fields/read';
import { mediaType, isMediaOfType } from './fileType';
import { isLocalHost, validateLink } from './link';

/** Runway's limits in bytes, as a data URI (counted after base64) and by URL. */
const LIMITS = {
	image: { noun: 'an image', dataUri: 5_000_000, url: 16_000_000, types: 'JPEG, PNG or WebP' },
	video: {
		noun: 'a video',
		dataUri: 16_000_000,
		url: 32_000_000,
		types: 'MP4, MOV, WebM, MKV or OGV',
	},
} as const;

/** Long enough for a queue in front of the API to fetch it. */
const SIGNED_LINK_LIFETIME = '1d';

export interface Media {
	url: MediaUrl;
	/** The same whenever the same file is read again, as a signed link is not. */
	fingerprint: string;
}

/** A character or reference as the user gave it, checked as far as possible without reading it. */
export type Source =
	| { kind: 'url'; url: string }
	| {
			kind: 'file';
			label: string;
			type: CharacterType;
			propertyName: string;
			binary: IBinaryData;
	  };

/**
 * Checks where an input comes from.
 * @throws ActTwoError when the link cannot be used; n8n's error when the item has no such file
 */
export function resolveSource(
	context: IExecuteFunctions,
	input: InputParameter,
	type: CharacterType,
	itemIndex: number,
): Source {
	const { label } = input;
	if (input.kind === 'url') {
		const url = typeof input.value === 'string' ? input.value.trim() : input.value;
		const link = validateLink(url);
		if ('rule' in link) throw invalid(label, link.rule, itemIndex, link.advice);
		return { kind: 'url', url: link.url };
	}
	const binary = context.helpers.assertBinaryData(itemIndex, input.value);
	return { kind: 'file', label, type, propertyName: input.value, binary };
}

/** What to send. @throws ActTwoError when the file cannot be sent */
export async function loadMedia(
	context: IExecuteFunctions,
	source: Source,
	itemIndex: number,
): Promise<Media> {
	return source.kind === 'url'
		? { url: source.url, fingerprint: source.url }
		: await loadFile(context, source, itemIndex);
}

/**
 * A file within the data-URI limit as a data URI; a larger one as n8n's signed link, where the
 * outside can reach this instance.
 * @throws ActTwoError when neither is possible, or the file is not what the field takes
 */
async function loadFile(
	context: IExecuteFunctions,
	{ label, type, propertyName, binary }: Extract<Source, { kind: 'file' }>,
	itemIndex: number,
): Promise<Media> {
	const limits = LIMITS[type];
	const size = await fileSize(context, binary);
	const refuse = (rule: string, advice: string) =>
		invalidInput(`${label} file`, rule, itemIndex, advice);
	if (size === 0) throw refuse('is empty', 'Check the node that gives the file.');

	const header = 'data:video/quicktime;base64,'.length;
	const small = base64Length(size) + header <= limits.dataUri;
	const content = small
		? await context.helpers.getBinaryDataBuffer(itemIndex, propertyName)
		: await fileHead(context, binary);
	const contentType = mediaType(content);
	const declared = /^[\w.+-]+\/[\w.+-]+$/.test(binary.mimeType) ? binary.mimeType : 'unknown';
	if (!isMediaOfType(contentType, type)) {
		throw refuse(
			`must be ${limits.noun} (${limits.types})`,
			`The file in “${propertyName}” is not one (its declared type is ${declared}).`,
		);
	}
	if (small) {
		const digest = createHash('sha256').update(content).digest('hex');
		return { url: { contentType, content }, fingerprint: `${contentType} ${digest}` };
	}

	const megabytes = (bytes: number) => `${(bytes / 1_000_000).toFixed(1)} MB`;
	if (size > limits.url) {
		throw refuse(
			`must have at most ${megabytes(limits.url)}`,
			`The file in “${propertyName}” has ${megabytes(size)}. Make it smaller or shorter.`,
		);
	}
	const link = signedLink(context, binary);
	if (link === undefined) {
		throw refuse(
			`is too large to be sent within the request (${megabytes(size)})`,
			`Files up to about ${megabytes((limits.dataUri * 3) / 4)} can be sent. Make it smaller, or upload it to a public https address and set the source to URL.`,
		);
	}
	// n8n serves the file with its declared type, and Runway takes no other than the right one.
	if (!isMediaOfType(binary.mimeType, type)) {
		throw refuse(
			`is declared as ${declared}, but is ${contentType}`,
			`The node that gives the file in “${propertyName}” must declare it as ${contentType}.`,
		);
	}
	return { url: link, fingerprint: binary.id as string };
}

async function fileSize(context: IExecuteFunctions, binary: IBinaryData): Promise<number> {
	if (binary.id) return (await context.helpers.getBinaryMetadata(binary.id)).fileSize;
	return Buffer.byteLength(binary.data, 'base64');
}

async function fileHead(context: IExecuteFunctions, binary: IBinaryData): Promise<Buffer> {
	if (!binary.id) return Buffer.from(binary.data.slice(0, 64), 'base64');
	const stream = await context.helpers.getBinaryStream(binary.id, 1024);
	for await (const chunk of stream) return chunk as Buffer;
	return Buffer.alloc(0);
}

/** Undefined where the outside cannot fetch it: in memory mode, or without a public https address. */
function signedLink(context: IExecuteFunctions, binary: IBinaryData): string | undefined {
	if (!binary.id) return undefined;
	const link = context.helpers.createBinarySignedUrl(binary, SIGNED_LINK_LIFETIME);
	const { protocol, hostname } = new URL(link);
	return protocol === 'https:' && !isLocalHost(hostname) ? link : undefined;
}
