import { ConcurrencyLimiter } from '../../../nodes/RunwayActTwo/execution/concurrencyLimiter';
import { virtualClock } from '../../support/virtualClock.cts';

/** A server that admits so many at a time; finished work makes room. */
async function workThrough(items: number, max: number, admits: number) {
	const limiter = new ConcurrencyLimiter(max, virtualClock(), new AbortController().signal);
	let running = 0;
	let attempts = 0;
	let busiest = 0;
	const work = async () => {
		for (;;) {
			attempts++;
			await Promise.resolve();
			if (running < admits) break;
			if (!(await limiter.yieldSlot())) throw new Error('rate limited alone');
		}
		limiter.accepted();
		running++;
		busiest = Math.max(busiest, running);
		await new Promise((done) => setImmediate(done));
		running--;
	};
	await Promise.all(Array.from({ length: items }, async () => await limiter.run(work)));
	return { attempts, busiest };
}

it('never has more items active than the user allows', async () => {
	const { busiest, attempts } = await workThrough(50, 7, Infinity);
	expect(busiest).toBe(7);
	expect(attempts).toBe(50);
});

it('falls to what the server admits, with few rate-limited attempts', async () => {
	const { busiest, attempts } = await workThrough(200, 20, 10);
	expect(busiest).toBe(10);
	expect(attempts).toBeLessThan(300);
});

it('a stop rejects those that queue', async () => {
	const stop = new AbortController();
	const limiter = new ConcurrencyLimiter(1, virtualClock(), stop.signal);
	const first = limiter.run(
		async () => await new Promise<string>((done) => setImmediate(done, 'a')),
	);
	const second = limiter.run(async () => 'b');
	stop.abort(new Error('stopped'));
	await expect(second).rejects.toThrow('stopped');
	await expect(first).resolves.toBe('a');
});

it('the time of rate limits starts anew when an item ends', async () => {
	const clock = virtualClock();
	const limiter = new ConcurrencyLimiter(2, clock, new AbortController().signal);
	let endOther = () => {};
	const other = limiter.run(async () => await new Promise<void>((done) => (endOther = done)));
	const rateLimited = limiter.run(async () => {
		const yielded = limiter.yieldSlot();
		clock.advance(600_000);
		endOther();
		expect(await yielded).toBe(true);
		expect(await limiter.yieldSlot()).toBe(false);
		return limiter.rateLimitedForMs();
	});
	await other;
	await expect(rateLimited).resolves.toBe(0);
});
