import type { Clock } from '../../nodes/RunwayActTwo/time/clock';

/** Time that passes only while something sleeps: from one sleeper's end to the next. */
export function virtualClock(): Clock & { advance: (ms: number) => void; slept: number[] } {
	let time = 0;
	let passing = false;
	const slept: number[] = [];
	const sleepers: Array<{ endsAt: number; wake: () => void }> = [];
	const pass = () => {
		const first = sleepers.reduce((soonest, one) => (one.endsAt < soonest.endsAt ? one : soonest));
		sleepers.splice(sleepers.indexOf(first), 1);
		time = Math.max(time, first.endsAt);
		first.wake();
		// All that follows from it happens before time goes on.
		passing = sleepers.length > 0;
		if (passing) setImmediate(pass);
	};
	return {
		slept,
		now: () => time,
		elapsed: () => time,
		random: () => 0,
		advance: (ms) => {
			time += ms;
		},
		sleep: async (ms) => {
			slept.push(ms);
			await new Promise<void>((wake) => {
				sleepers.push({ endsAt: time + ms, wake });
				if (!passing) setImmediate(pass);
				passing = true;
			});
		},
	};
}
