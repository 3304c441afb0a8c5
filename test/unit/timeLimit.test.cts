import { timeLimit } from '../../nodes/RunwayActTwo/waiting/timeLimit';

/** A clock that moves on only when told to, and can be stopped. */
function steppedClock() {
	let time = 0;
	let sleeper: { wake: () => void; stop: (reason: unknown) => void } | undefined;
	return {
		now: () => time,
		sleep: async () =>
			await new Promise<void>((wake, stop) => {
				sleeper = { wake, stop };
			}),
		passes: async (ms: number) => {
			time += ms;
			sleeper?.wake();
			await new Promise(setImmediate);
		},
		stops: (reason: unknown) => sleeper?.stop(reason),
	};
}

const never = new Promise<string>(() => {});

it('gives what came in time', async () => {
	const within = timeLimit(steppedClock());
	await expect(within(Promise.resolve('answer'), 5000, () => 'late')).resolves.toBe('answer');
});

it('passes on what went wrong in time', async () => {
	const within = timeLimit(steppedClock());
	const lost = Promise.reject(new Error('lost'));
	await expect(within(lost, 5000, () => 'late')).rejects.toThrow('lost');
});

it('gives each of many its own limit', async () => {
	const clock = steppedClock();
	const within = timeLimit(clock);
	const ended: string[] = [];
	for (const seconds of [30, 5]) {
		void within(never, seconds * 1000, () => `${seconds} s`).then((end) => ended.push(end));
	}
	await clock.passes(4999);
	expect(ended).toEqual([]);
	await clock.passes(1);
	expect(ended).toEqual(['5 s']);
	await clock.passes(25_000);
	expect(ended).toEqual(['5 s', '30 s']);
});

it('throws what `late` throws', async () => {
	const clock = steppedClock();
	const late = timeLimit(clock)(never, 1000, () => {
		throw new Error('took too long');
	});
	const thrown = expect(late).rejects.toThrow('took too long');
	await clock.passes(1000);
	await thrown;
});

it('ends all with the execution', async () => {
	const clock = steppedClock();
	const within = timeLimit(clock);
	const all = [within(never, 1000, () => 'late'), within(never, 2000, () => 'late')];
	const thrown = all.map(async (one) => await expect(one).rejects.toThrow('stopped'));
	clock.stops(new Error('stopped'));
	await Promise.all(thrown);
});
