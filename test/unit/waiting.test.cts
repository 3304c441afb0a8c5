import type { LookVerdict } from '../../nodes/RunwayActTwo/aimlapi/answers';
import type { Generation } from '../../nodes/RunwayActTwo/aimlapi/contract';
import { sharedPace } from '../../nodes/RunwayActTwo/waiting/pace';
import {
	adaptiveDelay,
	backoffDelay,
	FIRST_LOOK_AFTER_MS,
} from '../../nodes/RunwayActTwo/waiting/schedule';
import { waitForGeneration } from '../../nodes/RunwayActTwo/waiting/waitForGeneration';
import type { WaitOptions } from '../../nodes/RunwayActTwo/waiting/waitForGeneration';
import { virtualClock } from './virtualClock.cts';

const TROUBLE = { message: 'm', description: 'd' };
const UNSEEN: LookVerdict = { kind: 'unseen', trouble: TROUBLE };
const ABSENT: LookVerdict = { kind: 'absent', trouble: TROUBLE };

const seen = (generation: Partial<Generation> = {}): LookVerdict => ({
	kind: 'seen',
	generation: { id: 'g', status: 'generating', phase: 'running', ...generation },
});

const DONE = seen({ status: 'completed', phase: 'completed', videoUrl: 'https://v' });

const OPTIONS: WaitOptions = {
	firstLookAfterMs: FIRST_LOOK_AFTER_MS,
	timeoutMs: 1_800_000,
	until: ({ phase }) => phase !== 'running',
};

/** A generation that is done after so many ms. */
function generationOf(durationMs: number, clock: ReturnType<typeof virtualClock>) {
	return async () => (clock.now() >= durationMs ? DONE : seen());
}

describe('the adaptive schedule', () => {
	it('keeps its sequence of delays', async () => {
		const clock = virtualClock();
		await waitForGeneration(generationOf(300_000, clock), OPTIONS, clock);
		expect(clock.slept.map((ms) => Math.round(ms / 100) / 10)).toEqual([
			10, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2.1, 2.2, 2.3, 2.4, 2.6, 2.7, 2.8, 3, 3.1,
			3.3, 3.4, 3.6, 3.8, 4, 4.2, 4.4, 4.6, 4.8, 5.1, 5.3, 5.6, 5.9, 6.1, 6.5, 6.8, 7.1, 7.5, 7.8,
			8.2, 8.6, 9.1, 9.5, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
		]);
	});

	it.each([
		[10_000, 0.0, 1],
		[45_000, 0.05, 19],
		[600_000, 0.012, 90],
	])('%i ms: seen at most %f late with at most %i looks', async (duration, lateness, looks) => {
		const clock = virtualClock();
		await waitForGeneration(generationOf(duration, clock), OPTIONS, clock);
		expect(clock.now() / duration - 1).toBeLessThanOrEqual(lateness);
		expect(clock.slept.length).toBeLessThanOrEqual(looks);
	});

	it('stays within 2 and 10 seconds', () => {
		expect([0, 40_000, 100_000, 200_000, 1e9].map(adaptiveDelay)).toEqual([
			2000, 2000, 5000, 10_000, 10_000,
		]);
	});
});

describe('backoff', () => {
	it('doubles up to 30 seconds and takes off a random half', () => {
		expect([1, 2, 3, 4, 5, 60].map((count) => backoffDelay(count, 0))).toEqual([
			2000, 4000, 8000, 16_000, 30_000, 30_000,
		]);
		expect(backoffDelay(2, 0.999)).toBeGreaterThanOrEqual(2000);
	});

	it('never undercuts a Retry-After', () => {
		expect(backoffDelay(1, 0.5, 45_000)).toBe(45_000);
	});
});

describe('a wait', () => {
	it('follows a fixed interval instead of the schedule', async () => {
		const clock = virtualClock();
		const options = { ...OPTIONS, firstLookAfterMs: 0, pollingIntervalMs: 7000 };
		await waitForGeneration(generationOf(20_000, clock), options, clock);
		expect(clock.slept).toEqual([7000, 7000, 7000]);
	});

	it('sleeps nothing when the video is there', async () => {
		const clock = virtualClock();
		const end = await waitForGeneration(
			generationOf(0, clock),
			{ ...OPTIONS, firstLookAfterMs: 0 },
			clock,
		);
		expect(end.kind).toBe('reached');
		expect(clock.slept).toEqual([]);
	});

	it('looks for the last time at the deadline', async () => {
		const clock = virtualClock();
		const looksAt: number[] = [];
		const end = await waitForGeneration(
			async () => {
				looksAt.push(clock.now());
				return seen({ status: 'dreaming' });
			},
			{ ...OPTIONS, timeoutMs: 15_000 },
			clock,
		);
		expect(looksAt).toEqual([10_000, 12_000, 14_000, 15_000]);
		expect(end).toMatchObject({
			kind: 'deadline',
			tally: { looks: 4, generation: { status: 'dreaming' } },
		});
	});

	it('counts slow answers towards the deadline', async () => {
		const clock = virtualClock();
		const end = await waitForGeneration(
			async () => {
				clock.advance(9000);
				return UNSEEN;
			},
			{ ...OPTIONS, timeoutMs: 25_000 },
			clock,
		);
		expect(end).toMatchObject({ kind: 'deadline', tally: { looks: 2 } });
	});

	it('outlives looks that say nothing', async () => {
		const clock = virtualClock();
		const verdicts = [UNSEEN, ABSENT, UNSEEN, UNSEEN, seen(), UNSEEN, DONE];
		const end = await waitForGeneration(
			async () => verdicts.shift() as LookVerdict,
			OPTIONS,
			clock,
		);
		expect(end.kind).toBe('reached');
	});

	it.each([
		['404', ABSENT],
		['completion without a link', seen({ status: 'completed', phase: 'completed' })],
	])('believes a %s after 15 seconds', async (_, verdict) => {
		const clock = virtualClock();
		const end = await waitForGeneration(async () => verdict, OPTIONS, clock);
		expect(end.kind).toBe('denied');
		expect(clock.now()).toBeGreaterThanOrEqual(25_000);
		expect(clock.now()).toBeLessThan(30_000);
	});
});

it('200 waits share 10 looks a second, and a late turn is not made up for', async () => {
	const clock = virtualClock();
	let sleeps = 0;
	// The event loop is busy for 3 seconds once.
	const sleep = async (ms: number) => await clock.sleep(ms + (++sleeps === 5 ? 3000 : 0));
	const pace = sharedPace({ ...clock, sleep });
	const turns: number[] = [];
	for (let turn = 0; turn < 200; turn++) {
		await pace();
		turns.push(clock.now());
	}
	for (let turn = 10; turn < turns.length; turn++) {
		expect(turns[turn] - turns[turn - 10]).toBeGreaterThan(1000);
	}
	expect(turns[199]).toBe(19 * 1050 + 3000);
});

it('looks that come one by one go at once until there are 10 in a second', async () => {
	const clock = virtualClock();
	const pace = sharedPace(clock);
	const waits: number[] = [];
	for (let turn = 0; turn < 12; turn++) {
		await clock.sleep(50);
		const asked = clock.now();
		await pace();
		waits.push(clock.now() - asked);
	}
	expect(waits.slice(0, 10)).toEqual(Array(10).fill(0));
	expect(waits[10]).toBeGreaterThan(400);
	expect(waits[11]).toBeLessThan(50);
});
