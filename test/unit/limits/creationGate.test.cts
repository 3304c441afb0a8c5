import { CreationGate } from '../../../nodes/RunwayActTwo/limits/creationGate';
import { RateLimiter } from '../../../nodes/RunwayActTwo/limits/rateLimiter';
import { seededRandom } from '../../support/seed.cts';
import { virtualClock } from '../../support/virtualClock.cts';

const REFUSED = { kind: 'rateLimited' };
const ACCEPTED = { kind: 'accepted' };

function setUp() {
	return { clock: virtualClock(), gate: new CreationGate(new RateLimiter()) };
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
	const post = async () => {
		const refused = isRefused(running, sentAt, clock.now());
		sentAt.push(clock.now());
		if (!refused) busiest = Math.max(busiest, ++running);
		await clock.sleep(20);
		return refused ? REFUSED : ACCEPTED;
	};
	const create = async () =>
		await gate.hold(async (slot) => {
			expect(await slot.run({ clock }, post)).toEqual(ACCEPTED);
			await clock.sleep(45_000);
			running--;
		});
	await Promise.all(Array.from({ length: items }, create));
	return { busiest, posts: sentAt.length, seconds: clock.now() / 1000 };
}

it('all are sent at once while the API accepts them', async () => {
	const { posts, seconds } = await workThrough(100, () => false);
	expect(posts).toBe(100);
	expect(seconds).toBeLessThan(48);
});

it('falls to what the API runs at once, with few refusals', async () => {
	const { busiest, posts, seconds } = await workThrough(100, (running) => running >= 10);
	expect(busiest).toBe(10);
	expect(posts - 100).toBeLessThan(80);
	expect(seconds / (10 * 45)).toBeLessThan(1.05);
});

it('a refusal for the rate waits for no generation to end', async () => {
	const { seconds } = await workThrough(
		40,
		(_, sentAt, now) => sentAt.filter((at) => at > now - 1000).length >= 4,
	);
	expect(seconds).toBeLessThan(45 + 20);
});

it('refusals by chance wait for no generation to end', async () => {
	for (let seed = 1; seed <= 5; seed++) {
		const random = seededRandom(seed);
		const { seconds } = await workThrough(100, () => random() < 0.25);
		expect(seconds).toBeLessThan(45 + 75);
	}
});

it('a limit by the minute is not taken for one of generations at once', async () => {
	const { posts, seconds } = await workThrough(
		100,
		(_, sentAt, now) => sentAt.filter((at) => at > now - 60_000).length >= 30,
	);
	expect(seconds / (3 * 60 + 45)).toBeLessThan(2.25);
	expect(posts - 100).toBeLessThan(260);
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

it('a key that is refused for good is asked ever less often, and never sooner than it says', async () => {
	const { clock, gate } = setUp();
	const sentAt: number[] = [];
	await gate.hold(
		async (slot) =>
			await slot.run({ clock }, async () => {
				sentAt.push(clock.now());
				if (sentAt.length > 15) return ACCEPTED;
				return { ...REFUSED, retryAfterMs: sentAt.length === 15 ? 60_000 : undefined };
			}),
	);
	const delays = sentAt.slice(1).map((at, index) => (at - sentAt[index]) / 1000);
	// Ten refusals in a row are no chance.
	expect(Math.max(...delays.slice(0, 9))).toBeLessThanOrEqual(5);
	expect(delays.slice(9)).toEqual([2, 2, 4, 8, 16, 60]);
});

it('whoever has no room in time sends nothing', async () => {
	const { clock, gate } = setUp();
	const post = async () => REFUSED;
	const [first, second, third] = [1, 2, 3].map(
		async (minutes) =>
			await gate.hold(async (slot) => await slot.run({ clock, deadline: minutes * 60_000 }, post)),
	);
	await expect(first).resolves.toEqual(REFUSED);
	expect(clock.now()).toBe(60_000);
	await expect(second).resolves.toEqual(REFUSED);
	expect(clock.now()).toBe(120_000);
	const late = gate.hold(async (slot) => await slot.run({ clock, deadline: clock.now() }, post));
	await expect(late).resolves.toEqual({ kind: 'deferred' });
	await third;
});

it('nothing is known once nobody needs a place any more', async () => {
	const { clock, gate } = setUp();
	const create = async (deadline: number, verdict: typeof REFUSED) =>
		await gate.hold(
			async (slot) =>
				await slot.run({ clock, deadline }, async () => {
					await clock.sleep(5000);
					return verdict;
				}),
		);
	await expect(create(600_000, REFUSED)).resolves.toEqual(REFUSED);
	const start = clock.now();
	await Promise.all(Array.from({ length: 20 }, async () => await create(Infinity, ACCEPTED)));
	expect(clock.now() - start).toBeLessThan(30_000);
});

it('waits for as long as others of the key run', async () => {
	const { clock, gate } = setUp();
	const other = gate.hold(async (slot) => {
		slot.occupy();
		await clock.sleep(1_200_000);
	});
	let hasEnded = false;
	const waiting = gate.hold(
		async (slot) => await slot.run({ clock }, async () => (hasEnded ? ACCEPTED : REFUSED)),
	);
	await other;
	hasEnded = true;
	await expect(waiting).resolves.toEqual(ACCEPTED);
	expect(clock.now()).toBeLessThan(1_260_000);
});

it('a stop frees the place, and rejects only its own execution', async () => {
	const { clock, gate } = setUp();
	const other = clock.another();
	const create = async (of: typeof clock) =>
		await gate.hold(async (slot) => await slot.run({ clock: of }, async () => ACCEPTED));
	const waiting = [create(clock), create(other)];
	clock.stop(new Error('stopped'));
	await expect(waiting[0]).rejects.toThrow('stopped');
	await expect(waiting[1]).resolves.toEqual(ACCEPTED);
	await expect(create(clock)).rejects.toThrow('stopped');
});
