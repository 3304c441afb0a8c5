import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Agent, request } from 'undici';

import { inspectMedia } from '../../../nodes/RunwayActTwo/media/inspection/inspectMedia';
import { at, parsed, reasonOf } from '../api.cts';
import type { Answer } from '../api.cts';
import { FRAME_SIZE, sourceOf } from '../inputs.cts';
import type { Report } from '../report.cts';

const MAX_VIDEO_BYTES = 256 * 1024 ** 2;
const VIDEO_TIMEOUT_MS = 120_000;

/** What the finished video is, and how long its link lives. The link is fetched without the key. */
export async function describeVideo(
	report: Report,
	end: Answer,
	referenceHasSound: boolean | undefined,
	timeoutMs = VIDEO_TIMEOUT_MS,
): Promise<void> {
	const link = linkIn(end.json);
	if (link === undefined) {
		const why = `There is no video: ${JSON.stringify(at(end.json, 'error') ?? at(end.json, 'status'))}.`;
		for (const question of ['frameSize', 'sound', 'link'] as const) report.answer(question, why);
		return;
	}
	report.answer('link', lifetimeOf(link));
	const video = await download(link, timeoutMs);
	report.answer('link', `It answers ${video.headers}.`);
	const { frame, sound, read } = await readVideo(video.content);
	const asked = FRAME_SIZE.replace(':', ' × ');
	report.answer(
		'frameSize',
		frame === undefined
			? `Not known: ${read}.`
			: `${frame === asked ? 'Yes' : 'No'}: ${asked} was asked for, ${frame} came (${read}).`,
	);
	const before =
		referenceHasSound === undefined
			? ''
			: ` The reference has ${referenceHasSound ? 'some' : 'none'}.`;
	report.answer('sound', `${sound}.${before}`);
}

/** In each documented shape. */
function linkIn(body: unknown): string | undefined {
	const video = at(body, 'video');
	const first: unknown = Array.isArray(video) ? (video as unknown[])[0] : video;
	const link = at(first, 'url') ?? first;
	return typeof link === 'string' && URL.canParse(link) ? link : undefined;
}

function lifetimeOf(link: string): string {
	const payload = new URL(link).searchParams.get('_jwt')?.split('.')[1];
	if (payload === undefined) return 'Its query has no token that says so.';
	const end = at(parsed(Buffer.from(payload, 'base64url').toString()), 'exp');
	if (typeof end !== 'number') return 'Its token does not say.';
	const hours = (end * 1000 - Date.now()) / 3_600_000;
	return `${hours.toFixed(1)} hours, by the time in its token.`;
}

async function download(link: string, timeoutMs: number) {
	const dispatcher = new Agent({ maxResponseSize: MAX_VIDEO_BYTES });
	try {
		const { statusCode, headers, body } = await request(link, {
			dispatcher,
			signal: AbortSignal.timeout(timeoutMs),
		});
		if (statusCode !== 200) {
			await body.dump();
			throw new Error(`the link answered HTTP ${statusCode}`);
		}
		const content = Buffer.from(await body.arrayBuffer());
		const type = String(headers['content-type']);
		return { content, headers: `${type}, ${content.length} bytes` };
	} catch (error) {
		throw new Error(`the video was not read: ${reasonOf(error)}`);
	} finally {
		await dispatcher.destroy();
	}
}

/** By ffprobe; by this package's own reading where that is not installed. */
async function readVideo(
	content: Buffer,
): Promise<{ frame?: string; sound: string; read: string }> {
	const streams = ffprobe(content);
	if (streams) {
		const picture = streams.find(({ codec_type }) => codec_type === 'video');
		const sound = streams.find(({ codec_type }) => codec_type === 'audio');
		return {
			...(picture && { frame: `${picture.width} × ${picture.height}` }),
			sound: sound ? `Yes: ${sound.codec_name}` : 'No',
			read: picture ? picture.codec_name : 'no video track',
		};
	}
	const info = await inspectMedia(sourceOf(content));
	return {
		...(info?.width !== undefined && { frame: `${info.width} × ${info.height}` }),
		sound: 'Not known without ffprobe',
		read: info?.name ?? 'a file of no known kind',
	};
}

interface Stream {
	codec_type: string;
	codec_name: string;
	width?: number;
	height?: number;
}

function ffprobe(content: Buffer): Stream[] | undefined {
	const folder = mkdtempSync(join(tmpdir(), 'act-two-probe-'));
	const file = join(folder, 'video');
	try {
		writeFileSync(file, content);
		const args = ['-v', 'error', '-show_streams', '-of', 'json', file];
		const printed = execFileSync('ffprobe', args, { encoding: 'utf8', stdio: 'pipe' });
		return at(parsed(printed), 'streams') as Stream[];
	} catch {
		return undefined;
	} finally {
		rmSync(folder, { recursive: true });
	}
}
