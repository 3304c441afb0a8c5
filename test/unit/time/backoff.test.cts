import { backoffDelay } from '../../../nodes/RunwayActTwo/time/backoff';

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
