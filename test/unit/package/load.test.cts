import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, symlinkSync, cpSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { buildSync } from 'esbuild';

/** Prints the names of the nodes and of the credential, and how long an aborted sleep of theirs took. */
const SCRIPT = `
const { AimlapiApi, RunwayActTwo, RunwayActTwoTrigger } = require('n8n-nodes-runway-act-two');
const { abortableClock } = require('./clock.js');
const stop = new AbortController();
const slept = abortableClock(stop.signal).sleep(60_000).catch((reason) => reason.message);
stop.abort(new Error('stopped'));
slept.then((why) => {
	const timers = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
	const nodes = [RunwayActTwo, RunwayActTwoTrigger].map((node) => new node().description.name);
	console.log(...nodes, new AimlapiApi().name, why, timers);
	process.exit();
});`;

describe('the built package loads and its sleep ends with the signal', () => {
	const folder = mkdtempSync(join(tmpdir(), 'act-two-load-'));
	afterAll(() => rmSync(folder, { recursive: true }));

	it.each(['n8n-workflow-oldest', 'n8n-workflow'])('beside %s', (workflowPackage) => {
		const modules = join(folder, workflowPackage, 'node_modules');
		const own = join(modules, 'n8n-nodes-runway-act-two');
		mkdirSync(own, { recursive: true });
		for (const part of ['package.json', 'index.js', 'dist']) {
			cpSync(part, join(own, part), { recursive: true });
		}
		buildSync({
			entryPoints: ['nodes/RunwayActTwo/time/clock.ts'],
			outfile: join(folder, workflowPackage, 'clock.js'),
			bundle: true,
			external: ['n8n-workflow'],
			platform: 'node',
		});
		symlinkSync(resolve('node_modules', workflowPackage), join(modules, 'n8n-workflow'));
		const options = { cwd: join(folder, workflowPackage), encoding: 'utf8' } as const;
		const printed = execFileSync(process.execPath, ['-e', SCRIPT], options);
		expect(printed.trim()).toBe('runwayActTwo runwayActTwoTrigger aimlapiApi stopped 0');
	});
});
