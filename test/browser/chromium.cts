import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

/** Where Debian's package puts it. */
const DEBIAN_CHROMIUM = '/usr/bin/chromium';

/** @throws Error that says what to install when there is no Chromium */
export async function launchChromium(): Promise<Browser> {
	const executablePath = process.env.CHROMIUM ?? DEBIAN_CHROMIUM;
	if (!existsSync(executablePath)) {
		throw new Error(
			`There is no Chromium at ${executablePath}. Install it (Debian, Ubuntu: apt install chromium), or name another one: CHROMIUM=/path/to/chromium npm run test:browser`,
		);
	}
	return await chromium.launch({
		executablePath,
		args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
	});
}
