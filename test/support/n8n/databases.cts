import { execFileSync } from 'node:child_process';
import { chownSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startChildProcess } from './childProcess.cts';
import type { ChildProcess } from './childProcess.cts';
import { freePort } from './n8n.cts';

export interface Database extends ChildProcess {
	port: number;
}

/** A Redis of its own on loopback that keeps nothing on disk. */
export async function startRedis(command: string): Promise<Database> {
	const port = await freePort();
	const folder = mkdtempSync(join(tmpdir(), 'act-two-redis-'));
	const started = await startChildProcess({
		command,
		args: ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--appendonly', 'no'],
		env: { PATH: process.env.PATH },
		ready: 'Ready to accept connections',
		folder,
	});
	return { ...started, port };
}

/**
 * A PostgreSQL cluster of its own on loopback, with the database `postgres` and the user `n8n`
 * without a password. PostgreSQL refuses to run as root, so root starts it as the user `postgres`.
 * @param commands the folder with initdb and postgres
 */
export async function startPostgres(commands: string): Promise<Database> {
	const port = await freePort();
	const folder = mkdtempSync(join(tmpdir(), 'act-two-postgres-'));
	const owner = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : undefined;
	if (owner) chownSync(folder, owner.uid, owner.gid);
	const env = { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' };
	const data = join(folder, 'data');
	execFileSync(
		join(commands, 'initdb'),
		['--pgdata', data, '--username', 'n8n', '--auth', 'trust', '--no-sync'],
		{ cwd: folder, env, ...owner },
	);
	const started = await startChildProcess({
		command: join(commands, 'postgres'),
		args: [
			...['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', ''],
			...['-c', 'fsync=off', '-c', 'full_page_writes=off'],
		],
		env,
		ready: 'database system is ready to accept connections',
		folder,
		endSignal: 'SIGINT',
		...owner,
	});
	return { ...started, port };
}

function idOf(flag: '-u' | '-g'): number {
	return Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
}
