import type { GenerationRequest, MediaUrl } from './contract';

/** A multiple of 3, so that the pieces' base64 follows one another without padding. */
const PIECE_BYTES = 3 * 65_536;

/**
 * The body of a creation: JSON in UTF-8. Files are written into it piece by piece, because as strings
 * they would be held several times over.
 */
export function requestBody({ character, reference, ...rest }: GenerationRequest): Buffer {
	return joined([
		`${JSON.stringify(rest).slice(0, -1)},"character":{"type":"${character.type}","url":`,
		...inJson(character.url),
		`},"reference":{"type":"${reference.type}","url":`,
		...inJson(reference.url),
		'}}',
	]);
}

type Part = string | { base64Of: Buffer };

function inJson(url: MediaUrl): Part[] {
	return typeof url === 'string'
		? [JSON.stringify(url)]
		: [`"data:${url.contentType};base64,`, { base64Of: url.content }, '"'];
}

function joined(parts: Part[]): Buffer {
	const lengths = parts.map((part) =>
		typeof part === 'string' ? Buffer.byteLength(part) : base64Length(part.base64Of.length),
	);
	const body = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + length));
	let end = 0;
	for (const part of parts) {
		if (typeof part === 'string') {
			end += body.write(part, end);
			continue;
		}
		const { base64Of: content } = part;
		for (let start = 0; start < content.length; start += PIECE_BYTES) {
			const piece = content.subarray(start, start + PIECE_BYTES);
			end += body.write(piece.toString('base64'), end, 'latin1');
		}
	}
	return body;
}

/** Characters that so many bytes take in base64, padding included. */
export function base64Length(bytes: number): number {
	return Math.ceil(bytes / 3) * 4;
}
