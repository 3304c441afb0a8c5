import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { ensureN8n } from './cache.cts';
import type { Release } from './cache.cts';

const PACKAGE = 'n8n-nodes-runway-act-two';
const READY = 'Editor is now accessible';
const READY_WITHIN_MS = 120_000;

export interface N8n {
	url: string;
	pid: number;
	userFolder: string;
	/** All that n8n printed so far. */
	log(): string;
	stop(): Promise<void>;
}

export interface N8nOptions {
	release?: Release;
	port?: number;
	env?: NodeJS.ProcessEnv;
	/** Folders of other community packages to install beside ours. */
	beside?: string[];
	tell?: (line: string) => void;
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	const { port } = server.address() as AddressInfo;
	await new Promise((done) => server.close(done));
	return port;
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
 * Starts a real n8n with the built package in a fresh user folder, reachable on loopback only. It ends
 * with this process.
 * @throws Error with the end of its log when it does not come up
 */
export async function startN8n(options: N8nOptions = {}): Promise<N8n> {
	const { node, n8n } = await ensureN8n(options.release ?? '2.41.1', options.tell);
	const userFolder = mkdtempSync(join(tmpdir(), 'act-two-n8n-'));
	installPackages(userFolder, options.beside ?? []);
	const port = options.port ?? (await freePort());
	const child = spawn(node, [n8n, 'start'], {
		detached: true,
		stdio: ['ignore', 'pipe', 'pipe'],
		env: {
			PATH: process.env.PATH,
			HOME: userFolder,
			N8N_USER_FOLDER: userFolder,
			N8N_PORT: String(port),
			N8N_LISTEN_ADDRESS: '127.0.0.1',
			N8N_HOST: '127.0.0.1',
			N8N_RUNNERS_BROKER_PORT: String(await freePort()),
			N8N_SECURE_COOKIE: 'false',
			N8N_DIAGNOSTICS_ENABLED: 'false',
			N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
			N8N_PERSONALIZATION_ENABLED: 'false',
			N8N_TEMPLATES_ENABLED: 'false',
			N8N_LOG_LEVEL: 'info',
			...options.env,
		},
	});
	let printed = '';
	const kill = (signal: NodeJS.Signals) => {
		try {
			process.kill(-(child.pid as number), signal);
		} catch {
			// It has ended already.
		}
	};
	const cleanUp = () => {
		kill('SIGKILL');
		rmSync(userFolder, { recursive: true, force: true });
	};
	process.once('exit', cleanUp);
	const ended = new Promise<void>((done) => child.once('close', () => done()));

	await new Promise<void>((ready, failed) => {
		const tooLate = setTimeout(() => failed(new Error(late(printed))), READY_WITHIN_MS);
		const read = (chunk: Buffer) => {
			printed += chunk.toString();
			if (printed.includes(READY)) {
				clearTimeout(tooLate);
				ready();
			}
		};
		child.stdout.on('data', read);
		child.stderr.on('data', read);
		child.once('close', () => {
			clearTimeout(tooLate);
			failed(new Error(late(printed)));
		});
	});

	return {
		url: `http://127.0.0.1:${port}`,
		pid: child.pid as number,
		userFolder,
		log: () => printed,
		stop: async () => {
			kill('SIGTERM');
			const force = setTimeout(() => kill('SIGKILL'), 5000);
			await ended;
			clearTimeout(force);
			process.off('exit', cleanUp);
			rmSync(userFolder, { recursive: true, force: true });
		},
	};
}

function late(printed: string): string {
	return `n8n did not start. The end of its log:\n${printed.split('\n').slice(-20).join('\n')}`;
}
