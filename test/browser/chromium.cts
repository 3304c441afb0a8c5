import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

import { installDebianPackages } from '../support/n8n/debian.cts';

/** Where Debian's package puts it. */
const DEBIAN_CHROMIUM = '/usr/bin/chromium';

/**
 * Chromium as Debian has it, installed when it is missing and this is root; `CHROMIUM` names another.
 * @throws Error that says what to install when there is none
 */
export async function launchChromium(): Promise<Browser> {
	const executablePath = process.env.CHROMIUM ?? DEBIAN_CHROMIUM;
	if (!existsSync(executablePath)) {
		const need = `There is no Chromium at ${executablePath} (CHROMIUM names another place)`;
		installDebianPackages(['chromium', 'fonts-liberation'], need, console.log);
	}
	return await chromium.launch({
		executablePath,
		args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
	});
}
