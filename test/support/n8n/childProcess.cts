import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import type { Socket } from 'node:net';

const READY_WITHIN_MS = 120_000;
const FORCE_AFTER_MS = 5000;

/** What a guard does when this process has gone without a word, however it ended. */
const CLEAN_UP =
	'read -r done && exit; kill -s TERM -- "-$1"; sleep 2; kill -s KILL -- "-$1"; rm -rf "$2"';

export interface ChildProcess {
	pid: number;
	/** All that it printed so far. */
	log(): string;
	/** Sends a signal to it and all that it started. */
	kill(signal: NodeJS.Signals): void;
	/** Resolves when it has ended. */
	ended: Promise<void>;
	/** Ends it, by force after 5 seconds, and removes its folder. */
	stop(): Promise<void>;
}

export interface ChildProcessOptions {
	command: string;
	args: string[];
	env: NodeJS.ProcessEnv;
	/** A text that it prints when it is ready. */
	ready: string;
	/** Its own folder, which goes with it. */
	folder: string;
	uid?: number;
	gid?: number;
	/** The signal that asks it to end. */
	endSignal?: NodeJS.Signals;
}

/**
 * Starts a command in a process group of its own and waits until it is ready. It ends with this
 * process.
 * @throws Error with the end of its log when it is not ready within two minutes
 */
export async function startChildProcess(options: ChildProcessOptions): Promise<ChildProcess> {
	const { command, args, env, ready, folder, uid, gid, endSignal = 'SIGTERM' } = options;
	const child = spawn(command, args, {
		detached: true,
		stdio: ['ignore', 'pipe', 'pipe'],
		env,
		cwd: folder,
		...(uid !== undefined && { uid, gid }),
	});
	const ended = new Promise<void>((done) => child.once('close', () => done()));
	let printed = '';
	const late = () =>
		new Error(
			`${command} ${args.join(' ')} did not start. The end of its log:\n${printed.split('\n').slice(-20).join('\n')}`,
		);
	const isReady = new Promise<void>((done, failed) => {
		const tooLate = setTimeout(() => failed(late()), READY_WITHIN_MS);
		const read = (chunk: Buffer) => {
			printed += chunk.toString();
			if (!printed.includes(ready)) return;
			clearTimeout(tooLate);
			done();
		};
		child.stdout.on('data', read);
		child.stderr.on('data', read);
		child.once('error', failed);
		child.once('close', () => {
			clearTimeout(tooLate);
			failed(late());
		});
	});
	const pid = child.pid as number;
	const unguard = child.pid === undefined ? () => {} : guard(pid, folder);

	const kill = (signal: NodeJS.Signals) => {
		try {
			process.kill(-pid, signal);
		} catch {
			// It has ended already.
		}
	};
	const stop = async () => {
		kill(endSignal);
		const force = setTimeout(() => kill('SIGKILL'), FORCE_AFTER_MS);
		await ended;
		clearTimeout(force);
		rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
		unguard();
	};
	try {
		await isReady;
	} catch (error) {
		await stop();
		throw error;
	}
	return { pid, log: () => printed, kill, ended, stop };
}

/** Handlers of this process do not run when it is killed, nor in Jest: a shell waits for its end. */
function guard(pid: number, folder: string): () => void {
	const shell = spawn('sh', ['-c', CLEAN_UP, 'guard', String(pid), folder], {
		detached: true,
		stdio: ['pipe', 'ignore', 'ignore'],
	});
	shell.unref();
	(shell.stdin as unknown as Socket).unref();
	return () => shell.stdin.end('done\n');
}
