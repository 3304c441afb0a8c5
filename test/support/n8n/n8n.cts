import { randomInt } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { ensureN8n } from './cache.cts';
import { NEWEST_RELEASE } from './release.cts';
import type { Release } from './release.cts';
import { startChildProcess } from './childProcess.cts';
import type { ChildProcess } from './childProcess.cts';

const PACKAGE = 'n8n-nodes-runway-act-two';

export interface N8nProcess extends ChildProcess {
	userFolder: string;
}

export interface N8n extends N8nProcess {
	url: string;
}

export interface N8nOptions {
	release?: Release;
	port?: number;
	env?: NodeJS.ProcessEnv;
	/** Folders of other community packages to install beside ours. */
	beside?: string[];
	/** The user folder to start in, with just what it holds; absent: a fresh one with the package. */
	userFolder?: string;
	log?: (line: string) => void;
}

/** Below the ports that Linux gives to outgoing connections, which may take one before n8n is up. */
const PORTS = { from: 20_000, to: 30_000 };

/** A port that is free now. */
export async function freePort(): Promise<number> {
	for (;;) {
		const port = randomInt(PORTS.from, PORTS.to);
		const server = createServer();
		const free = await new Promise<boolean>((done) => {
			server.once('error', () => done(false));
			server.listen(port, '127.0.0.1', () => done(true));
		});
		if (!free) continue;
		await new Promise((done) => server.close(done));
		return port;
	}
}

/** Puts what `npm publish` would ship, and the others, where n8n looks for installed community packages. */
function installPackages(userFolder: string, beside: string[]): void {
	const installed = join(userFolder, '.n8n', 'nodes', 'node_modules');
	for (const other of beside) cpSync(other, join(installed, basename(other)), { recursive: true });
	const target = join(installed, PACKAGE);
	mkdirSync(target, { recursive: true });
	for (const part of ['package.json', 'index.js', 'dist']) {
		cpSync(part, join(target, part), { recursive: true });
	}
}

/**
 * Starts a real n8n, reachable on loopback only, with the built package in a fresh user folder unless
 * told otherwise. It ends with this process.
 * @throws Error with the end of its log when it does not come up
 */
export async function startN8n(options: N8nOptions = {}): Promise<N8n> {
	const port = options.port ?? (await freePort());
	const ready = 'Editor is now accessible';
	const main = await startProcess(['start'], ready, options, {
		N8N_PORT: String(port),
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_HOST: '127.0.0.1',
	});
	return { ...main, url: `http://127.0.0.1:${port}` };
}

/**
 * Starts a worker of n8n's queue mode; `options.env` names the queue and the database of its main.
 * @throws Error with the end of its log when it does not come up
 */
export async function startWorker(options: N8nOptions): Promise<N8nProcess> {
	return await startProcess(['worker', '--concurrency=20'], 'worker is now ready', options, {});
}

/** Starts one n8n process of any role; `ready` is what it prints when it is up. */
async function startProcess(
	args: string[],
	ready: string,
	options: N8nOptions,
	env: NodeJS.ProcessEnv,
): Promise<N8nProcess> {
	const { node, n8n } = await ensureN8n(options.release ?? NEWEST_RELEASE, options.log);
	const userFolder = options.userFolder ?? mkdtempSync(join(tmpdir(), 'act-two-n8n-'));
	if (!options.userFolder) installPackages(userFolder, options.beside ?? []);
	const started = await startChildProcess({
		command: node,
		args: [n8n, ...args],
		ready,
		folder: userFolder,
		env: {
			PATH: process.env.PATH,
			HOME: userFolder,
			N8N_USER_FOLDER: userFolder,
			N8N_RUNNERS_BROKER_PORT: String(await freePort()),
			N8N_SECURE_COOKIE: 'false',
			N8N_DIAGNOSTICS_ENABLED: 'false',
			N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
			N8N_PERSONALIZATION_ENABLED: 'false',
			N8N_TEMPLATES_ENABLED: 'false',
			N8N_LOG_LEVEL: 'info',
			...env,
			...options.env,
		},
	});
	return { ...started, userFolder };
}
