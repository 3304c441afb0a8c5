/** What a browser's MediaRecorder makes of a canvas and a tone, whole and in slices. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { launchChromium } from '../../browser/chromium.cts';

const TYPES = {
	'vp8.webm': 'video/webm;codecs=vp8,opus',
	'vp9.webm': 'video/webm;codecs=vp9,opus',
	'av1.webm': 'video/webm;codecs=av1,opus',
	'plain.mp4': 'video/mp4',
	'vp9.mp4': 'video/mp4;codecs=vp9,opus',
	'h264.mp4': 'video/mp4;codecs=avc1,opus',
	'av1.mp4': 'video/mp4;codecs=av01,opus',
	'h264.mkv': 'video/x-matroska;codecs=avc1,opus',
};
const SLICES = { whole: undefined, sliced: 400 };
const RECORDED_MS = 4000;

interface Recording {
	name: string;
	base64: string;
}

/** Runs in the page. */
const RECORD = `async ({ jobs, ms }) => {
	const one = async ({ name, type, slice }) => {
		const canvas = document.createElement('canvas');
		[canvas.width, canvas.height] = [160, 90];
		const drawing = canvas.getContext('2d');
		let frame = 0;
		const timer = setInterval(() => {
			drawing.fillStyle = 'hsl(' + ((frame * 7) % 360) + ' 80% 50%)';
			drawing.fillRect(frame % 150, 0, 20, 90);
			frame++;
		}, 40);
		const stream = canvas.captureStream(25);
		const audio = new AudioContext();
		const [tone, out] = [audio.createOscillator(), audio.createMediaStreamDestination()];
		tone.connect(out);
		tone.start();
		for (const track of out.stream.getAudioTracks()) stream.addTrack(track);
		const recorder = new MediaRecorder(stream, { mimeType: type });
		const parts = [];
		recorder.ondataavailable = ({ data }) => parts.push(data);
		const stopped = new Promise((resolve) => { recorder.onstop = resolve; });
		recorder.start(slice);
		setTimeout(() => recorder.stop(), ms);
		await stopped;
		clearInterval(timer);
		const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
		let text = '';
		for (let at = 0; at < bytes.length; at += 8192) {
			text += String.fromCharCode(...bytes.subarray(at, at + 8192));
		}
		return { name, base64: btoa(text) };
	};
	return await Promise.all(jobs.map(one));
}`;

export function recordings(): string[] {
	return Object.keys(SLICES).flatMap((how) =>
		Object.keys(TYPES).map((name) => `recorded-${how}-${name}`),
	);
}

/** Records all of them side by side, in about five seconds. */
export async function makeRecordings(folder: string): Promise<void> {
	const browser = await launchChromium();
	try {
		const page = await browser.newPage();
		const jobs = Object.entries(SLICES).flatMap(([how, slice]) =>
			Object.entries(TYPES).map(([name, type]) => ({
				name: `recorded-${how}-${name}`,
				type,
				slice,
			})),
		);
		const call = `(${RECORD})(${JSON.stringify({ jobs, ms: RECORDED_MS })})`;
		const made = await page.evaluate<Recording[]>(call);
		for (const { name, base64 } of made) {
			writeFileSync(join(folder, name), Buffer.from(base64, 'base64'));
		}
	} finally {
		await browser.close();
	}
}
