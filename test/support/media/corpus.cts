import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { installDebianPackages } from '../n8n/debian.cts';

const FOLDER = join(tmpdir(), 'act-two-media-corpus-1');

const PICTURE = ['-f', 'lavfi', '-i', 'testsrc=size=320x180:rate=25:duration=3.2'];
const SOUND = ['-f', 'lavfi', '-i', 'sine=duration=3.2'];
const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
const STILL = ['-f', 'lavfi', '-i', 'testsrc=size=320x180', '-frames:v', '1'];

/** Files as people have them, each made by these arguments of ffmpeg. */
const FILES: Record<string, string[]> = {
	'moov-last.mp4': [...PICTURE, ...SOUND, ...H264],
	'moov-first.mp4': [...PICTURE, ...SOUND, ...H264, '-movflags', '+faststart'],
	'fragmented.mp4': [
		...PICTURE,
		...SOUND,
		...H264,
		'-g',
		'25',
		'-movflags',
		'+frag_keyframe+empty_moov',
	],
	'fragmented-delay.mp4': [
		...PICTURE,
		...H264,
		'-g',
		'25',
		'-movflags',
		'+frag_keyframe+delay_moov+default_base_moof',
	],
	'dash.mp4': [...PICTURE, ...H264, '-g', '25', '-movflags', '+dash+global_sidx'],
	'hevc.mp4': [...PICTURE, '-c:v', 'libx265', '-preset', 'ultrafast', '-tag:v', 'hvc1'],
	'silent.mp4': [...PICTURE, ...H264],
	'sound-only.mp4': [...SOUND, '-c:a', 'aac'],
	'sound.m4a': [...SOUND, '-c:a', 'aac'],
	'picture.mov': [...PICTURE, ...SOUND, ...H264],
	'prores.mov': [...PICTURE, '-c:v', 'prores_ks'],
	'picture.mkv': [...PICTURE, ...SOUND, ...H264],
	'sound.mkv': [...SOUND, '-c:a', 'libopus'],
	'picture.webm': [...PICTURE, ...SOUND, '-c:v', 'libvpx', '-deadline', 'realtime'],
	'live.webm': [...PICTURE, '-c:v', 'libvpx', '-deadline', 'realtime', '-live', '1'],
	'sound.webm': [...SOUND, '-c:a', 'libopus'],
	'picture.ogv': [...PICTURE, ...SOUND, '-c:v', 'libtheora', '-c:a', 'libvorbis'],
	'sound.ogg': [...SOUND, '-c:a', 'libvorbis'],
	'sound.opus': [...SOUND, '-c:a', 'libopus'],
	'sound.mp3': [...SOUND],
	'sound.wav': [...SOUND],
	'sound.flac': [...SOUND],
	'picture.avi': [...PICTURE],
	'picture.wmv': [...PICTURE],
	'picture.flv': [...PICTURE],
	'picture.ts': [...PICTURE, ...H264],
	'picture.mpg': [...PICTURE],
	'picture.png': STILL,
	'picture.jpg': [...STILL, '-update', '1'],
	'lossy.webp': [...STILL, '-c:v', 'libwebp'],
	'lossless.webp': [...STILL, '-c:v', 'libwebp', '-lossless', '1'],
	'alpha.webp': [...STILL, '-vf', 'format=yuva420p', '-c:v', 'libwebp'],
	'picture.gif': STILL,
	'picture.bmp': STILL,
	'picture.tiff': STILL,
};

/** The names of all files, made once for each machine. */
export function corpus(): string[] {
	if (!existsSync('/usr/bin/ffmpeg'))
		installDebianPackages(['ffmpeg'], 'The media corpus needs ffmpeg');
	mkdirSync(FOLDER, { recursive: true });
	for (const [name, args] of Object.entries(FILES)) {
		if (existsSync(join(FOLDER, name))) continue;
		const made = join(FOLDER, `making-${process.pid}-${name}`);
		execFileSync('ffmpeg', ['-v', 'error', '-y', ...args, made], { stdio: 'pipe' });
		renameSync(made, join(FOLDER, name));
	}
	derive('turned.mp4', 'moov-first.mp4', (from, to) =>
		execFileSync('ffmpeg', [
			'-v',
			'error',
			'-y',
			'-i',
			from,
			'-c',
			'copy',
			'-metadata:s:v:0',
			'rotate=90',
			to,
		]),
	);
	derive('turned.mov', 'picture.mov', (from, to) =>
		execFileSync('ffmpeg', [
			'-v',
			'error',
			'-y',
			'-i',
			from,
			'-c',
			'copy',
			'-metadata:s:v:0',
			'rotate=270',
			to,
		]),
	);
	derive('no-ftyp.mov', 'picture.mov', (from, to) => {
		const content = readFileSync(from);
		content.write('wide', 4, 'latin1');
		writeFileSync(to, content);
	});
	derive('orientation-6.jpg', 'picture.jpg', (from, to) =>
		writeFileSync(to, withOrientation(from, 6)),
	);
	derive('orientation-3.jpg', 'picture.jpg', (from, to) =>
		writeFileSync(to, withOrientation(from, 3)),
	);
	return [
		...Object.keys(FILES),
		'turned.mp4',
		'turned.mov',
		'no-ftyp.mov',
		'orientation-6.jpg',
		'orientation-3.jpg',
	];
}

export function pathOf(name: string): string {
	return join(FOLDER, name);
}

function derive(name: string, from: string, make: (from: string, to: string) => void): void {
	if (!existsSync(pathOf(name))) make(pathOf(from), pathOf(name));
}

/** With an Exif segment of one entry right after the beginning. */
function withOrientation(file: string, orientation: number): Buffer {
	const content = readFileSync(file);
	const tiff = Buffer.from('49492a0008000000010012010300010000000000000000000000', 'hex');
	tiff.writeUInt16LE(orientation, 18);
	const segment = Buffer.concat([Buffer.from('Exif\0\0'), tiff]);
	const header = Buffer.from([0xff, 0xe1, 0, 0]);
	header.writeUInt16BE(segment.length + 2, 2);
	return Buffer.concat([content.subarray(0, 2), header, segment, content.subarray(2)]);
}

export interface Probed {
	width?: number;
	height?: number;
	durationSeconds?: number;
	hasVideoTrack: boolean;
}

/** What ffprobe says of a file, rotation applied. */
export function probe(name: string): Probed {
	const args = [
		'-v',
		'error',
		'-print_format',
		'json',
		'-show_format',
		'-show_streams',
		pathOf(name),
	];
	const { streams, format } = JSON.parse(
		execFileSync('ffprobe', args, { stdio: 'pipe' }).toString(),
	) as {
		streams: Array<{
			codec_type: string;
			width: number;
			height: number;
			duration?: string;
			side_data_list?: Array<{ rotation?: number }>;
		}>;
		format: { duration?: string };
	};
	const picture = streams.find(({ codec_type }) => codec_type === 'video');
	if (!picture) return { hasVideoTrack: false };
	const rotation =
		picture.side_data_list?.find((data) => data.rotation !== undefined)?.rotation ?? 0;
	const isTurned = Math.abs(rotation) % 180 === 90;
	const duration = Number(picture.duration ?? format.duration);
	return {
		hasVideoTrack: true,
		width: isTurned ? picture.height : picture.width,
		height: isTurned ? picture.width : picture.height,
		...(duration > 0 && { durationSeconds: duration }),
	};
}
