import { sharedTimeouts } from '../../../nodes/RunwayActTwo/time/timeout';

/** A clock that moves on only when told to, and can be stopped. */
function steppedClock() {
	let time = 0;
	let sleeper: { wake: () => void; stop: (reason: unknown) => void } | undefined;
	return {
		elapsed: () => time,
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
	const withTimeout = sharedTimeouts(steppedClock());
	await expect(withTimeout(Promise.resolve('response'), 5000, () => 'timed out')).resolves.toBe(
		'response',
	);
});

it('passes on what went wrong in time', async () => {
	const withTimeout = sharedTimeouts(steppedClock());
	const lost = Promise.reject(new Error('lost'));
	await expect(withTimeout(lost, 5000, () => 'timed out')).rejects.toThrow('lost');
});

it('gives each of many its own timeout', async () => {
	const clock = steppedClock();
	const withTimeout = sharedTimeouts(clock);
	const results: string[] = [];
	for (const seconds of [30, 5]) {
		void withTimeout(never, seconds * 1000, () => `${seconds} s`).then((result) =>
			results.push(result),
		);
	}
	await clock.passes(4999);
	expect(results).toEqual([]);
	await clock.passes(1);
	expect(results).toEqual(['5 s']);
	await clock.passes(25_000);
	expect(results).toEqual(['5 s', '30 s']);
});

it('throws what `onTimeout` throws', async () => {
	const clock = steppedClock();
	const ended = sharedTimeouts(clock)(never, 1000, () => {
		throw new Error('took too long');
	});
	const thrown = expect(ended).rejects.toThrow('took too long');
	await clock.passes(1000);
	await thrown;
});

it('ends all with the execution', async () => {
	const clock = steppedClock();
	const withTimeout = sharedTimeouts(clock);
	const all = [
		withTimeout(never, 1000, () => 'timed out'),
		withTimeout(never, 2000, () => 'timed out'),
	];
	const thrown = all.map(async (one) => await expect(one).rejects.toThrow('stopped'));
	clock.stops(new Error('stopped'));
	await Promise.all(thrown);
});
