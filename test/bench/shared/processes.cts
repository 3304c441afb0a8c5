import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Linux counts CPU time in hundredths of a second (`man proc_pid_stat`, `getconf CLK_TCK`). */
const TICKS_PER_SECOND = 100;

interface Process {
	group: number;
	cpuSeconds: number;
}

/** Fields after the command's name, which may itself hold spaces and brackets. */
function readProcess(pid: string): Process | undefined {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
		const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
		const ticks = Number(fields[11]) + Number(fields[12]);
		return { group: Number(fields[2]), cpuSeconds: ticks / TICKS_PER_SECOND };
	} catch {
		// It has ended since the folder was listed.
		return undefined;
	}
}

/** CPU time that all processes of a group have used so far, in seconds. Linux only. */
export function groupCpuSeconds(group: number): number {
	return readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name))
		.map(readProcess)
		.filter((process) => process?.group === group)
		.reduce((sum, process) => sum + (process as Process).cpuSeconds, 0);
}

/** What a process holds in memory now, and the most it ever held, in MB of 1,000,000 bytes. */
export function memoryOf(pid: number): { nowMB: number; peakMB: number } {
	const status = readFileSync(`/proc/${pid}/status`, 'utf8');
	const read = (name: string) =>
		(Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024) / 1e6;
	return { nowMB: read('VmRSS'), peakMB: read('VmHWM') };
}

/** Lets the peak be counted anew from now (`man proc_pid_clear_refs`, value 5). */
export function resetPeak(pid: number): void {
	writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

const STEADY_READINGS = 8;
const STEADY_WITHIN_MB = 3;
const READ_EVERY_MS = 2000;
const STEADY_AFTER_AT_MOST_MS = 180_000;

/**
 * What a process holds in memory once that has been steady for 16 s; in MB. n8n frees much of what
 * its start took only later, and what follows would be measured against a figure too high.
 * @throws Error when it is not steady within 3 minutes
 */
export async function steadyMemoryMB(pid: number): Promise<number> {
	const readings: number[] = [];
	const start = Date.now();
	while (Date.now() - start < STEADY_AFTER_AT_MOST_MS) {
		readings.push(memoryOf(pid).nowMB);
		const last = readings.slice(-STEADY_READINGS);
		const steady = Math.max(...last) - Math.min(...last) < STEADY_WITHIN_MB;
		if (last.length === STEADY_READINGS && steady) return last[STEADY_READINGS - 1];
		await sleep(READ_EVERY_MS);
	}
	throw new Error(`Process ${pid} did not become steady in memory`);
}
