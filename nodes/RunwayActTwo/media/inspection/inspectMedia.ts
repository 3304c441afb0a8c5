import { Reader } from './bytes';
import type { ByteSource } from './bytes';
import { inspectJpeg, inspectPng, inspectWebp } from './images';
import { inspectIsoMedia, isIsoMedia } from './isoMedia';
import { inspectMatroska, isMatroska } from './matroska';
import type { MediaInfo } from './mediaInfo';
import { inspectOgg } from './ogg';

/** Kinds that Act-Two does not take, so that they can be named. */
const OTHERS: Array<[signature: RegExp, kind: MediaInfo['kind'], name: string]> = [
	[/^GIF8/, 'image', 'GIF'],
	[/^BM[^]{4}\0\0\0\0/, 'image', 'BMP'],
	[/^(II\*\0|MM\0\*)/, 'image', 'TIFF'],
	[/^RIFF[^]{4}AVI /, 'video', 'AVI'],
	[/^RIFF[^]{4}WAVE/, 'audio', 'WAV'],
	[/^0&\xb2u\x8ef\xcf/, 'video', 'WMV'],
	[/^FLV/, 'video', 'FLV'],
	[/^\0\0[^][\xb3\xba]/, 'video', 'MPEG'],
	[/^\x47[^]{187}\x47[^]{187}\x47/, 'video', 'MPEG-TS'],
	[/^(ID3|\xff[\xe2-\xff])/, 'audio', 'MP3'],
	[/^fLaC/, 'audio', 'FLAC'],
	[/^#!AMR/, 'audio', 'AMR'],
	[/^%PDF/, 'other', 'PDF'],
	[/^PK/, 'other', 'ZIP'],
	[/^[\s\xef\xbb\xbf]*(<\?xml[^]{0,400})?(<!--[^]{0,400}-->\s*)?<svg[\s>]/i, 'image', 'SVG'],
	[/^[\s\xef\xbb\xbf]*<(!doctype html|html|head|body)\b/i, 'other', 'web page'],
];

const HEAD_BYTES = 1024;

/**
 * What a file is, by its own bytes: container, size in pixels, duration, tracks. It reads at most 512 kB
 * of it and throws only what `source.read` throws.
 * @returns undefined for a file of a kind it does not know
 */
export async function inspectMedia(source: ByteSource): Promise<MediaInfo | undefined> {
	const reader = new Reader(source);
	const head = await reader.read(0, HEAD_BYTES);
	const text = head.toString('latin1');
	if (text.startsWith('\xff\xd8\xff')) return await inspectJpeg(reader);
	if (text.startsWith('\x89PNG\r\n\x1a\n')) return inspectPng(head);
	if (/^RIFF[^]{4}WEBP/.test(text)) return inspectWebp(head);
	if (isMatroska(head)) return await inspectMatroska(reader);
	if (text.startsWith('OggS')) return await inspectOgg(reader);
	if (isIsoMedia(head)) return await inspectIsoMedia(reader);
	const other = OTHERS.find(([signature]) => signature.test(text));
	return other && { kind: other[1], name: other[2] };
}
