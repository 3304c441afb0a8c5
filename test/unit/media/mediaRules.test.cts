import { ACT_TWO } from '../../../nodes/RunwayActTwo/aimlapi/model';
import type { MediaInfo } from '../../../nodes/RunwayActTwo/media/inspection/mediaInfo';
import {
	checkMedia,
	checkSize,
	cropShare,
	hintAboutFile,
	hintAboutShape,
	infoOfType,
	nearestFrameSize,
	roleOf,
	typeOf,
	typeOfName,
} from '../../../nodes/RunwayActTwo/media/mediaRules';

const video = (rest: Partial<MediaInfo> = {}): MediaInfo => ({
	kind: 'video',
	name: 'MP4',
	contentType: 'video/mp4',
	...rest,
});
const image = (rest: Partial<MediaInfo> = {}): MediaInfo => ({
	kind: 'image',
	name: 'PNG',
	contentType: 'image/png',
	...rest,
});

it.each([
	[undefined, 'reference'],
	[video(), 'reference'],
	[video({ durationSeconds: 2.95 }), 'reference'],
	[video({ durationSeconds: 30.05 }), 'reference'],
	[video({ durationSeconds: 300 }), 'characterVideo'],
	[image({ width: 100, height: 250 }), 'characterImage'],
	[image({ width: 250, height: 100 }), 'characterImage'],
] as const)('%j can be a %s', (info, role) => {
	expect(checkMedia(info, role, ACT_TWO)).toBeUndefined();
});

it.each([
	[video({ durationSeconds: 1 }), 'reference', 'must be 3 to 30 seconds long, not 1.0 seconds'],
	[video({ durationSeconds: 45 }), 'reference', 'must be 3 to 30 seconds long, not 45.0 seconds'],
	[{ kind: 'audio', name: 'MP4', contentType: 'video/mp4' }, 'reference', 'not audio only (MP4)'],
	[{ kind: 'audio', name: 'MP3' }, 'reference', 'not MP3'],
	[{ kind: 'image', name: 'GIF' }, 'characterImage', 'not GIF'],
	[{ kind: 'image', name: 'HEIC' }, 'characterImage', 'not HEIC'],
	[{ kind: 'video', name: 'AVI' }, 'characterVideo', 'not AVI'],
	[{ kind: 'other', name: 'PDF' }, 'characterImage', 'not PDF'],
	[image(), 'reference', 'must be a video (MP4, MOV, WebM, MKV or OGV), not PNG'],
	[video(), 'characterImage', 'must be an image (JPEG, PNG or WebP), not MP4'],
	[image({ width: 400, height: 100 }), 'characterImage', '400 × 100'],
	[image({ width: 100, height: 300 }), 'characterImage', '100 × 300'],
] as Array<[MediaInfo, 'reference' | 'characterImage' | 'characterVideo', string]>)(
	'%j cannot be a %s',
	(info, role, rule) => {
		expect(checkMedia(info, role, ACT_TWO)?.rule).toContain(rule);
	},
);

it.each([
	['image/gif', 'characterImage', 'not GIF'],
	['video/x-msvideo', 'characterVideo', 'not AVI'],
	['image/svg+xml', 'characterImage', 'not SVG'],
	['application/pdf', 'reference', 'not PDF'],
	['audio/mpeg', 'reference', 'not MPEG'],
	['image/png', 'reference', 'not PNG'],
] as const)('a link declared as %s whose bytes are unknown cannot be a %s', (type, role, rule) => {
	expect(checkMedia(infoOfType(type), role, ACT_TWO)?.rule).toContain(rule);
});

it.each([
	['image/jpeg', 'characterImage'],
	['video/x-m4v', 'reference'],
	['application/octet-stream', 'reference'],
	['', 'characterImage'],
] as const)('a link declared as “%s” whose bytes are unknown can be a %s', (type, role) => {
	expect(checkMedia(infoOfType(type), role, ACT_TWO)).toBeUndefined();
});

it.each([
	[1920, 1080, '1280:720'],
	[1080, 1920, '720:1280'],
	[1000, 1000, '960:960'],
	[800, 600, '1104:832'],
	[600, 800, '832:1104'],
	[2100, 900, '1584:672'],
	[784, 1168, '832:1104'],
])('%i × %i is nearest to %s', (width, height, size) => {
	expect(nearestFrameSize(width, height, ACT_TWO)).toBe(size);
});

it('a crop to a frame size cuts off the right share of a picture', () => {
	expect(cropShare(1280, 720, '1280:720')).toBe(0);
	expect(cropShare(720, 720, '1280:720')).toBeCloseTo(1 - 720 / 1280);
});

it('hints at shapes close to the limit of Act-Two and at heavy crops', () => {
	expect(hintAboutShape({}, '1280:720', ACT_TWO)).toBeUndefined();
	expect(hintAboutShape({ width: 1280, height: 720 }, '1280:720', ACT_TWO)).toBeUndefined();
	expect(hintAboutShape({ width: 720, height: 1280 }, '1280:720', ACT_TWO)).toContain(
		'cuts off 68%',
	);
	expect(hintAboutShape({ width: 720, height: 1280 }, undefined, ACT_TWO)).toBeUndefined();
	expect(hintAboutShape({ width: 245, height: 100 }, undefined, ACT_TWO)).toContain(
		'close to the limit of Act-Two',
	);
});

it.each([
	[1, '1.0'],
	[2.89, '2.89'],
	[30.1001, '30.1001'],
	[30.14, '30.14'],
	[31, '31.0'],
])('%d seconds are refused with a number that would be refused', (durationSeconds, shown) => {
	expect(checkMedia(video({ durationSeconds }), 'reference', ACT_TWO)?.rule).toBe(
		`must be 3 to 30 seconds long, not ${shown} seconds`,
	);
});

it.each([
	[33 * 1024 ** 2, '33.0'],
	[32 * 1024 ** 2 + 30_000, '32.03'],
	[32 * 1024 ** 2 + 1, '32.000001'],
])('%d bytes are refused with a size that differs from the limit', (bytes, shown) => {
	expect(checkSize(bytes, 'reference', ACT_TWO)?.rule).toBe(
		`must be at most 32 MB, not ${shown} MB`,
	);
	expect(checkSize(32 * 1024 ** 2, 'reference', ACT_TWO)).toBeUndefined();
});

it('a character of any type may be an image or a video, and nothing else', () => {
	expect(checkMedia(image(), 'character', ACT_TWO)).toBeUndefined();
	expect(checkMedia(video(), 'character', ACT_TWO)).toBeUndefined();
	expect(checkMedia({ kind: 'other', name: 'PDF' }, 'character', ACT_TWO)).toEqual({
		rule: 'must be an image (JPEG, PNG or WebP) or a video (MP4, MOV, WebM, MKV or OGV), not PDF',
		advice: 'Choose another file.',
	});
});

it.each([
	['/a/b.JPG', 'image'],
	['/a.webp', 'image'],
	['/a.webm', 'video'],
	['/a.mov', 'video'],
	['/a.mp4/b', undefined],
	['/', undefined],
])('a link that ends in %s is known as %s', (path, type) => {
	expect(typeOfName(path)).toBe(type);
});

const VIDEO = 'a video (MP4, MOV, WebM, MKV or OGV)';
const IMAGE = 'an image (JPEG, PNG or WebP)';
const TRIM = 'Trim it to the part that you need, or use another video.';
const ANOTHER = "Choose another file, or another 'Character Type'.";

describe('what is wrong with a file, and what to do', () => {
	it.each<[MediaInfo, 'reference' | 'characterImage' | 'characterVideo', string, string]>([
		[
			{ kind: 'audio', name: 'MP4', contentType: 'video/mp4' },
			'reference',
			`must be ${VIDEO}, not audio only (MP4)`,
			'Use a file with a video track.',
		],
		[
			{ kind: 'image', name: 'GIF' },
			'characterImage',
			`must be ${IMAGE}, not GIF`,
			'Convert it to JPEG or PNG first.',
		],
		[
			{ kind: 'video', name: 'AVI' },
			'characterVideo',
			`must be ${VIDEO}, not AVI`,
			'Convert it to MP4 first.',
		],
		[image(), 'reference', `must be ${VIDEO}, not PNG`, 'Choose another file.'],
		[video(), 'characterImage', `must be ${IMAGE}, not MP4`, ANOTHER],
		[image(), 'characterVideo', `must be ${VIDEO}, not PNG`, ANOTHER],
		[
			video({ isCutOff: true }),
			'reference',
			'is cut off: its end is missing',
			'Download or export it again.',
		],
		[
			video({ durationSeconds: 45 }),
			'reference',
			'must be 3 to 30 seconds long, not 45.0 seconds',
			TRIM,
		],
		[
			video({ durationSeconds: 1 }),
			'reference',
			'must be 3 to 30 seconds long, not 1.0 seconds',
			'Use a longer video.',
		],
		[
			video({ minDurationSeconds: 40 }),
			'reference',
			'must be 3 to 30 seconds long, not 40.0 seconds or more',
			TRIM,
		],
		[
			image({ width: 400, height: 100 }),
			'characterImage',
			'must have an aspect ratio between 1:2.5 and 2.5:1, not 400 × 100 pixels',
			'Crop it around the character.',
		],
	])('%j as a %s', (info, role, rule, advice) => {
		expect(checkMedia(info, role, ACT_TWO)).toEqual({ rule, advice });
	});

	it.each([
		['characterImage', 'Reduce its resolution or quality.'],
		['characterVideo', 'Shorten it, or reduce its resolution or quality.'],
		['reference', 'Shorten it, or reduce its resolution or quality.'],
	] as const)('a file that is too large to be a %s: %s', (role, advice) => {
		expect(checkSize(34_000_000, role, ACT_TWO)?.advice).toBe(advice);
	});

	it.each<[MediaInfo, 'reference' | 'characterImage']>([
		[video({ durationSeconds: 2.9 }), 'reference'],
		[video({ durationSeconds: 30.1 }), 'reference'],
		[video({ durationSeconds: 45, minDurationSeconds: 20 }), 'reference'],
		[video({ durationSeconds: 1, maxDurationSeconds: 5 }), 'reference'],
		[image({ isCutOff: true }), 'characterImage'],
		[image({ width: 9 }), 'characterImage'],
		[image({ height: 9 }), 'characterImage'],
	])('nothing, as far as is known: %j as a %s', (info, role) => {
		expect(checkMedia(info, role, ACT_TWO)).toBeUndefined();
	});
});

it.each([
	[image({ isCutOff: true }), 'characterImage', /^the file seems to be cut off, so part of the/],
	[video({ isCutOff: true }), 'reference', undefined],
	[image(), 'characterImage', undefined],
	[undefined, 'characterImage', undefined],
	[
		video({ unlistedCodec: 'MJPEG' }),
		'reference',
		/^its codec \(MJPEG\) is not one that Runway lists\. If the video is refused, convert it to H\.264$/,
	],
] as const)('%j as a %s is sent all the same, with a hint: %s', (info, role, hint) => {
	const given = hintAboutFile(info, role);
	if (hint === undefined) expect(given).toBeUndefined();
	else expect(given).toMatch(hint);
});

it.each([
	['application/pdf', { kind: 'other', name: 'PDF' }],
	['image/avif', { kind: 'image', name: 'AVIF' }],
	['image/heic', { kind: 'image', name: 'HEIC' }],
	['image/heif', { kind: 'image', name: 'HEIF' }],
	['video/x-flv', { kind: 'video', name: 'FLV' }],
	['video/x-ms-wmv', { kind: 'video', name: 'WMV' }],
	['audio/mpeg', { kind: 'other', name: 'MPEG' }],
	['audio', { kind: 'other', name: '' }],
	['image/png', { kind: 'image', name: 'PNG', contentType: 'image/png' }],
	['video/mp4', { kind: 'video', name: 'MP4', contentType: 'video/mp4' }],
	['text/html', undefined],
])('where the bytes are unknown, %s says %j', (type, info) => {
	expect(infoOfType(type)).toEqual(info);
});

it('the type of a character gives its role, and the role the type', () => {
	expect(roleOf('image')).toBe('characterImage');
	expect(roleOf('video')).toBe('characterVideo');
	expect([typeOf('characterImage'), typeOf('characterVideo'), typeOf('reference')]).toEqual([
		'image',
		'video',
		'video',
	]);
});

it.each([
	['a.png.txt', undefined],
	['a.mp4?x', undefined],
	['a.ogv', 'video'],
	['a.ogg', 'video'],
	['a.ogx', undefined],
])('the name %s tells %s', (name, type) => {
	expect(typeOfName(name)).toBe(type);
});

it.each([
	[100, 201, "The character's aspect ratio (100 × 201 pixels) is close to the limit of Act-Two"],
	[237, 100, "The character's aspect ratio (237 × 100 pixels) is close to the limit of Act-Two"],
	[100, 200, undefined],
	[236, 100, undefined],
	[undefined, 100, undefined],
	[100, undefined, undefined],
])('a shape of %s × %s is hinted at: %s', (width, height, hint) => {
	expect(hintAboutShape({ width, height }, undefined, ACT_TWO)).toBe(hint);
});

it.each([
	[701, undefined],
	[
		699,
		"'Frame Size' 960:960 cuts off 30% of a character of 699 × 1000 pixels. Match the Character cuts off less",
	],
])('a crop of a width of %i to a square is hinted at: %s', (width, hint) => {
	expect(hintAboutShape({ width, height: 1000 }, '960:960', ACT_TWO)).toBe(hint);
});
