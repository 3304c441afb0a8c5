import { adaptiveDelay, backoffDelay } from '../../../nodes/RunwayActTwo/polling/schedule';

describe('the adaptive delay', () => {
	it('is shortest around the typical length, and 10 seconds at most', () => {
		expect([0, 29_999, 30_000, 47_999, 60_000, 100_000, 200_000, 1e9].map(adaptiveDelay)).toEqual([
			3000, 3000, 1500, 1500, 3000, 5000, 10_000, 10_000,
		]);
	});

	it('keeps to full tens of seconds in the end, whatever the responses take', () => {
		expect([400_020, 407_000, 409_500].map((ms) => ms + adaptiveDelay(ms))).toEqual([
			410_000, 410_000, 420_000,
		]);
	});

	it('is longer where very many wait together, after a minute 10 % at most', () => {
		expect([0, 45_000, 60_000, 100_000, 300_000].map((ms) => adaptiveDelay(ms, 200))).toEqual([
			3000, 3000, 6000, 10_000, 25_000,
		]);
		expect([45_000, 60_000, 600_000].map((ms) => adaptiveDelay(ms, 20))).toEqual([
			1500, 3000, 10_000,
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
