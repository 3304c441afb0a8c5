import type { PollVerdict } from '../../../nodes/RunwayActTwo/aimlapi/classify';
import type { Generation } from '../../../nodes/RunwayActTwo/aimlapi/contract';
import { COMPLETED_WITHOUT_LINK } from '../../../nodes/RunwayActTwo/aimlapi/messages';
import { initialPollDelay } from '../../../nodes/RunwayActTwo/polling/schedule';
import { pollUntil } from '../../../nodes/RunwayActTwo/polling/poll';
import type { PollOptions } from '../../../nodes/RunwayActTwo/polling/poll';
import { virtualClock } from '../../support/virtualClock.cts';

const ERROR = { message: 'm', description: 'd' };
const RETRY: PollVerdict = { kind: 'retry', error: ERROR };
const NOT_FOUND: PollVerdict = { kind: 'notFound', error: ERROR };

const found = (generation: Partial<Generation> = {}): PollVerdict => ({
	kind: 'found',
	generation: { id: 'g', status: 'generating', phase: 'running', ...generation },
});

const DONE = found({ status: 'completed', phase: 'completed', videoUrl: 'https://v' });

const OPTIONS: PollOptions = {
	initialDelayMs: initialPollDelay(45_000),
	typicalMs: 45_000,
	timeoutMs: 1_800_000,
	until: ({ phase }) => phase !== 'running',
};

/** A generation that is done after so many ms. */
function generationOf(durationMs: number, clock: ReturnType<typeof virtualClock>) {
	return async () => (clock.now() >= durationMs ? DONE : found());
}

describe('the adaptive schedule', () => {
	it('keeps its sequence of delays', async () => {
		const clock = virtualClock();
		await pollUntil(generationOf(300_000, clock), OPTIONS, clock);
		expect(clock.slept.map((ms) => Math.round(ms / 100) / 10)).toEqual([
			10, 3, 3, 3, 3, 3, 3, 3, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 2.5, 2.6,
			2.7, 2.8, 3, 3.1, 3.3, 3.4, 3.6, 3.8, 4, 4.2, 4.4, 4.6, 4.9, 5.1, 5.3, 5.6, 5.9, 6.2, 6.5,
			6.8, 7.2, 7.5, 7.9, 8.3, 8.7, 9.1, 9.6, 8.3, 10, 10, 10, 10, 10, 10, 10, 10, 10,
		]);
	});

	it.each([
		[45_000, 0.018, 19],
		[120_000, 0.03, 40],
		[600_000, 0.009, 90],
	])(
		'around %i ms: found on average at most %f late with at most %i polls',
		async (length, ...most) => {
			let late = 0;
			let polls = 0;
			const runs = 100;
			for (let run = 0; run < runs; run++) {
				const duration = length * (0.975 + (0.05 * run) / runs);
				const clock = virtualClock();
				await pollUntil(generationOf(duration, clock), OPTIONS, clock);
				late += (clock.now() / duration - 1) / runs;
				polls += clock.slept.length / runs;
			}
			expect(late).toBeLessThanOrEqual(most[0]);
			expect(polls).toBeLessThanOrEqual(most[1]);
		},
	);
});

describe('polling', () => {
	it('follows a fixed interval instead of the schedule', async () => {
		const clock = virtualClock();
		const options = { ...OPTIONS, initialDelayMs: 0, pollingIntervalMs: 7000 };
		await pollUntil(generationOf(20_000, clock), options, clock);
		expect(clock.slept).toEqual([7000, 7000, 7000]);
	});

	it('sleeps nothing when the video is there', async () => {
		const clock = virtualClock();
		const result = await pollUntil(
			generationOf(0, clock),
			{ ...OPTIONS, initialDelayMs: 0 },
			clock,
		);
		expect(result.kind).toBe('reached');
		expect(clock.slept).toEqual([]);
	});

	it('polls for the last time at the deadline', async () => {
		const clock = virtualClock();
		const pollsAt: number[] = [];
		const result = await pollUntil(
			async () => {
				pollsAt.push(clock.now());
				return found({ status: 'dreaming' });
			},
			{ ...OPTIONS, timeoutMs: 15_000 },
			clock,
		);
		expect(pollsAt).toEqual([10_000, 13_000, 15_000]);
		expect(result).toMatchObject({
			kind: 'timeout',
			observed: { polls: 3, generation: { status: 'dreaming' } },
		});
	});

	it('counts slow responses towards the deadline', async () => {
		const clock = virtualClock();
		const result = await pollUntil(
			async () => {
				clock.advance(9000);
				return RETRY;
			},
			{ ...OPTIONS, timeoutMs: 25_000 },
			clock,
		);
		expect(result).toMatchObject({ kind: 'timeout', observed: { polls: 2 } });
	});

	it('repeats a last poll that says nothing for as long as it may', async () => {
		const clock = virtualClock();
		const options = { ...OPTIONS, timeoutMs: 20_000, graceMs: 30_000 };
		const asked = async () => (clock.elapsed() < 45_000 ? RETRY : DONE);
		await expect(pollUntil(asked, options, clock)).resolves.toMatchObject({ kind: 'reached' });
		const other = virtualClock();
		const never = await pollUntil(async () => RETRY, options, other);
		expect(never.kind).toBe('timeout');
		expect(other.elapsed()).toBe(50_000);
		const running = virtualClock();
		await pollUntil(async () => found(), options, running);
		expect(running.elapsed()).toBe(20_000);
	});

	it('outlives responses that say nothing', async () => {
		const clock = virtualClock();
		const verdicts = [RETRY, NOT_FOUND, RETRY, RETRY, found(), RETRY, DONE];
		const result = await pollUntil(async () => verdicts.shift() as PollVerdict, OPTIONS, clock);
		expect(result.kind).toBe('reached');
	});

	it.each([
		['404', NOT_FOUND],
		['completion without a link', found({ status: 'completed', phase: 'completed' })],
	])('believes a %s after 15 seconds', async (_, verdict) => {
		const clock = virtualClock();
		const result = await pollUntil(async () => verdict, OPTIONS, clock);
		expect(result.kind).toBe('rejected');
		expect(clock.now()).toBeGreaterThanOrEqual(25_000);
		expect(clock.now()).toBeLessThan(30_000);
	});

	it('takes a check that was one of too many for no failure: it is made again after a second', async () => {
		const clock = virtualClock();
		const tooMany = (retryAfterMs?: number): PollVerdict => ({
			kind: 'retry',
			error: { ...ERROR, httpCode: '429' },
			retryAfterMs,
		});
		const verdicts = [tooMany(), tooMany(), tooMany(5000), tooMany(500), RETRY, RETRY, DONE];
		const options = { ...OPTIONS, initialDelayMs: 0 };
		await pollUntil(async () => verdicts.shift() as PollVerdict, options, clock);
		expect(clock.slept).toEqual([1000, 1000, 5000, 1000, 2000, 4000]);
	});

	it('forgets failures once something is known again', async () => {
		const clock = virtualClock();
		const verdicts = [RETRY, RETRY, found(), RETRY, NOT_FOUND, RETRY, DONE];
		const options = { ...OPTIONS, initialDelayMs: 0, pollingIntervalMs: 7000 };
		await pollUntil(async () => verdicts.shift() as PollVerdict, options, clock);
		expect(clock.slept).toEqual([2000, 4000, 7000, 2000, 7000, 2000]);
	});

	it('tells each request how long it may take', async () => {
		const clock = virtualClock();
		const left: number[] = [];
		const options = { ...OPTIONS, initialDelayMs: 0, timeoutMs: 10_000, graceMs: 30_000 };
		await pollUntil(
			async (timeLeftMs) => {
				left.push(timeLeftMs);
				clock.advance(12_000);
				return RETRY;
			},
			options,
			clock,
		);
		expect(left).toEqual([10_000, 26_000, 10_000]);
	});

	it('polls at the deadline, grace or not, and tells of an earlier failure', async () => {
		const clock = virtualClock();
		const polled: number[] = [];
		const options = { ...OPTIONS, initialDelayMs: 0, timeoutMs: 20_000, graceMs: 30_000 };
		const result = await pollUntil(
			async () => {
				polled.push(clock.elapsed());
				return polled.length < 5 ? RETRY : found();
			},
			options,
			clock,
		);
		expect(polled).toEqual([0, 2000, 6000, 14_000, 20_000]);
		expect(result).toMatchObject({ kind: 'timeout', observed: { polls: 5, error: ERROR } });
	});

	it('polls less often where many are waited for together', async () => {
		const clock = virtualClock();
		const options = { ...OPTIONS, initialDelayMs: 0, timeoutMs: 20_000, together: () => 1000 };
		await pollUntil(async () => found(), options, clock);
		expect(clock.slept).toEqual([15_000, 5000]);
	});

	it.each([
		['404', NOT_FOUND],
		['completion without a link', found({ status: 'completed', phase: 'completed' })],
	])(
		'counts the 15 seconds of a %s from the first, and anew after it was there',
		async (_, doubt) => {
			const clock = virtualClock();
			const options = { ...OPTIONS, initialDelayMs: 0, pollingIntervalMs: 5000 };
			const lasting = await pollUntil(async () => doubt, options, clock);
			expect(lasting).toMatchObject({ kind: 'rejected', observed: { polls: 4 } });
			const verdicts = [doubt, doubt, doubt, found(), doubt, doubt, doubt];
			const other = virtualClock();
			const result = await pollUntil(async () => verdicts.shift() ?? DONE, options, other);
			expect(result.kind).toBe('reached');
			const doubtful = [doubt, RETRY, RETRY, RETRY, doubt];
			const third = virtualClock();
			const believed = await pollUntil(async () => doubtful.shift() ?? DONE, options, third);
			expect(believed.kind).toBe('rejected');
		},
	);

	it.each<[what: string, verdict: PollVerdict, error: object | undefined]>([
		['a 404', NOT_FOUND, ERROR],
		['a response that says nothing', RETRY, ERROR],
		[
			'a completion without a link',
			found({ status: 'completed', phase: 'completed' }),
			COMPLETED_WITHOUT_LINK,
		],
		['a running generation', found(), undefined],
	])('at the deadline tells of %s', async (_, verdict, error) => {
		const options = { ...OPTIONS, initialDelayMs: 0, timeoutMs: 5000 };
		const result = await pollUntil(async () => verdict, options, virtualClock());
		expect(result.kind).toBe('timeout');
		expect((result as { observed: { error?: object } }).observed.error).toEqual(error);
	});

	it('ends at once where the API rejects it', async () => {
		const clock = virtualClock();
		const options = { ...OPTIONS, initialDelayMs: 0 };
		const rejected: PollVerdict = { kind: 'rejected', error: ERROR };
		await expect(pollUntil(async () => rejected, options, clock)).resolves.toEqual({
			...{ kind: 'rejected', error: ERROR, observed: { polls: 1 } },
		});
		expect(clock.slept).toEqual([]);
	});
});
