import { rateLimiter } from '../../../nodes/RunwayActTwo/polling/rateLimiter';
import { virtualClock } from '../../support/virtualClock.cts';

it('200 pollers share 10 requests a second, and a late turn is not made up for', async () => {
	const clock = virtualClock();
	let sleeps = 0;
	// The event loop is busy for 3 seconds once.
	const sleep = async (ms: number) => await clock.sleep(ms + (++sleeps === 5 ? 3000 : 0));
	const waitForTurn = rateLimiter({ ...clock, sleep });
	const turns: number[] = [];
	for (let turn = 0; turn < 200; turn++) {
		await waitForTurn();
		turns.push(clock.now());
	}
	for (let turn = 10; turn < turns.length; turn++) {
		expect(turns[turn] - turns[turn - 10]).toBeGreaterThan(1000);
	}
	expect(turns[199]).toBe(19 * 1050 + 3000);
});

it('requests that come one by one go at once until there are 10 in a second', async () => {
	const clock = virtualClock();
	const waitForTurn = rateLimiter(clock);
	const waits: number[] = [];
	for (let turn = 0; turn < 12; turn++) {
		await clock.sleep(50);
		const asked = clock.now();
		await waitForTurn();
		waits.push(clock.now() - asked);
	}
	expect(waits.slice(0, 10)).toEqual(Array(10).fill(0));
	expect(waits[10]).toBeGreaterThan(400);
	expect(waits[11]).toBeLessThan(50);
});
