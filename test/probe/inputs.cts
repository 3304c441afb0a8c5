import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';

import { inspectMedia } from '../../nodes/RunwayActTwo/media/inspection/inspectMedia';
import { CREATION_EXAMPLE } from '../support/contract/documented.cts';
import { videoOf } from '../support/fakeAimlapi/bigVideo.cts';

/** A drawn face that talks, with a tone as its voice: 3 seconds, made for this project. */
const PERFORMANCE = join(__dirname, 'assets', 'performance.mp4');

const TYPES: Record<string, string> = {
	'.jpg': 'image/jpeg',
	'.jpeg': 'image/jpeg',
	'.png': 'image/png',
	'.webp': 'image/webp',
	'.mp4': 'video/mp4',
	'.mov': 'video/quicktime',
	'.webm': 'video/webm',
};

export const FRAME_SIZE = '1280:720';

export interface Inputs {
	/** The body of the creation. */
	body: object;
	/** The same with a reference of so many characters as a data URI. */
	bodyOf(characters: number): Promise<object>;
	/** Of the reference; undefined for a link. */
	seconds?: number;
	/** Whether the reference has sound; undefined when that is not known. */
	hasSound?: boolean;
}

/**
 * What is sent: by default the character of AIMLAPI's own example, by link, and a performance of 3 s,
 * in the request.
 * @param character a link or a file, for who wants to see a face of their own
 * @param reference a link or a file
 */
export async function readInputs(
	character: string = CREATION_EXAMPLE.character.url,
	reference: string = PERFORMANCE,
): Promise<Inputs> {
	const characterUrl = urlOf(character);
	const isVideo = /^data:video|\.(mp4|mov|webm)(\?|$)/.test(characterUrl.slice(0, 2048));
	const bodyWith = (url: string) => ({
		model: CREATION_EXAMPLE.model,
		character: { type: isVideo ? 'video' : 'image', url: characterUrl },
		reference: { type: 'video', url },
		frame_size: FRAME_SIZE,
	});
	const isLink = /^https?:/.test(reference);
	const info = isLink ? undefined : await inspectMedia(sourceOf(readFileSync(reference)));
	return {
		body: bodyWith(urlOf(reference)),
		bodyOf: async (characters) => bodyWith(await paddedDataUri(characters)),
		...(info?.durationSeconds !== undefined && { seconds: info.durationSeconds }),
		...(reference === PERFORMANCE && { hasSound: true }),
	};
}

export function sourceOf(content: Buffer) {
	return {
		size: content.length,
		read: async (offset: number, length: number) =>
			await Promise.resolve(content.subarray(offset, offset + length)),
	};
}

function urlOf(linkOrFile: string): string {
	if (/^https?:/.test(linkOrFile)) return linkOrFile;
	const type = TYPES[extname(linkOrFile).toLowerCase()];
	if (!type)
		throw new Error(`${linkOrFile} is neither a link nor a JPEG, PNG, WebP, MP4, MOV or WebM`);
	return `data:${type};base64,${readFileSync(linkOrFile, 'base64')}`;
}

async function paddedDataUri(characters: number): Promise<string> {
	const head = 'data:video/mp4;base64,';
	const bytes = Math.floor((characters - head.length) / 4) * 3;
	const { stream } = videoOf(readFileSync(PERFORMANCE), bytes);
	return head + (await buffer(stream())).toString('base64');
}
