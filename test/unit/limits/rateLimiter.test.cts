import { RateLimiter } from '../../../nodes/RunwayActTwo/limits/rateLimiter';
import { mostWithin } from '../../bench/comparison/figures.cts';
import { seededRandom } from '../../support/seed.cts';
import { virtualClock } from '../../support/virtualClock.cts';

type Refuses = (arrivals: number[]) => boolean;

const inAnySecond =
	(most: number): Refuses =>
	(arrivals) =>
		arrivals.filter((at) => at > arrivals[arrivals.length - 1] - 1000).length > most;

/** An API that refuses some requests, and callers that never run out of them. */
async function keepBusy(refuses: Refuses, seconds: number, retryAfterMs?: number) {
	const clock = virtualClock();
	const limiter = new RateLimiter();
	const arrivals: number[] = [];
	const refusals: number[] = [];
	const call = async () => {
		while (clock.now() < seconds * 1000) {
			await limiter.acquire({ clock });
			const sentAt = clock.now();
			arrivals.push(sentAt);
			const isRefused = refuses(arrivals);
			if (isRefused) refusals.push(sentAt);
			await clock.sleep(20);
			if (isRefused) limiter.throttled(sentAt, clock.now(), retryAfterMs);
			else limiter.succeeded(sentAt, clock.now());
		}
	};
	await Promise.all(Array.from({ length: 100 }, call));
	const within = (times: number[], from: number, to: number) =>
		times.filter((at) => at >= from * 1000 && at < to * 1000).length;
	return { arrivals, refusals, within };
}

it('the rate limiter lets 20 requests or a few more go in the first second, and 80 at most in any second', async () => {
	const { arrivals, within } = await keepBusy(() => false, 20);
	expect(within(arrivals, 0, 0.25)).toBeLessThan(8);
	expect(mostWithin(1000, arrivals)).toBeLessThanOrEqual(80);
	expect(within(arrivals, 5, 20)).toBeGreaterThan(15 * 72);
});

it.each([2, 4, 7, 20, 50])(
	'learns that the API takes %i requests a second, and uses them',
	async (limit) => {
		const { arrivals, refusals, within } = await keepBusy(inAnySecond(limit), 100);
		const accepted = within(arrivals, 10, 100) - within(refusals, 10, 100);
		expect(accepted / (90 * limit)).toBeGreaterThan(0.85);
		expect(within(refusals, 10, 100) / within(arrivals, 10, 100)).toBeLessThan(0.05);
	},
);

it('the rate limiter notices that the API takes more again', async () => {
	const takesMoreFrom = 30_000;
	const { arrivals, within } = await keepBusy(
		(all) => inAnySecond(all[all.length - 1] < takesMoreFrom ? 4 : 40)(all),
		120,
	);
	expect(within(arrivals, 110, 120)).toBeGreaterThan(10 * 30);
});

it.each([2, 10, 25])(
	'%i refusals in a hundred that do not depend on the rate do not lower it for long',
	async (percent) => {
		for (let seed = 1; seed <= 2; seed++) {
			const random = seededRandom(seed);
			const { arrivals, within } = await keepBusy(() => random() < percent / 100, 60);
			expect(within(arrivals, 30, 60)).toBeGreaterThan(30 * 35);
		}
	},
);

it('a Retry-After of a limit holds up all, but nobody beyond their deadline', async () => {
	const clock = virtualClock();
	const limiter = new RateLimiter();
	for (let refusal = 0; refusal < 8; refusal++) limiter.throttled(0, 0, 30_000);
	const sentAt = async (deadline?: number) => {
		const isInTime = await limiter.acquire({ clock, deadline });
		return [clock.now(), isInTime];
	};
	const [patient, hurried] = await Promise.all([sentAt(), sentAt(12_000)]);
	expect(hurried).toEqual([12_000, false]);
	expect(patient).toEqual([30_000, true]);
});

it('one refusal with a Retry-After does not hold up the others', async () => {
	const clock = virtualClock();
	const limiter = new RateLimiter();
	limiter.throttled(0, 0, 30_000);
	await limiter.acquire({ clock });
	expect(clock.now()).toBe(0);
});
