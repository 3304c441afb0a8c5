/**
 * Whole kinds of files, each as a real program makes it: encoders and their options, muxers, browsers,
 * image tools. Made once for each machine, with what ffprobe says of each.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { installDebianPackages } from '../n8n/debian.cts';
import { makeRecordings, recordings } from './recordings.cts';

const run = promisify(execFile);

const FOLDER = join(tmpdir(), 'act-two-media-kinds-2');
const PROBES = join(FOLDER, 'probes.json');
const AT_ONCE = 3;

/** Programs and the Debian packages that bring them. */
const PROGRAMS: Record<string, string> = {
	ffmpeg: 'ffmpeg',
	mkvmerge: 'mkvtoolnix',
	cwebp: 'webp',
	exiftool: 'libimage-exiftool-perl',
	convert: 'imagemagick',
};

/** What Act-Two does with a file of a kind: it is a video, an image, or neither. */
export type Kind = 'video' | 'image' | 'other';

export interface KindOfFile {
	name: string;
	kind: Kind;
}

interface Recipe extends KindOfFile {
	/** `IN:name` is another file, `OUT` the one to make. */
	command: string[];
	/** Changes what the command made, or makes the file alone. */
	change?: (content: Buffer) => Buffer;
}

const recipes: Recipe[] = [];

const words = (text: string) => text.split(' ').filter((word) => word !== '');
const ffmpeg = (text: string) => ['ffmpeg', '-v', 'error', '-y', ...words(text)];
const add = (kind: Kind, name: string, command: string[], change?: Recipe['change']) => {
	recipes.push({ kind, name, command, ...(change && { change }) });
};
const video = (name: string, text: string, change?: Recipe['change']) =>
	add('video', name, ffmpeg(`${text} OUT`), change);

const picture = (seconds: number, rate = 25, size = '160x90') =>
	`-f lavfi -i testsrc=size=${size}:rate=${rate}:duration=${seconds}`;
const SOUND = '-f lavfi -i sine=duration=4';
const H264 = '-c:v libx264 -preset ultrafast -pix_fmt yuv420p';

// What the others are made from, without encoding again.
video('base.mp4', `${picture(4)} ${SOUND} ${H264} -bf 2 -g 25 -c:a aac`);
video('long.mp4', `${picture(45, 10)} ${H264} -g 100`);
video('vp8.webm', `${picture(4)} -c:v libvpx -deadline realtime -g 25`);
video('theora.ogv', `${picture(4)} ${SOUND} -c:v libtheora -c:a libvorbis -g 25`);

for (const [name, flags] of Object.entries({
	'fragments-by-keyframe': 'frag_keyframe',
	'fragments-empty-moov': 'frag_keyframe+empty_moov',
	'fragments-default-base': 'frag_keyframe+empty_moov+default_base_moof',
	'fragments-by-frame': 'frag_every_frame+empty_moov',
	'fragments-by-track': 'frag_keyframe+separate_moof',
	'fragments-delay-moov': 'frag_keyframe+delay_moov',
	'fragments-no-index': 'frag_keyframe+empty_moov+skip_trailer',
	'fragments-offset-omitted': 'frag_keyframe+empty_moov+omit_tfhd_offset',
	'fragments-negative-cts': 'frag_keyframe+empty_moov+negative_cts_offsets',
	dash: 'dash+frag_keyframe',
	'dash-global-index': 'dash+global_sidx+frag_keyframe',
	'dash-no-index': 'dash+skip_sidx+frag_keyframe',
	cmaf: 'cmaf+frag_keyframe',
	faststart: 'faststart',
	'negative-cts': 'negative_cts_offsets',
	hinted: 'rtphint',
	'chapters-off': 'disable_chpl',
	isml: 'isml+frag_keyframe',
})) {
	video(`${name}.mp4`, `-i IN:base.mp4 -c copy -movflags ${flags}`);
}
for (const format of ['ipod', 'psp', 'f4v', 'ismv', '3gp', '3g2', 'mov']) {
	video(`format-${format}.mp4`, `-i IN:base.mp4 -c copy -f ${format}`);
}
for (const brand of [
	'isom',
	'mp41',
	'mp42',
	'avc1',
	'M4V ',
	'M4A ',
	'iso6',
	'MSNV',
	'dash',
	'XAVC',
]) {
	add('video', `brand-${brand.trim()}.mp4`, [
		...ffmpeg('-i IN:base.mp4 -c copy -brand'),
		brand,
		'OUT',
	]);
}
for (const [name, options] of Object.entries({
	'fragments-200-ms.mp4': '-frag_duration 200000 -movflags empty_moov',
	'fragments-small.mp4': '-frag_size 4000 -movflags empty_moov',
	'edit-list-off.mp4': '-use_editlist 0',
	'timescale-600.mp4': '-video_track_timescale 600',
	'timescale-90000.mp4': '-video_track_timescale 90000',
	'timecode.mp4': '-write_tmcd on -timecode 10:00:00:00',
	'timecode.mov': '-write_tmcd on -timecode 10:00:00:00',
	'fragmented.mov': '-movflags frag_keyframe+empty_moov',
	'faststart.mov': '-movflags faststart',
	'plain.mkv': '',
	'live.mkv': '-live 1',
	'clusters-200-ms.mkv': '-cluster_time_limit 200',
	'clusters-2-kb.mkv': '-cluster_size_limit 2000',
	'cues-in-front.mkv': '-cues_to_front 1 -reserve_index_space 1000',
	'rotated-90.mp4': '-metadata:s:v:0 rotate=90',
	'rotated-180.mp4': '-metadata:s:v:0 rotate=180',
	'rotated-270.mov': '-metadata:s:v:0 rotate=270',
	'commented.mp4': `-metadata comment=${'x'.repeat(60_000)}`,
	'picture-alone.mov': '-an',
})) {
	video(name, `-i IN:base.mp4 -c copy ${options}`);
}
video('blank-start.mp4', '-itsoffset 0.5 -i IN:base.mp4 -c copy');
video('late-sound.mp4', '-i IN:base.mp4 -itsoffset 0.7 -i IN:base.mp4 -map 0:v -map 1:a -c copy');
video('two-pictures.mp4', '-i IN:base.mp4 -i IN:base.mp4 -map 0:v -map 1:v -map 0:a -c copy');
video('two-sounds.mov', '-i IN:base.mp4 -map 0:v -map 0:a -map 0:a -c copy');
video(
	'cover-art.mp4',
	'-i IN:base.mp4 -i IN:still.jpg -map 0 -map 1 -c copy -disposition:v:1 attached_pic',
);
video(
	'cover-art.mkv',
	'-i IN:base.mp4 -c copy -attach IN:still.jpg -metadata:s:t mimetype=image/jpeg',
);
video('chapters.mp4', '-i IN:base.mp4 -i IN:chapters.txt -map_metadata 1 -c copy');
video('chapters.mkv', '-i IN:base.mp4 -i IN:chapters.txt -map_metadata 1 -c copy');
video('subtitles.mp4', '-i IN:base.mp4 -i IN:words.srt -c copy -c:s mov_text');
video('subtitles.mkv', '-i IN:base.mp4 -i IN:words.srt -c copy -c:s srt');

// Cut out of others without encoding, which is what our own advice says.
for (const type of ['mp4', 'mov', 'mkv']) {
	video(`cut-10-to-32.${type}`, '-ss 13 -i IN:long.mp4 -t 22 -c copy');
	video(`cut-last-2.${type}`, '-ss 43 -i IN:long.mp4 -c copy');
	video(`cut-from-the-middle.${type}`, '-ss 17.5 -i IN:long.mp4 -c copy');
}
video('cut-fragmented.mp4', '-ss 18 -i IN:long.mp4 -c copy -movflags frag_keyframe+empty_moov');
video('cut-copied-times.mkv', '-ss 20 -copyts -i IN:long.mp4 -c copy');
video('cut.ogv', '-ss 1 -i IN:theora.ogv -c copy');
video('cut.webm', '-ss 1 -i IN:vp8.webm -c copy');

// Too short, too long.
for (const [name, options] of Object.entries({
	'.mp4': '',
	'-faststart.mp4': '-movflags faststart',
	'-fragmented.mp4': '-movflags frag_keyframe+empty_moov',
	'-by-keyframe.mp4': '-movflags frag_keyframe',
	'-dash.mp4': '-movflags dash+frag_keyframe',
	'-no-index.mp4': '-movflags frag_keyframe+empty_moov+skip_trailer',
	'.mov': '',
	'.mkv': '',
	'-live.mkv': '-live 1',
})) {
	video(`long${name}`.replace('long.mp4', 'long-again.mp4'), `-i IN:long.mp4 -c copy ${options}`);
	video(`short${name}`, `-i IN:base.mp4 -t 2 -c copy ${options}`);
}
video('long.webm', `${picture(40, 5)} -c:v libvpx -deadline realtime`);
video('long-live.webm', '-i IN:long.webm -c copy -live 1');
video('short-live.webm', '-i IN:vp8.webm -t 2 -c copy -live 1');
video('long.ogv', `${picture(40, 5)} -c:v libtheora`);
video('short.ogv', '-i IN:theora.ogv -t 2 -c copy');
video(
	'large-live.webm',
	`${picture(5, 25, '1280x720')} -c:v libvpx -deadline realtime -cpu-used 16 -b:v 6M -live 1`,
);

// Codecs.
for (const [name, codec] of Object.entries({
	'hvc1.mp4': 'libx265 -preset ultrafast -tag:v hvc1 -x265-params log-level=none',
	'hev1.mov': 'libx265 -preset ultrafast -tag:v hev1 -x265-params log-level=none',
	'av1.mp4': 'libsvtav1 -preset 12',
	'av1.mkv': 'libsvtav1 -preset 12',
	'vp9.mp4': 'libvpx-vp9 -deadline realtime -cpu-used 8',
	'vp9.webm': 'libvpx-vp9 -deadline realtime -cpu-used 8',
	'prores-proxy.mov': 'prores_ks -profile:v 0',
	'prores-4444.mov': 'prores_ks -profile:v 4 -pix_fmt yuva444p10le',
	'prores.mkv': 'prores_ks',
	'mpeg4.mp4': 'mpeg4',
	'mpeg4.mkv': 'mpeg4',
	'xvid.mov': 'mpeg4 -tag:v XVID',
	'mjpeg.mov': 'mjpeg -pix_fmt yuvj420p',
	'mjpeg.mp4': 'mjpeg -pix_fmt yuvj420p',
	'mjpeg.mkv': 'mjpeg -pix_fmt yuvj420p',
	'animation.mov': 'qtrle',
	'h263.mov': 'h263 -s 176x144',
	'h263.3gp': 'h263 -s 176x144',
	'mpeg2.mp4': 'mpeg2video',
	'png.mov': 'png',
	'dnxhd.mov': 'dnxhd -profile:v dnxhr_lb -s 320x180 -pix_fmt yuv422p',
	'uncompressed.mov': 'rawvideo -pix_fmt uyvy422',
	'huffyuv.mkv': 'huffyuv',
	'ffv1.mkv': 'ffv1',
	'theora.mkv': 'libtheora',
})) {
	video(`codec-${name}`, `${picture(3.4, 10)} -c:v ${codec}`);
}
video('variable-rate.mp4', `${picture(4)} -vf select=not(mod(n\\,7)) -fps_mode vfr ${H264}`);
video('variable-rate.mkv', `${picture(4)} -vf select=not(mod(n\\,7)) -fps_mode vfr ${H264}`);
video('one-frame-a-second.mp4', `${picture(5, 1)} ${H264}`);
video('one-frame-a-second-live.mkv', `${picture(5, 1)} ${H264} -live 1`);
for (const name of ['wide.mp4', 'wide.mov', 'wide.mkv', 'wide-fragmented.mp4']) {
	const flags = name.includes('fragmented') ? '-movflags frag_keyframe+empty_moov' : '';
	video(`pixels-${name}`, `${picture(3.4, 10, '120x90')} -vf setsar=16/9 ${H264} ${flags}`);
}
video(
	'pixels-wide.webm',
	`${picture(3.4, 10, '120x90')} -vf setsar=16/9 -c:v libvpx -deadline realtime`,
);
video('pixels-wide.ogv', `${picture(3.4, 10, '120x90')} -vf setsar=16/9 -c:v libtheora`);
video('vp8.ogv', '-i IN:vp8.webm -c copy -f ogg');
video('several-sounds.ogv', '-i IN:theora.ogv -map 0:v -map 0:a -map 0:a -c copy');
video('sound-first.ogv', '-i IN:theora.ogv -map 0:a -map 0:v -c copy');
video('opus.ogv', '-i IN:theora.ogv -c:v copy -c:a libopus');
video('flac.ogv', '-i IN:theora.ogv -c:v copy -c:a flac -f ogg');
video('picture-alone.ogv', '-i IN:theora.ogv -an -c copy');

// Written to a pipe, so that nothing could be put right at the end.
for (const [name, format, from] of [
	['piped.mkv', 'matroska', 'base.mp4'],
	['piped.webm', 'webm', 'vp8.webm'],
	['piped.ogv', 'ogg', 'theora.ogv'],
	['piped-long.mkv', 'matroska', 'long.mp4'],
]) {
	add('video', name, [
		'sh',
		'-c',
		`ffmpeg -v error -i "$1" -c copy -f ${format} - | cat > "$2"`,
		'sh',
		`IN:${from}`,
		'OUT',
	]);
}

for (const [name, options] of Object.entries({
	'plain.mkv': '',
	'no-cues.mkv': '--no-cues',
	'no-duration.mkv': '--disable-track-statistics-tags --engage no_simpleblocks',
	'short-clusters.mkv': '--cluster-length 200ms',
	'stretched.mkv': '--display-dimensions 0:160x160',
	'ratio.mkv': '--aspect-ratio 0:1/1',
	'cropped.mkv': '--cropping 0:35,0,35,0',
	'late.mkv': '--sync 1:700',
	'scale.mkv': '--timestamp-scale 100000',
	'no-lacing.mkv': '--disable-lacing',
})) {
	add('video', `mkvmerge-${name}`, [
		'mkvmerge',
		'-q',
		'-o',
		'OUT',
		...words(options),
		'IN:base.mp4',
	]);
}
add('video', 'mkvmerge.webm', ['mkvmerge', '-q', '-w', '-o', 'OUT', 'IN:vp8.webm']);

/** A box of ISO media files. */
const box = (type: string, content: Buffer = Buffer.alloc(0)): Buffer => {
	const header = Buffer.alloc(8);
	header.writeUInt32BE(content.length + 8);
	header.write(type, 4, 'latin1');
	return Buffer.concat([header, content]);
};
const copied = (
	name: string,
	from: string,
	change: (content: Buffer) => Buffer,
	kind: Kind = 'video',
) => add(kind, name, ['cp', `IN:${from}`, 'OUT'], change);
const withoutFirstBox = (content: Buffer) => content.subarray(content.readUInt32BE(0));
/** Puts boxes of another type in the place of all boxes of a type, so that no offset changes. */
const renamed = (content: Buffer, from: string, to: string) => {
	const result = Buffer.from(content);
	for (let at = result.indexOf(from); at >= 0; at = result.indexOf(from, at + 4))
		result.write(to, at);
	return result;
};
copied('no-ftyp.mov', 'picture-alone.mov', (content) => renamed(content, 'ftypqt', 'wideqt'));
copied('uuid-first.mp4', 'fragments-empty-moov.mp4', (content) =>
	Buffer.concat([box('uuid', Buffer.alloc(24, 1)), content]),
);
copied('preview-first.mov', 'fragmented.mov', (content) =>
	Buffer.concat([box('pnot', Buffer.alloc(12)), withoutFirstBox(content)]),
);
copied('free-between.mp4', 'fragments-default-base.mp4', (content) =>
	Buffer.concat([
		content.subarray(0, content.readUInt32BE(0)),
		box('free', Buffer.alloc(300_000)),
		withoutFirstBox(content),
	]),
);
copied('fragments-without-time.mp4', 'fragments-default-base.mp4', (content) =>
	renamed(content, 'tfdt', 'free'),
);
copied('trailing-bytes.mp4', 'faststart.mp4', (content) =>
	Buffer.concat([content, Buffer.alloc(1000, 7)]),
);
/** With a 64-bit size of the box that holds the content, in the place of the empty one before it. */
copied('long-sizes.mp4', 'base.mp4', (content) => {
	const at = content.indexOf('mdat') - 4;
	const result = Buffer.from(content);
	result.writeUInt32BE(1, at - 8);
	result.write('mdat', at - 4);
	result.writeBigUInt64BE(BigInt(content.readUInt32BE(at) + 8), at);
	return result;
});
copied('open-end.mp4', 'faststart.mp4', (content) => {
	const result = Buffer.from(content);
	result.writeUInt32BE(0, content.indexOf('mdat') - 4);
	return result;
});
const zeroed = (content: Buffer, type: string, at: number) => {
	const result = Buffer.from(content);
	for (let place = result.indexOf(type); place >= 0; place = result.indexOf(type, place + 4)) {
		result.writeUInt32BE(0, place + at);
	}
	return result;
};
copied('no-track-durations.mp4', 'edit-list-off.mp4', (content) =>
	zeroed(zeroed(zeroed(content, 'mvhd', 20), 'tkhd', 24), 'mdhd', 20),
);
copied('no-movie-duration.mp4', 'base.mp4', (content) => zeroed(content, 'mvhd', 20));

// Not all of the file has arrived.
for (const name of [
	'base.mp4',
	'faststart.mp4',
	'picture-alone.mov',
	'faststart.mov',
	'cut-10-to-32.mp4',
]) {
	for (const share of [0.3, 0.6, 0.95]) {
		const cut = (content: Buffer) => content.subarray(0, Math.floor(content.length * share));
		copied(`part-${share * 100}-of-${name}`, name, cut, 'other');
	}
}

// Images.
const STILL = '-f lavfi -i testsrc=size=160x90 -frames:v 1 -update 1';
add('image', 'still.jpg', ffmpeg(`${STILL} OUT`));
add('image', 'still.png', ffmpeg(`${STILL} OUT`));
for (const [name, options] of Object.entries({
	'progressive.jpg': '-interlace Plane',
	'gray.jpg': '-colorspace Gray',
	'cmyk.jpg': '-colorspace CMYK',
	'restarts.jpg': '-define jpeg:restart-interval=4',
	'palette.png': '-type Palette',
	'interlaced.png': '-interlace PNG',
	'deep.png': '-depth 16',
	'alpha.png': '-alpha set',
})) {
	add('image', name, ['convert', 'IN:still.png', ...words(options), 'OUT']);
}
add('image', 'animated.png', ffmpeg(`${picture(0.3, 10)} -f apng OUT`));
for (const [name, options] of Object.entries({
	'lossy.webp': '-quiet',
	'lossless.webp': '-quiet -lossless',
	'alpha.webp': '-quiet -alpha_q 50',
})) {
	add('image', name, ['cwebp', ...words(options), 'IN:alpha.png', '-o', 'OUT']);
}
add('image', 'animated.webp', ffmpeg(`${picture(0.3, 10)} -c:v libwebp_anim OUT`));
for (const [name, from] of [
	['turned.jpg', 'still.jpg'],
	['turned.png', 'still.png'],
]) {
	add('image', name, ['exiftool', '-q', '-Orientation#=6', '-o', 'OUT', `IN:${from}`]);
}
for (const name of ['lossy', 'lossless', 'alpha']) {
	const command = [
		'webpmux',
		'-set',
		'exif',
		'IN:orientation.exif',
		`IN:${name}.webp`,
		'-o',
		'OUT',
	];
	add('image', `turned-${name}.webp`, command);
}
const segments = (content: Buffer, count: number) => {
	const segment = Buffer.alloc(65_535, 'x');
	segment.writeUInt32BE(0xffe4fffd);
	return Buffer.concat([
		content.subarray(0, 2),
		...Array<Buffer>(count).fill(segment),
		content.subarray(2),
	]);
};
copied('much-data.jpg', 'turned.jpg', (content) => segments(content, 14), 'image');
copied(
	'motion-photo.jpg',
	'still.jpg',
	(content) => Buffer.concat([content, Buffer.alloc(90_000, 1)]),
	'image',
);

// Neither.
for (const name of [
	'tga',
	'pcx',
	'gif',
	'bmp',
	'tiff',
	'ico',
	'psd',
	'jp2',
	'ppm',
	'xpm',
	'dds',
	'miff',
]) {
	add('other', `image.${name}`, ['convert', 'IN:still.png', 'OUT']);
}
add('other', 'image.jxl', ffmpeg(`${STILL} -c:v libjxl OUT`));
add('other', 'image.j2k', ffmpeg(`${STILL} -c:v libopenjpeg OUT`));
for (const [name, options] of Object.entries({
	'video.ts': '-c copy',
	'video.m2ts': '-c copy -mpegts_m2ts_mode 1',
	'video.flv': '-c copy',
	'video.avi': '-c copy',
	'video.h264': '-c:v copy -an',
	'video.nut': '-c copy',
	'video.mpg': '-c:v mpeg1video -c:a mp2',
	'video.vob': '-c:v mpeg2video -c:a mp2',
	'video.wmv': '-c:v wmv2 -c:a wmav2',
	'video.y4m': '-an -t 1',
	'video.mxf': '-c:v mpeg2video -c:a pcm_s16le -ar 48000',
	'video.rm': '-c:v rv10 -c:a ac3 -s 176x144',
	'video.swf': '-c:v flv -an',
	'sound.mp3': '-vn',
	'sound.aac': '-vn',
	'sound.m4a': '-vn',
	'sound.mp4': '-vn',
	'sound.mov': '-vn',
	'sound.mka': '-vn -c:a aac',
	'sound.webm': '-vn -c:a libopus',
	'sound.ogg': '-vn -c:a libvorbis',
	'sound.opus': '-vn',
	'sound.flac': '-vn',
	'sound.wav': '-vn',
	'sound.aiff': '-vn',
	'sound.caf': '-vn',
	'sound.ac3': '-vn',
	'sound.wma': '-vn',
	'sound-fragmented.mp4': '-vn -movflags frag_keyframe+empty_moov',
})) {
	add('other', name, ffmpeg(`-i IN:base.mp4 ${options} OUT`));
}
add('other', 'video.ivf', ffmpeg('-i IN:vp8.webm -c copy OUT'));
const made = (name: string, content: string | Buffer) =>
	add('other', name, ['true'], () => Buffer.from(content));
made('words.srt', '1\n00:00:00,000 --> 00:00:02,000\nHello\n');
made(
	'chapters.txt',
	';FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=2000\ntitle=One\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=2000\nEND=4000\ntitle=Two\n',
);
made(
	'orientation.exif',
	Buffer.from('49492a0008000000010012010300010000000600000000000000', 'hex'),
);
made('data.json', '{"error":"not found"}');
made('noise.bin', createHash('sha512').update('noise').digest());
made('zeros.bin', Buffer.alloc(5000));

/** All kinds, without making them; recordings of a browser are among them. */
export function kinds(): KindOfFile[] {
	const recorded = recordings().map((name) => ({ name, kind: 'video' as const }));
	return [...recipes.map(({ name, kind }) => ({ name, kind })), ...recorded];
}

export const pathOfKind = (name: string): string => join(FOLDER, name);

/** Makes what is not there, in the order in which one needs the other. */
export async function prepareKinds(): Promise<void> {
	if (existsSync(PROBES)) return;
	const missing = Object.keys(PROGRAMS).filter((name) => !onPath(name));
	if (missing.length > 0) {
		installDebianPackages(
			missing.map((name) => PROGRAMS[name]),
			'The media corpus needs programs that make media files',
		);
	}
	mkdirSync(FOLDER, { recursive: true });
	const recorded = record();
	const done = new Map<string, Promise<void>>();
	const makeOnce = (recipe: Recipe): Promise<void> => {
		const known = done.get(recipe.name) ?? makeAfterInputs(recipe);
		done.set(recipe.name, known);
		return known;
	};
	const limit = limiter(AT_ONCE);
	const makeAfterInputs = async (recipe: Recipe) => {
		const inputs = recipe.command.filter((word) => word.startsWith('IN:'));
		for (const input of inputs) {
			await makeOnce(recipes.find(({ name }) => name === input.slice(3)) as Recipe);
		}
		await limit(async () => await make(recipe));
	};
	await Promise.all([recorded, ...recipes.map(makeOnce)]);
	const entries = await Promise.all(
		kinds().map(({ name }) => limit(async () => [name, await probeKind(name)] as const)),
	);
	writeFileSync(PROBES, JSON.stringify(Object.fromEntries(entries)));
}

const onPath = (program: string) =>
	(process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, program)));

async function record(): Promise<void> {
	if (recordings().every((name) => existsSync(pathOfKind(name)))) return;
	await makeRecordings(FOLDER);
}

function limiter(atOnce: number) {
	let running = 0;
	const waiting: Array<() => void> = [];
	return async <T,>(task: () => Promise<T>): Promise<T> => {
		if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
		running++;
		try {
			return await task();
		} finally {
			running--;
			waiting.shift()?.();
		}
	};
}

async function make({ name, command, change }: Recipe): Promise<void> {
	if (existsSync(pathOfKind(name))) return;
	const out = join(FOLDER, `making-${process.pid}-${name}`);
	const [program, ...args] = command.map((word) =>
		word === 'OUT' ? out : word.startsWith('IN:') ? pathOfKind(word.slice(3)) : word,
	);
	await run(program, args);
	if (change) writeFileSync(out, change(existsSync(out) ? readFileSync(out) : Buffer.alloc(0)));
	renameSync(out, pathOfKind(name));
}

/** What ffprobe says, rotation and the shape of pixels applied. */
export interface ProbedKind {
	/** What the picture alone plays; the file's length may be that of its sound. */
	pictureSeconds?: number;
	/** By the container's header. */
	durationSeconds?: number;
	/** When the last packet of pictures ends, where the header does not say it. */
	packetSeconds?: number;
	hasVideo: boolean;
	/** Width by height as displayed. */
	ratio?: number;
}

/** Whether ffprobe finds a length that is certainly not within so many seconds. */
export function isOutside(
	{ durationSeconds, packetSeconds }: ProbedKind,
	{ min, max }: { min: number; max: number },
): boolean {
	const seconds = durationSeconds ?? packetSeconds ?? NaN;
	return seconds < min - 0.25 || seconds > max + 0.25;
}

export function probes(): Record<string, ProbedKind> {
	return JSON.parse(readFileSync(PROBES, 'utf8')) as Record<string, ProbedKind>;
}

interface Stream {
	codec_type: string;
	width: number;
	height: number;
	sample_aspect_ratio?: string;
	side_data_list?: Array<{ rotation?: number }>;
	/** Seconds, where the container says it of the stream. */
	duration?: string;
	disposition: { attached_pic: number };
}

export async function probeFile(path: string): Promise<ProbedKind> {
	const ask = async (...args: string[]) =>
		JSON.parse(
			(await run('ffprobe', ['-v', 'error', '-of', 'json', ...args, path], { maxBuffer: 1e8 }))
				.stdout,
		) as {
			streams?: Stream[];
			format?: { duration?: string };
			packets?: Array<{ pts_time?: string; duration_time?: string }>;
		};
	try {
		const { streams = [], format } = await ask('-show_format', '-show_streams');
		const picture = streams.find(
			({ codec_type, disposition }) => codec_type === 'video' && disposition.attached_pic !== 1,
		);
		if (!picture) return { hasVideo: false };
		const [wide = 1, high = 1] = (picture.sample_aspect_ratio ?? '1:1').split(':').map(Number);
		const aspect = wide > 0 && high > 0 ? wide / high : 1;
		const ratio = (picture.width * aspect) / picture.height;
		const turn = picture.side_data_list?.find((data) => data.rotation !== undefined)?.rotation ?? 0;
		const durationSeconds = Number(format?.duration);
		const told = durationSeconds > 0 ? { durationSeconds } : {};
		const packets =
			durationSeconds > 0
				? []
				: ((await ask('-select_streams', 'v:0', '-show_entries', 'packet=pts_time,duration_time'))
						.packets ?? []);
		const times = packets.map(({ pts_time }) => Number(pts_time)).filter((time) => time >= 0);
		const pictureSeconds = Number(picture.duration);
		return {
			hasVideo: true,
			...(pictureSeconds > 0 && { pictureSeconds }),
			ratio: Math.abs(turn) % 180 === 90 ? 1 / ratio : ratio,
			...told,
			...(times.length > 0 && { packetSeconds: Math.max(...times) - Math.min(...times) }),
		};
	} catch {
		return { hasVideo: false };
	}
}

const probeKind = async (name: string): Promise<ProbedKind> => await probeFile(pathOfKind(name));
