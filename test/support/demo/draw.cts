import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

import { launchChromium } from '../../browser/chromium.cts';
import { drawFace, PERFORMANCE_S, poseAt } from './face.cts';

/**
 * Draws the fake API's assets: a character, somebody's performance, and the video that Act-Two might make
 * of them. Needs Chromium and ffmpeg. `node --require tsx/cjs test/support/demo/draw.cts`
 */
const ASSETS = 'test/support/fakeAimlapi/assets';
const FRAMES_PER_SECOND = 24;

async function draw(page: Page, svg: string): Promise<Buffer> {
	await page.setContent(`<body style="margin: 0">${svg}`);
	return await page.locator('svg').screenshot();
}

async function drawVideo(page: Page, skin: 'performer' | 'character', name: string): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), 'act-two-frames-'));
	for (let frame = 0; frame < PERFORMANCE_S * FRAMES_PER_SECOND; frame++) {
		const svg = drawFace(skin, poseAt(frame / FRAMES_PER_SECOND));
		writeFileSync(join(folder, `${frame}.png`), await draw(page, svg));
	}
	const frames = ['-framerate', String(FRAMES_PER_SECOND), '-i', join(folder, '%d.png')];
	const codec = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-crf', '26', '-preset', 'veryslow'];
	const target = ['-movflags', '+faststart', join(ASSETS, name)];
	execFileSync('ffmpeg', ['-v', 'error', '-y', ...frames, ...codec, ...target]);
}

async function main(): Promise<void> {
	const browser = await launchChromium();
	const page = await browser.newPage();
	writeFileSync(join(ASSETS, 'character.png'), await draw(page, drawFace('character', poseAt(0))));
	await drawVideo(page, 'performer', 'performance.mp4');
	await drawVideo(page, 'character', 'video.mp4');
	await browser.close();
}

void main();
