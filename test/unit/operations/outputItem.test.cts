import { Readable } from 'node:stream';

import { ACT_TWO } from '../../../nodes/RunwayActTwo/aimlapi/model';
import { Hints } from '../../../nodes/RunwayActTwo/execution/hints';
import { toItemWithVideo } from '../../../nodes/RunwayActTwo/operations/steps/outputItem';
import { virtualClock } from '../../support/virtualClock.cts';

const EXPIRES = '2026-01-01T10:00:00.000Z';
const payload = Buffer.from(JSON.stringify({ exp: Date.parse(EXPIRES) / 1000 }));
const EXPIRING = `https://cdn.example.com/v.mp4?_jwt=h.${payload.toString('base64url')}.s`;
const VIDEO = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypmp42'.repeat(20))]);

/** What becomes of a finished generation whose link answers so. */
async function itemOf({ videoUrl = EXPIRING, status = 200, toFile = true, hasVideo = true }) {
	const hints = new Hints();
	const shown: string[] = [];
	const warned: string[] = [];
	let requests = 0;
	const respond = async () => {
		requests++;
		const headers = { 'content-length': String(VIDEO.length) };
		return await Promise.resolve({ statusCode: status, headers, body: Readable.from([VIDEO]) });
	};
	const prepareBinaryData = async (stream: Readable, fileName: string, mimeType: string) => {
		const data = Buffer.concat((await stream.toArray()) as Buffer[]).toString('base64');
		return { data, fileName, mimeType };
	};
	const item = await toItemWithVideo(
		{
			context: {
				logger: { warn: (line: string) => warned.push(line) },
				helpers: { httpRequest: respond, prepareBinaryData },
			},
			...{ model: ACT_TWO, hints, clock: virtualClock() },
			signal: new AbortController().signal,
		} as never,
		{
			id: 'g',
			status: 'completed',
			phase: 'completed',
			...(hasVideo && { videoUrl }),
			usage: { costUsd: 0.3 },
		},
		toFile ? ({ outputField: 'video', maxBytes: 1000 } as never) : undefined,
		2,
	);
	hints.show({
		addExecutionHints: ({ message }: { message: string }) => shown.push(message),
	} as never);
	return { item, shown, warned, requests };
}

it('a finished video is a file, and its link a link that expires', async () => {
	const { item, shown, warned } = await itemOf({});
	expect(item).toEqual({
		json: {
			...{ id: 'g', status: 'completed', costUsd: 0.3 },
			...{ videoUrl: EXPIRING, videoUrlExpiresAt: EXPIRES },
		},
		binary: {
			video: {
				...{ data: VIDEO.toString('base64'), fileName: 'act-two-g.mp4', mimeType: 'video/mp4' },
			},
		},
		pairedItem: { item: 2 },
	});
	expect(shown).toEqual([
		'The video link expires on 2026-01-01 10:00 UTC. The downloaded file does not. Use Get Video to get a new link.',
	]);
	expect(warned).toEqual([]);
});

it('a link that never expires is not said to', async () => {
	const videoUrl = 'https://cdn.example.com/v.mp4';
	const { item, shown } = await itemOf({ videoUrl });
	expect(item.json).toEqual({ id: 'g', status: 'completed', costUsd: 0.3, videoUrl });
	expect(shown).toEqual([]);
});

it('a video that is not to be a file is only a link', async () => {
	const { item, shown, requests } = await itemOf({ toFile: false });
	expect(item).not.toHaveProperty('binary');
	expect(shown).toEqual([
		'The video link expires on 2026-01-01 10:00 UTC. Use Get Video to get a new link.',
	]);
	expect(requests).toBe(0);
});

it('a video that cannot be downloaded is a link, and why is said', async () => {
	const { item, shown, warned } = await itemOf({ status: 500 });
	expect(item).not.toHaveProperty('binary');
	expect(item.json.videoUrl).toBe(EXPIRING);
	expect(warned).toEqual([
		'Act-Two generation g: video not downloaded, the link returned HTTP 500',
	]);
	expect(shown[0]).toContain(
		'Not downloaded: the video of generation g (the link returned HTTP 500)',
	);
});

it('a generation without a video is told as it is', async () => {
	const { item, shown, requests } = await itemOf({ hasVideo: false });
	expect(item).toEqual({
		...{ json: { id: 'g', status: 'completed', costUsd: 0.3 }, pairedItem: { item: 2 } },
	});
	expect([shown, requests]).toEqual([[], 0]);
});
