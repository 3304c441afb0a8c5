import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

import type { Inspected } from '../bench/shared/inspector.cts';

/** What a process holds besides memory. */
export interface Holdings {
	/** Timers that keep the process alive. */
	timers: number;
	/** Signals, each of which may have listeners. */
	abortSignals: number;
	/** Listeners of the process itself. */
	processListeners: number;
	/** Open files, without sockets and pipes. */
	openFiles: number;
}

export async function holdingsOf(pid: number, inspector: Inspected): Promise<Holdings> {
	return {
		timers: await inspector.evaluate<number>(
			"process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length",
		),
		abortSignals: await inspector.countObjects('AbortSignal.prototype'),
		processListeners: await inspector.evaluate<number>(
			'process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0)',
		),
		openFiles: descriptorsOf(pid).filter((target) => target.startsWith('/')).length,
	};
}

/** How many connections a process has to these ports of this machine. Linux only. */
export function connectionsTo(pid: number, ports: number[]): number {
	const inodes = new Set(
		descriptorsOf(pid).flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []),
	);
	// Addresses are hexadecimal (`man proc_pid_net`); the third column is the other end's.
	return readFileSync(`/proc/${pid}/net/tcp`, 'utf8')
		.split('\n')
		.map((line) => line.trim().split(/\s+/))
		.filter(([, , remote = '', , , , , , , inode]) => {
			const port = parseInt(remote.split(':')[1], 16);
			return ports.includes(port) && inodes.has(inode);
		}).length;
}

/** The paths of all files below a folder. */
export function filesBelow(folder: string): string[] {
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name));
}

function descriptorsOf(pid: number): string[] {
	const folder = `/proc/${pid}/fd`;
	return readdirSync(folder).flatMap((name) => {
		try {
			return [readlinkSync(join(folder, name))];
		} catch {
			// It was closed since the folder was listed.
			return [];
		}
	});
}
