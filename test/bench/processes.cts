import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

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
