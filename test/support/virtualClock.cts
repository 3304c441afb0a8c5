import type { Clock } from '../../nodes/RunwayActTwo/time/clock';

export interface VirtualClock extends Clock {
	advance: (ms: number) => void;
	slept: number[];
	/** As a stop of the execution does: whoever waits is rejected with `reason`. */
	stop: (reason: unknown) => void;
	/** The clock of another execution at the same time. */
	another: () => VirtualClock;
}

/** Time that passes only while something sleeps: from one sleeper's end to the next. */
export function virtualClock(): VirtualClock {
	let time = 0;
	let passing = false;
	/** The first to end first. */
	const sleepers: Array<{ endsAt: number; wake: () => void }> = [];
	const pass = () => {
		const first = sleepers.shift();
		if (!first) return;
		time = Math.max(time, first.endsAt);
		first.wake();
		// All that follows from it happens before time goes on.
		passing = sleepers.length > 0;
		if (passing) setImmediate(pass);
	};
	const clockOfExecution = (): VirtualClock => {
		const slept: number[] = [];
		const listeners = new Set<(reason: unknown) => void>();
		let stopped: { reason: unknown } | undefined;
		const onStop = (listener: (reason: unknown) => void) => {
			if (stopped) listener(stopped.reason);
			else listeners.add(listener);
			return () => listeners.delete(listener);
		};
		return {
			slept,
			now: () => time,
			elapsed: () => time,
			random: () => 0,
			onStop,
			advance: (ms) => {
				time += ms;
			},
			sleep: async (ms) => {
				slept.push(ms);
				let forget = () => {};
				await new Promise<void>((wake, reject) => {
					forget = onStop(reject);
					const endsAt = time + ms;
					let behind = sleepers.length;
					while (behind > 0 && sleepers[behind - 1].endsAt > endsAt) behind--;
					sleepers.splice(behind, 0, { endsAt, wake });
					if (!passing) setImmediate(pass);
					passing = true;
				}).finally(() => forget());
			},
			stop: (reason) => {
				stopped = { reason };
				for (const listener of listeners) listener(reason);
			},
			another: clockOfExecution,
		};
	};
	return clockOfExecution();
}
