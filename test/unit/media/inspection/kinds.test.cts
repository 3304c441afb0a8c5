import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';

import { ACT_TWO } from '../../../../nodes/RunwayActTwo/aimlapi/model';
import type { ByteSource } from '../../../../nodes/RunwayActTwo/media/inspection/bytes';
import { MAX_INSPECTED_BYTES } from '../../../../nodes/RunwayActTwo/media/inspection/bytes';
import { inspectMedia } from '../../../../nodes/RunwayActTwo/media/inspection/inspectMedia';
import type { MediaInfo } from '../../../../nodes/RunwayActTwo/media/inspection/mediaInfo';
import { PART_BYTES } from '../../../../nodes/RunwayActTwo/media/linkRequest';
import { checkMedia } from '../../../../nodes/RunwayActTwo/media/mediaRules';
import type { MediaRole } from '../../../../nodes/RunwayActTwo/media/mediaRules';
import { isOutside, kinds, pathOfKind, probeFile, probes } from '../../../support/media/kinds.cts';
import { mediabunnyPlayed } from '../../../support/media/mediabunny.cts';
import { SEED } from '../../../support/seed.cts';

const files = kinds();
const probed = probes();
const content = new Map(files.map(({ name }) => [name, readFileSync(pathOfKind(name))]));

/** All of the file can be read. */
const asFile = (bytes: Buffer): ByteSource => ({
	size: bytes.length,
	read: async (offset, length) => bytes.subarray(offset, offset + length),
});
/** As by link: parts of the file, only so many. */
const byRanges = (bytes: Buffer): ByteSource => {
	const parts = new Set<number>([0]);
	return {
		size: bytes.length,
		read: async (offset, length) => {
			const part = Math.floor(offset / PART_BYTES);
			if (!parts.has(part) && parts.size >= MAX_INSPECTED_BYTES / PART_BYTES)
				return Buffer.alloc(0);
			parts.add(part);
			return bytes.subarray(offset, Math.min(offset + length, (part + 1) * PART_BYTES));
		},
	};
};
/** As by a link whose host ignores ranges. */
const byStart = (bytes: Buffer): ByteSource => ({
	size: bytes.length,
	read: async (offset, length) =>
		bytes.subarray(Math.min(offset, PART_BYTES), Math.min(offset + length, PART_BYTES)),
});
const budget = 2 * ACT_TWO.maxBytes.video;
const WAYS: Array<[string, (bytes: Buffer) => Promise<MediaInfo | undefined>]> = [
	['as a file', async (bytes) => await inspectMedia(asFile(bytes), budget)],
	['by a link with ranges', async (bytes) => await inspectMedia(byRanges(bytes))],
	['by a link without ranges', async (bytes) => await inspectMedia(byStart(bytes))],
];
const refusal = (info: MediaInfo | undefined, role: MediaRole) =>
	checkMedia(info, role, ACT_TWO)?.rule;
const namesOf = (kind: string) =>
	files.filter((file) => file.kind === kind).map(({ name }) => name);
const { min, max } = ACT_TWO.referenceSeconds;

/** Whether ffprobe finds a length that Act-Two certainly does not take. */
const isBadLength = (name: string) => isOutside(probed[name], { min, max });

it('there are files of all kinds', () => {
	expect(namesOf('video').length).toBeGreaterThan(130);
	expect(namesOf('image').length).toBeGreaterThan(15);
	expect(namesOf('other').length).toBeGreaterThan(50);
});

describe.each(WAYS)('%s', (way, inspect) => {
	it.each(namesOf('video'))('%s is taken as a video', async (name) => {
		const info = await inspect(content.get(name) as Buffer);
		expect(probed[name].hasVideo).toBe(true);
		expect(
			refusal({ ...(info as MediaInfo), width: 1, height: 1 }, 'characterVideo'),
		).toBeUndefined();
		if (info?.width !== undefined && info.height !== undefined) {
			expect(info.width / info.height).toBeCloseTo(probed[name].ratio as number, 1);
		}
	});

	it.each(namesOf('video'))(
		'%s is a reference unless it is too long or too short',
		async (name) => {
			const info = await inspect(content.get(name) as Buffer);
			const rule = refusal(info, 'reference');
			if (!isBadLength(name)) expect(rule).toBeUndefined();
			else if (way !== 'by a link without ranges') expect(rule).toContain('seconds long');
		},
	);

	it.each(namesOf('image'))('%s is taken as an image, and is whole', async (name) => {
		const info = await inspect(content.get(name) as Buffer);
		expect(refusal(info, 'characterImage')).toBeUndefined();
		expect(info?.isCutOff).toBeUndefined();
		const isTurned = /turned|much-data/.test(name);
		if (way === 'by a link without ranges' && name === 'much-data.jpg') return;
		expect(info).toMatchObject(isTurned ? { width: 90, height: 160 } : { width: 160, height: 90 });
	});

	it.each(namesOf('other'))('%s is refused', async (name) => {
		const info = await inspect(content.get(name) as Buffer);
		const isSomewhereElse = way === 'by a link without ranges' && /^sound|^part/.test(name);
		for (const role of ['characterImage', 'characterVideo', 'reference'] as const) {
			const rule = refusal(info, role);
			if (!isSomewhereElse) expect(rule).toBeDefined();
		}
	});
});

it.each([
	'codec-mjpeg.mov',
	'codec-mjpeg.mkv',
	'codec-animation.mov',
	'codec-mpeg4.mp4',
	'codec-h263.mov',
])('%s has a codec that Runway does not list', async (name) => {
	const info = await inspectMedia(asFile(content.get(name) as Buffer));
	expect(info?.unlistedCodec).toMatch(/^(Motion JPEG|QuickTime Animation|MPEG-4 Part 2|H\.263)$/);
});

it.each(
	namesOf('video').filter((name) => !/^codec-(?!(hvc1|hev1|av1|vp9|prores))|^cover-art/.test(name)),
)('%s has a codec that Runway lists', async (name) => {
	expect((await inspectMedia(asFile(content.get(name) as Buffer)))?.unlistedCodec).toBeUndefined();
});

it.each([
	'still.jpg',
	'progressive.jpg',
	'still.png',
	'interlaced.png',
	'lossy.webp',
	'lossless.webp',
])('%s without its end is seen to be cut off', async (name) => {
	const whole = content.get(name) as Buffer;
	for (const share of [0.5, 0.9]) {
		const info = await inspectMedia(asFile(whole.subarray(0, Math.floor(whole.length * share))));
		expect(info?.isCutOff).toBe(true);
	}
});

/** mediabunny does not count fragments behind samples in the header, where an edit ends, or sound that goes on. */
const OTHERWISE =
	/^(fragments-by-(keyframe|track)|isml|mkvmerge-late|(long|short)-by-keyframe|cut-.*\.(mp4|mov)$)/;

it.each(namesOf('video').filter((name) => !OTHERWISE.test(name)))(
	'mediabunny finds no other length of %s',
	async (name) => {
		const played = await mediabunnyPlayed(content.get(name) as Buffer);
		if (played === undefined) return;
		const info = await inspectMedia(asFile(content.get(name) as Buffer), budget);
		const { durationSeconds = NaN } = info ?? {};
		const { minDurationSeconds = durationSeconds, maxDurationSeconds = durationSeconds } =
			info ?? {};
		expect(played.end).toBeGreaterThan(minDurationSeconds - 0.3);
		expect(played.end - played.start).toBeLessThan(maxDurationSeconds + 0.3);
	},
);

it('nothing that ffprobe still plays is refused when bytes of its headers are changed', async () => {
	const folder = mkdtempSync(join(tmpdir(), 'act-two-changed-'));
	const names = namesOf('video').filter((name) => !isBadLength(name));
	await fc.assert(
		fc.asyncProperty(
			fc.constantFrom(...names),
			fc.constantFrom(
				'mvhd',
				'tkhd',
				'mdhd',
				'elst',
				'trun',
				'tfdt',
				'mehd',
				'stts',
				'free',
				'I©f',
				'\xe7',
				'OggS',
			),
			fc.nat(40),
			fc.constantFrom(0, 1, 255),
			async (name, place, offset, byte) => {
				const changed = Buffer.from(content.get(name) as Buffer);
				const at = changed.indexOf(place, 0, 'latin1');
				// The movie's unit of time: whether its edits count in it, ffprobe and players disagree.
				const isMovieUnit = place === 'mvhd' && offset >= 16 && offset < 20;
				if (at < 0 || isMovieUnit) return;
				changed[at + offset] = byte;
				const rule = refusal(await inspectMedia(asFile(changed), budget), 'reference');
				// A box that is said to end beyond the file's end is taken for one that was cut off.
				if (rule === undefined || rule.startsWith('is cut off')) return;
				const path = join(folder, 'changed');
				writeFileSync(path, changed);
				const { hasVideo, pictureSeconds, durationSeconds, packetSeconds } = await probeFile(path);
				const seconds = pictureSeconds ?? durationSeconds ?? packetSeconds ?? NaN;
				// What ffprobe does not read at all, or whose picture it also finds too short or too long.
				if (hasVideo) expect(seconds >= min + 0.2 && seconds <= max - 0.2).toBe(false);
			},
		),
		{ seed: SEED, numRuns: 600 },
	);
	rmSync(folder, { recursive: true });
});
