import type { CharacterType } from '../aimlapi/contract';

/**
 * The MIME type of a file by its own signature, for the types Act-Two takes; undefined for others.
 * Source: https://docs.dev.runwayml.com/assets/inputs/ and the formats' own specifications.
 * @param head the first 12 bytes or more
 */
export function mediaType(head: Buffer): string | undefined {
	const text = head.toString('latin1', 0, 12);
	if (text.startsWith('\xff\xd8\xff')) return 'image/jpeg';
	if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
	if (text.startsWith('RIFF') && text.slice(8) === 'WEBP') return 'image/webp';
	if (text.startsWith('\x1a\x45\xdf\xa3')) return 'video/webm';
	if (text.startsWith('OggS')) return 'video/ogg';
	if (text.slice(4, 8) === 'ftyp') return isoMediaType(text.slice(8, 12));
	return undefined;
}

/** ISO base media files: their brand tells still images (HEIC, AVIF) and audio from video. */
function isoMediaType(brand: string): string | undefined {
	if (/^(hei|hev|mif|msf|avi|M4A|M4B|M4P)/.test(brand)) return undefined;
	return brand === 'qt  ' ? 'video/quicktime' : 'video/mp4';
}

/** Whether `type` can serve as a character of that type, or as the reference (`video`). */
export function isMediaOfType(type: string | undefined, wanted: CharacterType): type is string {
	return type?.startsWith(`${wanted}/`) === true;
}
