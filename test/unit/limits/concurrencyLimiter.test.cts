import { ConcurrencyLimiter } from '../../../nodes/RunwayActTwo/limits/concurrencyLimiter';
import { virtualClock } from '../../support/virtualClock.cts';

it('never has more items active than the user allows, and starts them in order', async () => {
	const limiter = new ConcurrencyLimiter(7, virtualClock());
	const started: number[] = [];
	let active = 0;
	let busiest = 0;
	const work = async (item: number) => {
		started.push(item);
		busiest = Math.max(busiest, ++active);
		await new Promise((done) => setImmediate(done));
		active--;
	};
	const items = Array.from({ length: 50 }, (_, item) => item);
	await Promise.all(items.map(async (item) => await limiter.run(async () => await work(item))));
	expect(busiest).toBe(7);
	expect(started).toEqual(items);
});

it('an item that fails makes room', async () => {
	const limiter = new ConcurrencyLimiter(1, virtualClock());
	const first = limiter.run(async () => await Promise.reject(new Error('failed')));
	const second = limiter.run(async () => 'b');
	await expect(first).rejects.toThrow('failed');
	await expect(second).resolves.toBe('b');
});

it('admits by weight, and what is heavier than all the room alone', async () => {
	const limiter = new ConcurrencyLimiter(10, virtualClock());
	const active: number[] = [];
	const seen: number[][] = [];
	const work = async (weight: number) => {
		active.push(weight);
		seen.push([...active]);
		await new Promise((done) => setImmediate(done));
		active.splice(active.indexOf(weight), 1);
	};
	const weights = [4, 6, 25, 9];
	await Promise.all(
		weights.map(async (weight) => await limiter.run(async () => await work(weight), weight)),
	);
	expect(seen).toEqual([[4], [4, 6], [25], [9]]);
});

it('what weighs nothing does not queue', async () => {
	const limiter = new ConcurrencyLimiter(10, virtualClock());
	void limiter.run(async () => await new Promise(() => {}), 10);
	await expect(limiter.run(async () => 'a link', 0)).resolves.toBe('a link');
});

it('a stop rejects those that queue', async () => {
	const clock = virtualClock();
	const limiter = new ConcurrencyLimiter(1, clock);
	const first = limiter.run(
		async () => await new Promise<string>((done) => setImmediate(done, 'a')),
	);
	const second = limiter.run(async () => 'b');
	clock.stop(new Error('stopped'));
	await expect(second).rejects.toThrow('stopped');
	await expect(first).resolves.toBe('a');
});
