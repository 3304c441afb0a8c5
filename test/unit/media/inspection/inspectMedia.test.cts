import { readFileSync } from 'node:fs';

import fc from 'fast-check';

import { MAX_INSPECTED_BYTES } from '../../../../nodes/RunwayActTwo/media/inspection/bytes';
import { inspectMedia } from '../../../../nodes/RunwayActTwo/media/inspection/inspectMedia';
import { UNKNOWN_TYPE } from '../../../../nodes/RunwayActTwo/media/inspection/mediaInfo';
import { corpus, pathOf, probe } from '../../../support/media/corpus.cts';
import { SEED } from '../../../support/seed.cts';

const names = corpus();

/** A file in memory that counts what is read of it. */
function sourceOf(content: Buffer, size: number | undefined = content.length) {
	const read = { bytes: 0, calls: 0 };
	return {
		counted: read,
		...(size !== undefined && { size }),
		read: async (offset: number, length: number) => {
			const part = content.subarray(offset, offset + length);
			read.bytes += part.length;
			read.calls++;
			return part;
		},
	};
}

const inspect = async (name: string) => await inspectMedia(sourceOf(readFileSync(pathOf(name))));

describe('what ffprobe says too', () => {
	it.each(names.filter((name) => /\.(mp4|mov|mkv|webm|ogv)$/.test(name)))('%s', async (name) => {
		const info = await inspect(name);
		const probed = probe(name);
		expect(info?.kind).toBe(probed.hasVideoTrack ? 'video' : 'audio');
		expect(info).toMatchObject({
			...(probed.width && { width: probed.width, height: probed.height }),
		});
		// ffprobe does not look for the end of a live recording.
		if (name === 'live.webm') expect(info?.durationSeconds).toBeCloseTo(3.2);
		else if (probed.hasVideoTrack) {
			expect(info?.durationSeconds).toBeGreaterThan((probed.durationSeconds as number) - 0.05);
			expect(info?.durationSeconds).toBeLessThan((probed.durationSeconds as number) + 0.05);
		}
	});

	it.each(names.filter((name) => /\.(png|webp)$|^picture.jpg$/.test(name)))('%s', async (name) => {
		const { width, height } = probe(name);
		expect(await inspect(name)).toMatchObject({ kind: 'image', width, height });
	});
});

it.each([
	['orientation-6.jpg', 180, 320],
	['orientation-3.jpg', 320, 180],
])('%s is shown as %i × %i', async (name, width, height) => {
	expect(await inspect(name)).toMatchObject({ width, height });
});

it.each([
	['moov-last.mp4', 'video/mp4'],
	['hevc.mp4', 'video/mp4'],
	['picture.mov', 'video/quicktime'],
	['no-ftyp.mov', 'video/quicktime'],
	['picture.mkv', 'video/x-matroska'],
	['picture.webm', 'video/webm'],
	['picture.ogv', 'video/ogg'],
	['picture.png', 'image/png'],
	['picture.jpg', 'image/jpeg'],
	['alpha.webp', 'image/webp'],
])('%s is %s', async (name, contentType) => {
	expect((await inspect(name))?.contentType).toBe(contentType);
});

it.each([
	['sound-only.mp4', 'audio', 'MP4'],
	['sound.m4a', 'audio', 'M4A'],
	['sound.mkv', 'audio', 'MKV'],
	['sound.webm', 'audio', 'WebM'],
	['sound.ogg', 'audio', 'Ogg'],
	['sound.opus', 'audio', 'Ogg'],
	['sound.mp3', 'audio', 'MP3'],
	['sound.wav', 'audio', 'WAV'],
	['sound.flac', 'audio', 'FLAC'],
	['picture.avi', 'video', 'AVI'],
	['picture.wmv', 'video', 'WMV'],
	['picture.flv', 'video', 'FLV'],
	['picture.ts', 'video', 'MPEG-TS'],
	['picture.mpg', 'video', 'MPEG'],
	['picture.gif', 'image', 'GIF'],
	['picture.bmp', 'image', 'BMP'],
	['picture.tiff', 'image', 'TIFF'],
])('%s is %s, named %s', async (name, kind, known) => {
	expect(await inspect(name)).toMatchObject({ kind, name: known });
});

it.each([
	['\0\0\0\x20ftypheic0000', 'HEIC'],
	['\0\0\0\x20ftypmif10000', 'HEIC'],
	['\0\0\0\x20ftypavif0000', 'AVIF'],
	['%PDF-1.7', 'PDF'],
	['<?xml version="1.0"?><svg xmlns="a">', 'SVG'],
	['<svg >', 'SVG'],
	['\n<!doctype html><p>', 'web page'],
])('%j is named %s', async (head, name) => {
	expect((await inspectMedia(sourceOf(Buffer.from(head, 'latin1'))))?.name).toBe(name);
});

it.each([
	['a letter', 'x'],
	['text', 'nothing that anybody knows'],
	['zeros', '\0'.repeat(2000)],
])('%s is a file of an unknown type', async (_, content) => {
	expect(await inspectMedia(sourceOf(Buffer.from(content, 'latin1')))).toEqual({
		kind: 'other',
		name: UNKNOWN_TYPE,
	});
});

it('nothing is said of a file of which nothing could be read', async () => {
	const source = { size: 1000, read: async () => Buffer.alloc(0) };
	expect(await inspectMedia(source)).toBeUndefined();
});

it('a file of 30 MB is read in its first and last parts only', async () => {
	const content = readFileSync(pathOf('moov-last.mp4'));
	const mdat = content.indexOf('mdat') - 4;
	const padding = 30_000_000;
	const header = Buffer.from(content.subarray(mdat, mdat + 8));
	header.writeUInt32BE(content.readUInt32BE(mdat) + padding);
	const end = mdat + content.readUInt32BE(mdat);
	const big = Buffer.concat([
		content.subarray(0, mdat),
		header,
		content.subarray(mdat + 8, end),
		Buffer.alloc(padding),
		content.subarray(end),
	]);
	const source = sourceOf(big);
	await expect(inspectMedia(source)).resolves.toMatchObject({ width: 320 });
	expect(source.counted.bytes).toBeLessThan(100_000);
});

it('a fragment that speaks of more samples than it has takes no time', async () => {
	const content = readFileSync(pathOf('fragmented.mp4'));
	const run = content.indexOf('trun');
	// Each with a duration of its own.
	content.writeUInt8(content.readUInt8(run + 6) | 1, run + 6);
	content.writeUInt32BE(0xffffffff, run + 8);
	const start = performance.now();
	const info = await inspectMedia(sourceOf(content));
	expect(performance.now() - start).toBeLessThan(1000);
	expect(info).toMatchObject({ kind: 'video', width: 320 });
	expect(info?.durationSeconds).toBeUndefined();
});

describe('files made to keep their reader busy take no time', () => {
	const latin1 = (text: string) => Buffer.from(text, 'latin1');
	const long = (text: string, number: number) => {
		const bytes = Buffer.alloc(4);
		bytes.writeUInt32BE(number);
		return Buffer.concat([latin1(text), bytes]);
	};
	const box = (type: string, ...content: Buffer[]) => {
		const whole = Buffer.concat(content);
		return Buffer.concat([long('', whole.length + 8), latin1(type), whole]);
	};
	const element = (id: string, ...content: Buffer[]) => {
		const whole = Buffer.concat(content);
		return Buffer.concat([long(id, 0x10000000 + whole.length), whole]);
	};
	const often = (part: Buffer) => Buffer.concat(Array.from({ length: 6000 }, () => part));
	const middle = Buffer.alloc(3_000_000);
	const noise = Buffer.alloc(50, 0xff);
	const picture = box('trak', box('mdia', box('hdlr', latin1('00000000vide'))));
	const track = element('\xae', element('\xd7', latin1('\x01')), element('\x83', latin1('\x01')));

	it.each<[what: string, ...parts: Buffer[]]>([
		[
			'a PNG with many long lists of notes',
			latin1('\x89PNG\r\n\x1a\n'),
			box('IDAT'),
			often(latin1('eXIfII*\0\b\0\0\0\xff\xff')),
		],
		[
			'an MP4 with many fragments that lead nowhere',
			box('ftyp', latin1('isom')),
			box('moov', box('mvhd', Buffer.alloc(100)), box('mvex'), picture),
			box('moof'),
			box('mdat', middle),
			often(box('moof')),
			noise,
		],
		[
			'a WebM with many clusters that lead nowhere',
			element('\x1a\x45\xdf\xa3', element('\x42\x82', latin1('webm'))),
			latin1('\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff'),
			element('\x16\x54\xae\x6b', track),
			latin1('\x1f\x43\xb6\x75\x80'),
			element('\xec', middle),
			often(latin1('\x1f\x43\xb6\x75\x80')),
			noise,
		],
	])('%s', async (_, ...parts) => {
		const start = performance.now();
		expect(await inspectMedia(sourceOf(Buffer.concat(parts)))).toBeDefined();
		expect(performance.now() - start).toBeLessThan(2000);
	});
});

describe('cut and changed files', () => {
	const files = names.map((name) => readFileSync(pathOf(name)));

	it('never throw, hang or read past the limit', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.nat(files.length - 1),
				fc.double({ min: 0, max: 1, noNaN: true }),
				fc.array(fc.tuple(fc.nat(4000), fc.integer({ min: 0, max: 255 })), { maxLength: 20 }),
				fc.boolean(),
				async (file, cut, changes, hasSize) => {
					const content = Buffer.from(files[file].subarray(0, Math.ceil(files[file].length * cut)));
					for (const [at, byte] of changes) if (at < content.length) content[at] = byte;
					const source = sourceOf(content, hasSize ? content.length : undefined);
					const info = await inspectMedia(source);
					expect(source.counted.bytes).toBeLessThanOrEqual(MAX_INSPECTED_BYTES);
					expect(source.counted.calls).toBeLessThanOrEqual(MAX_INSPECTED_BYTES / (16 * 1024));
					for (const value of [info?.width, info?.height, info?.durationSeconds]) {
						expect(value === undefined || value > 0).toBe(true);
					}
				},
			),
			{ seed: SEED, numRuns: 3000 },
		);
	});

	it('of noise behind a true beginning never throw, hang or read past the limit', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.constantFrom(
					'\0\0\0\x18ftypisom',
					'\x1a\x45\xdf\xa3',
					'OggS',
					'\xff\xd8\xff\xe1',
					'RIFF0000WEBPVP8X',
				),
				fc.uint8Array({ maxLength: 3000 }),
				async (head, noise) => {
					await inspectMedia(sourceOf(Buffer.concat([Buffer.from(head, 'latin1'), noise])));
				},
			),
			{ seed: SEED, numRuns: 3000 },
		);
	});
});
