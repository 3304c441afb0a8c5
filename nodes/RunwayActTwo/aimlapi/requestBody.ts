import type { FileContent, GenerationRequest, MediaUrl } from './contract';

/**
 * A multiple of 3, so that the pieces' base64 follows one another without padding; small, so that V8
 * frees each soon.
 */
const PIECE_BYTES = 3 * 8192;

/**
 * The body of a creation: JSON in UTF-8. Files are read into it piece by piece, so that each is held
 * once and in the form in which it is sent.
 * @throws what a file throws that cannot be read
 */
export async function requestBody({
	character,
	reference,
	...rest
}: GenerationRequest): Promise<Buffer> {
	return await joined([
		`${JSON.stringify(rest).slice(0, -1)},"character":{"type":"${character.type}","url":`,
		...inJson(character.url),
		`},"reference":{"type":"${reference.type}","url":`,
		...inJson(reference.url),
		'}}',
	]);
}

/** The same body with another link in the place of one that it has. */
export function withOtherLink(body: Buffer, link: string, other: string): Buffer {
	const [before, after] = [link, other].map((url) => Buffer.from(`"url":${JSON.stringify(url)}`));
	const at = body.indexOf(before);
	if (at < 0) return body;
	const rest = withOtherLink(body.subarray(at + before.length), link, other);
	return Buffer.concat([body.subarray(0, at), after, rest]);
}

type Part = string | { base64Of: FileContent };

function inJson(url: MediaUrl): Part[] {
	return typeof url === 'string'
		? [JSON.stringify(url)]
		: [`"data:${url.contentType};base64,`, { base64Of: url.content }, '"'];
}

async function joined(parts: Part[]): Promise<Buffer> {
	const lengths = parts.map((part) =>
		typeof part === 'string' ? Buffer.byteLength(part) : base64Length(part.base64Of.size),
	);
	const body = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + length));
	let end = 0;
	for (const part of parts) {
		if (typeof part === 'string') {
			end += body.write(part, end);
			continue;
		}
		const { base64Of: content } = part;
		try {
			for (let start = 0; start < content.size; start += PIECE_BYTES) {
				const piece = await content.read(start, Math.min(PIECE_BYTES, content.size - start));
				end += body.write(piece.toString('base64'), end, 'latin1');
			}
		} finally {
			content.close();
		}
	}
	return body.subarray(0, end);
}

/** Characters that so many bytes take in base64, padding included. */
export function base64Length(bytes: number): number {
	return Math.ceil(bytes / 3) * 4;
}
