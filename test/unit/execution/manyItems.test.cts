import { aimlapiClient } from '../../../nodes/RunwayActTwo/aimlapi/client';
import { CreationGate } from '../../../nodes/RunwayActTwo/execution/creationGate';
import { pollUntil } from '../../../nodes/RunwayActTwo/polling/poll';
import { INITIAL_POLL_DELAY_MS } from '../../../nodes/RunwayActTwo/polling/schedule';
import { sharedTimeouts } from '../../../nodes/RunwayActTwo/polling/timeout';
import { mostWithin, unavoidableMs } from '../../bench/comparison/figures.cts';
import type { Limits } from '../../bench/comparison/figures.cts';
import { virtualClock } from '../../support/virtualClock.cts';

const ITEMS = 200;
/** 45 to 54 s, evenly spread, in an order that is not theirs. */
const DURATIONS_MS = Array.from(
	{ length: ITEMS },
	(_, index) => 45_000 + ((index * 79) % 200) * 45,
);

const BODY = Buffer.from('{}');

/** All items from their creation to their video, in virtual time, at an API with these limits. */
async function runAll(limits: Limits) {
	const { maxRequestsPerSecond = Infinity, maxConcurrent = Infinity } = limits;
	const clock = virtualClock();
	const { signal } = new AbortController();
	const arrivals: number[] = [];
	const refusals: number[] = [];
	let posts = 0;
	const endsAt: number[] = [];
	const respond = (method: unknown, url: URL) => {
		const id = url.searchParams.get('generation_id');
		if (method === 'POST') {
			endsAt.push(clock.now() + DURATIONS_MS[endsAt.length]);
			return { id: String(endsAt.length - 1), status: 'queued' };
		}
		return clock.now() < endsAt[Number(id)]
			? { id, status: 'generating' }
			: { id, status: 'completed', video: ['https://cdn.example.com/v.mp4'] };
	};
	const httpRequestWithAuthentication = async (
		_: string,
		{ method, url }: { method: string; url: string },
	) => {
		await clock.sleep(10);
		arrivals.push(clock.now());
		if (method === 'POST') posts++;
		const running = endsAt.filter((end) => clock.now() < end).length;
		const isRefused =
			arrivals.filter((at) => at > clock.now() - 1000).length > maxRequestsPerSecond ||
			(method === 'POST' && running >= maxConcurrent);
		if (isRefused) refusals.push(clock.now());
		const body = isRefused ? '{}' : JSON.stringify(respond(method, new URL(url)));
		await clock.sleep(10);
		return { statusCode: isRefused ? 429 : 200, headers: {}, body };
	};
	const client = aimlapiClient({ helpers: { httpRequestWithAuthentication } } as never, {
		credential: {} as never,
		baseUrl: 'https://api.example.com',
		endpoint: 'runway',
		clock,
		withTimeout: sharedTimeouts(clock),
		signal,
	});
	const gate = new CreationGate(clock, signal);
	let together = 0;
	const item = async (_: unknown, index: number) => {
		for (;;) {
			await gate.admit(index);
			let sentAt = 0;
			const verdict = await client.createGeneration(BODY, 'id', () => {
				sentAt = clock.now();
			});
			if (verdict.kind === 'accepted') {
				gate.accepted(true);
				together++;
				await gate.whileRunning(
					async () =>
						await pollUntil(
							async (timeLeft) => await client.getGeneration(verdict.created.id, timeLeft),
							{
								initialDelayMs: INITIAL_POLL_DELAY_MS,
								timeoutMs: 1_800_000,
								together: () => together,
								until: ({ phase }) => phase === 'completed',
							},
							clock,
						),
					true,
				);
				together--;
				return;
			}
			if (verdict.kind === 'heldBack') gate.answered();
			else if (verdict.kind === 'rateLimited') gate.refused(sentAt, verdict.retryAfterMs);
			else throw new Error(verdict.kind);
		}
	};
	await Promise.all(Array.from({ length: ITEMS }, item));
	const later = (times: number[]) => times.filter((at) => at > 10_000).length;
	return {
		ratio: clock.now() / unavoidableMs(DURATIONS_MS, limits),
		refused: later(refusals) / later(arrivals),
		busiest: mostWithin(1000, arrivals),
		postsPerItem: posts / ITEMS,
	};
}

it.each([4, 7, 20, 50, Infinity])(
	'200 items at an API that takes %f requests a second end within 10 percent of the least time',
	async (maxRequestsPerSecond) => {
		const { ratio, refused, busiest } = await runAll({ maxRequestsPerSecond });
		expect(ratio).toBeLessThan(1.1);
		expect(refused).toBeLessThan(0.05);
		expect(busiest).toBeLessThanOrEqual(80);
	},
);

it('200 items at an API that runs 10 at once waste neither time nor requests', async () => {
	const { ratio, postsPerItem } = await runAll({ maxConcurrent: 10 });
	expect(ratio).toBeLessThan(1.05);
	expect(postsPerItem).toBeLessThan(1.2);
});

it('the same where it takes 4 requests a second too', async () => {
	const { ratio, postsPerItem } = await runAll({ maxConcurrent: 10, maxRequestsPerSecond: 4 });
	expect(ratio).toBeLessThan(1.15);
	expect(postsPerItem).toBeLessThan(1.3);
});
