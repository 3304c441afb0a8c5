import { MAX_INSPECTED_BYTES, Reader } from './bytes';
import type { ByteSource } from './bytes';
import { inspectJpeg, inspectPng, inspectWebp } from './images';
import { inspectIsoMedia, isIsoMedia } from './isoMedia';
import { inspectMatroska, isMatroska } from './matroska';
import { UNKNOWN_TYPE } from './mediaInfo';
import type { MediaInfo } from './mediaInfo';
import { inspectOgg } from './ogg';

/** Kinds that Act-Two does not take, so that they can be named; `[^ -\xff]` are control characters. */
const OTHERS: Array<[signature: RegExp, kind: MediaInfo['kind'], name: string]> = [
	[/^GIF8/, 'image', 'GIF'],
	[/^BM[^]{4}\0\0\0\0/, 'image', 'BMP'],
	[/^(II\*\0|MM\0\*)/, 'image', 'TIFF'],
	[/^(\xff\n|\0\0\0\fJXL )/, 'image', 'JPEG XL'],
	[/^(\xff\x4f\xff\x51|\0\0\0\fjP {2})/, 'image', 'JPEG 2000'],
	[/^\0\0[^\0 -\xff]\0[^]\0/, 'image', 'ICO'],
	[/^8BPS/, 'image', 'PSD'],
	[/^RIFF[^]{4}AVI /, 'video', 'AVI'],
	[/^RIFF[^]{4}WAVE/, 'audio', 'WAV'],
	[/^0&\xb2u\x8ef\xcf/, 'video', 'WMV'],
	[/^FLV/, 'video', 'FLV'],
	[/^\.RMF/, 'video', 'RealMedia'],
	[/^[^ -\xff]{2}\+4/, 'video', 'MXF'],
	[/^DKIF/, 'video', 'IVF'],
	[/^\0\0\0?[^\0 -\xff][\t'@BFg]/, 'video', 'a raw video stream'],
	[/^\0\0[^][\xb3\xba]/, 'video', 'MPEG'],
	[/^([^]{4})?\x47[^]{187}([^]{4})?\x47[^]{187}([^]{4})?\x47/, 'video', 'MPEG-TS'],
	[/^\xff[\xf0\xf1\xf8\xf9]/, 'audio', 'AAC'],
	[/^(ID3|\xff[\xe2-\xfe])/, 'audio', 'MP3'],
	[/^fLaC/, 'audio', 'FLAC'],
	[/^#!AMR/, 'audio', 'AMR'],
	[/^FORM[^]{4}AIF[FC]/, 'audio', 'AIFF'],
	[/^caff/, 'audio', 'CAF'],
	[/^%PDF/, 'other', 'PDF'],
	[/^PK/, 'other', 'ZIP'],
	[/^[\s\xef\xbb\xbf]*(<\?xml[^]{0,400})?(<!--[^]{0,400}-->\s*)?<svg[\s>]/i, 'image', 'SVG'],
	[/^[\s\xef\xbb\xbf]*<(!doctype html|html|head|body)\b/i, 'other', 'web page'],
];

const HEAD_BYTES = 1024;

/**
 * What a file is, by its own bytes: container, size in pixels, duration, tracks. It asks a source for as
 * few bytes as it can, and throws only what `source.read` throws.
 * @param budget how many bytes at most; what lies beyond is unknown
 * @returns undefined where nothing could be read
 */
export async function inspectMedia(
	source: ByteSource,
	budget = MAX_INSPECTED_BYTES,
): Promise<MediaInfo | undefined> {
	const reader = new Reader(source, budget);
	const head = await reader.read(0, HEAD_BYTES);
	const text = head.toString('latin1');
	if (text.startsWith('\xff\xd8\xff')) return await inspectJpeg(reader);
	if (text.startsWith('\x89PNG\r\n\x1a\n')) return await inspectPng(reader);
	if (/^RIFF[^]{4}WEBP/.test(text)) return await inspectWebp(reader);
	if (isMatroska(head)) return await inspectMatroska(reader);
	if (text.startsWith('OggS')) return await inspectOgg(reader);
	if (isIsoMedia(head)) return await inspectIsoMedia(reader);
	const other = OTHERS.find(([signature]) => signature.test(text));
	if (other) return { kind: other[1], name: other[2] };
	const isRead = head.length > 0 && head.length >= Math.min(HEAD_BYTES, source.size ?? 0);
	return isRead ? { kind: 'other', name: UNKNOWN_TYPE } : undefined;
}
