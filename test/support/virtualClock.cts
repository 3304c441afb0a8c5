import type { Clock } from '../../nodes/RunwayActTwo/polling/clock';

/** Time that passes only while something sleeps. */
export function virtualClock(): Clock & { advance: (ms: number) => void; slept: number[] } {
	let time = 0;
	const slept: number[] = [];
	return {
		slept,
		now: () => time,
		random: () => 0,
		advance: (ms) => {
			time += ms;
		},
		sleep: async (ms) => {
			slept.push(ms);
			time += ms;
		},
	};
}
