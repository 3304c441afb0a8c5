import { rateLimiter } from '../../../nodes/RunwayActTwo/limits/rateLimiter';
import { mostWithin } from '../../bench/comparison/figures.cts';
import { virtualClock } from '../../support/virtualClock.cts';

/** An API that takes so many requests in any second, and callers that never run out of requests. */
async function keepBusy(perSecond: number, seconds: number, callers = 200) {
	const clock = virtualClock();
	const limiter = rateLimiter(clock);
	const arrivals: number[] = [];
	const refusals: number[] = [];
	const call = async () => {
		while (clock.now() < seconds * 1000) {
			await limiter.turn('other', 0);
			const sentAt = clock.now();
			arrivals.push(sentAt);
			const refused = arrivals.filter((at) => at > sentAt - 1000).length > perSecond;
			await clock.sleep(20);
			if (refused) {
				refusals.push(sentAt);
				limiter.refused('other', sentAt);
			} else {
				limiter.taken('other');
			}
		}
	};
	await Promise.all(Array.from({ length: callers }, call));
	const within = (times: number[], from: number, to: number) =>
		times.filter((at) => at >= from * 1000 && at < to * 1000).length;
	return { arrivals, refusals, within };
}

it('sends 20 requests in the first second, and 80 in any second at most', async () => {
	const { arrivals, within } = await keepBusy(Infinity, 20);
	expect(within(arrivals, 0, 0.25)).toBe(5);
	expect(mostWithin(1000, arrivals)).toBe(80);
	expect(within(arrivals, 5, 20)).toBeGreaterThan(15 * 72);
});

it.each([2, 4, 7, 20, 50])(
	'learns that the API takes %i requests a second, and uses them',
	async (limit) => {
		const { arrivals, refusals, within } = await keepBusy(limit, 100);
		const taken = within(arrivals, 10, 100) - within(refusals, 10, 100);
		expect(taken / (90 * limit)).toBeGreaterThan(0.88);
		expect(within(refusals, 10, 100) / within(arrivals, 10, 100)).toBeLessThan(0.05);
	},
);

/** How many of 100 requests go within a second. */
async function sentInASecond(
	clock: ReturnType<typeof virtualClock>,
	limiter: ReturnType<typeof rateLimiter>,
): Promise<number> {
	const end = clock.now() + 1000;
	let sent = 0;
	for (let turn = 0; turn < 100; turn++) {
		void limiter.turn('other', 0).then(() => {
			if (clock.now() < end) sent++;
		});
	}
	await clock.sleep(1000);
	return sent;
}

it('a 429 halves the rate, several of one round trip only once', async () => {
	const clock = virtualClock();
	const limiter = rateLimiter(clock);
	await clock.sleep(10_000);
	const sentAt = clock.now();
	await clock.sleep(50);
	for (let refusal = 0; refusal < 5; refusal++) limiter.refused('other', sentAt);
	expect(await sentInASecond(clock, limiter)).toBe(10);
});

it('a Retry-After holds up all, but nobody beyond its deadline', async () => {
	const clock = virtualClock();
	const limiter = rateLimiter(clock);
	limiter.refused('other', 0, 30_000);
	const sentAt = async (deadline?: number) => {
		await limiter.turn('other', 0, deadline);
		return clock.now();
	};
	const [patient, hurried] = await Promise.all([sentAt(), sentAt(12_000)]);
	expect(hurried).toBe(12_000);
	expect(patient).toBe(30_000);
});

it('a POST refused for another reason than the rate lowers it for a second only', async () => {
	const clock = virtualClock();
	const limiter = rateLimiter(clock);
	await clock.sleep(10_000);
	limiter.taken('other');
	limiter.refused('creation', clock.now());
	await clock.sleep(5000);
	limiter.taken('creation');
	for (let good = 0; good < 10; good++) limiter.taken('other');
	expect(await sentInASecond(clock, limiter)).toBeGreaterThan(20);
});

it('a refused probe says nothing of the rate', async () => {
	const clock = virtualClock();
	const limiter = rateLimiter(clock);
	await clock.sleep(10_000);
	for (let good = 0; good < 20; good++) limiter.taken('other');
	await clock.sleep(10_000);
	limiter.taken('other');
	limiter.refused('probe', clock.now());
	limiter.taken('creation');
	expect(await sentInASecond(clock, limiter)).toBe(80);
});

it('the last creations wait for no more to come', async () => {
	const clock = virtualClock();
	const limiter = rateLimiter(clock);
	const send = async () => {
		await limiter.turn('creation', 0);
		limiter.taken('creation');
	};
	await Promise.all(Array.from({ length: 203 }, send));
	expect(clock.now()).toBeLessThan(3000);
});

it('creations that wait are called back when one is refused, polls are not', async () => {
	const clock = virtualClock();
	const limiter = rateLimiter(clock);
	limiter.refused('other', 0, 1000);
	const waiting = [
		limiter.turn('creation', 0),
		limiter.turn('other', 1),
		limiter.turn('creation', 2),
	];
	limiter.refused('creation', 0);
	expect(await Promise.all(waiting)).toEqual([false, true, false]);
});

it('the smallest order goes first, and whoever has waited a minute before it', async () => {
	const clock = virtualClock();
	const limiter = rateLimiter(clock);
	const sent: string[] = [];
	const call = async (name: string, order: number) => {
		await limiter.turn('other', order);
		sent.push(name);
	};
	limiter.refused('other', 0, 61_000);
	const young = call('young', 3);
	await clock.sleep(30_000);
	await Promise.all([young, call('old', 1), call('creation', -Infinity)]);
	expect(sent).toEqual(['young', 'creation', 'old']);
});

it('a stop rejects all that wait', async () => {
	const stopped = new Error('stopped');
	const limiter = rateLimiter({
		now: () => 0,
		sleep: async () => await Promise.reject(stopped),
	});
	limiter.refused('other', -1, 1000);
	const waiting = [limiter.turn('other', 0), limiter.turn('other', 0)];
	for (const one of waiting) await expect(one).rejects.toBe(stopped);
});
