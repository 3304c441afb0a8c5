import { CreationGate } from '../../../nodes/RunwayActTwo/limits/creationGate';
import { virtualClock } from '../../support/virtualClock.cts';

const FIVE_MINUTES = 300_000;

function setUp() {
	const clock = virtualClock();
	const stop = new AbortController();
	return { clock, stop, gate: new CreationGate(clock, stop.signal) };
}

/** Items whose generations take 45 s, at an API that refuses as `isRefused` says. */
async function workThrough(
	items: number,
	isRefused: (running: number, sentAt: number[], now: number) => boolean,
) {
	const { clock, gate } = setUp();
	const sentAt: number[] = [];
	let running = 0;
	let busiest = 0;
	const create = async (_: unknown, index: number) => {
		for (;;) {
			await gate.admit(index);
			const sent = clock.now();
			const refused = isRefused(running, sentAt, sent);
			sentAt.push(sent);
			if (!refused) busiest = Math.max(busiest, ++running);
			await clock.sleep(20);
			if (!refused) break;
			expect(gate.refused(sent)).toBeLessThan(FIVE_MINUTES);
		}
		gate.accepted(true);
		await gate.whileRunning(async () => await clock.sleep(45_000), true);
		running--;
	};
	await Promise.all(Array.from({ length: items }, create));
	return { busiest, posts: sentAt.length, seconds: clock.now() / 1000 };
}

it('all are sent at once while the API accepts them', async () => {
	const { posts, seconds } = await workThrough(100, () => false);
	expect(posts).toBe(100);
	expect(seconds).toBeLessThan(46);
});

it('falls to what the API runs at once, with few refusals', async () => {
	const { busiest, posts, seconds } = await workThrough(100, (running) => running >= 10);
	expect(busiest).toBe(10);
	// All were sent before the first refusal was known.
	expect(posts - 100).toBeLessThan(125);
	expect(seconds / (10 * 45)).toBeLessThan(1.05);
});

it('a refusal for the rate waits for no generation to end', async () => {
	const { seconds } = await workThrough(
		40,
		(_, sentAt, now) => sentAt.filter((at) => at > now - 1000).length >= 4,
	);
	expect(seconds).toBeLessThan(45 + 20);
});

it('a limit by the minute is not taken for one of generations at once', async () => {
	const { posts, seconds } = await workThrough(
		100,
		(_, sentAt, now) => sentAt.filter((at) => at > now - 60_000).length >= 30,
	);
	expect(seconds / (3 * 60 + 45)).toBeLessThan(1.4);
	expect(posts - 100).toBeLessThan(125);
});

it('uses what becomes free when others end', async () => {
	const { busiest, posts, seconds } = await workThrough(
		200,
		(running, _, now) => running >= (now < 200_000 ? 5 : 40),
	);
	expect(busiest).toBe(40);
	// 5 at a time at first; the rest in 5 rounds, and what it takes to notice.
	expect(seconds).toBeLessThan(200 + 5 * 45 + 120);
	expect(posts - 200).toBeLessThan(260);
});

it('calls the one that is tried beyond what runs a probe', async () => {
	const { clock, gate } = setUp();
	const admitted = async () => await gate.admit(0);
	expect(await admitted()).toBe('creation');
	gate.accepted(true);
	for (let refusal = 0; refusal < 2; refusal++) {
		expect(await admitted()).toBe('creation');
		gate.refused(clock.now());
	}
	const refusedAt = clock.now();
	expect(await admitted()).toBe('probe');
	expect(clock.now() - refusedAt).toBe(5000);
	gate.refused(clock.now());
	expect(await admitted()).toBe('probe');
	expect(clock.now() - refusedAt).toBe(15_000);
	gate.accepted(true);
	expect(await admitted()).toBe('creation');
	expect(clock.now() - refusedAt).toBe(15_000);
});

it('after a refusal they go one at a time until one is accepted', async () => {
	const { clock, gate } = setUp();
	await gate.admit(0);
	const admitted: string[] = [];
	const others = ['a', 'b', 'c'].map(
		async (name) => await gate.admit(0).then(() => admitted.push(name)),
	);
	await Promise.all(others.splice(0, 3));
	gate.refused(0);
	admitted.splice(0).forEach(() => gate.answered());
	const next = ['d', 'e', 'f'].map(
		async (name) => await gate.admit(0).then(() => admitted.push(name)),
	);
	await next[0];
	expect(clock.now()).toBe(1000);
	expect(admitted).toEqual(['d']);
	gate.accepted(false);
	await Promise.all(next);
	expect(admitted).toEqual(['d', 'e', 'f']);
});

it('a Retry-After is waited for', async () => {
	const { clock, gate } = setUp();
	await gate.admit(0);
	gate.refused(0, 7000);
	await gate.admit(0);
	expect(clock.now()).toBe(7000);
});

it('the time of refusals starts anew when a generation ends', async () => {
	const { clock, gate } = setUp();
	let end = () => {};
	const other = gate.whileRunning(
		async () => await new Promise<void>((done) => (end = done)),
		false,
	);
	await gate.admit(0);
	expect(gate.refused(clock.now())).toBe(0);
	clock.advance(600_000);
	end();
	await other;
	await gate.admit(0);
	expect(gate.refused(clock.now())).toBeLessThan(FIVE_MINUTES);
});

it('whoever gives up takes all along that wait', async () => {
	const { gate } = setUp();
	await gate.admit(0);
	gate.refused(0);
	const waiting = [gate.admit(0), gate.admit(0)];
	gate.giveUp(new Error('too many requests'));
	for (const one of waiting) await expect(one).rejects.toThrow('too many requests');
});

it('a stop rejects those that wait, and those that come', async () => {
	const { gate, stop } = setUp();
	await gate.admit(0);
	gate.refused(0);
	const waiting = gate.admit(0);
	stop.abort(new Error('stopped'));
	await expect(waiting).rejects.toThrow('stopped');
	await expect(gate.admit(0)).rejects.toThrow('stopped');
});
