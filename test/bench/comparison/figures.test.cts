import { mostWithin, unavoidableMs } from './figures.cts';

describe('what the benchmark counts', () => {
	it('the most arrivals in any second, the second’s end left out', () => {
		expect(mostWithin(1000, [])).toBe(0);
		expect(mostWithin(1000, [1000, 0, 500, 1499, 2000])).toBe(3);
		expect(mostWithin(1000, [0, 999, 1000])).toBe(2);
	});

	it('the time that a server’s limits make unavoidable', () => {
		expect(unavoidableMs([5, 9, 7], {})).toBe(9);
		expect(unavoidableMs([5, 9, 7], { maxConcurrent: 1 })).toBe(21);
		expect(unavoidableMs([5, 9, 7], { maxConcurrent: 2 })).toBe(12);
		// The last of 10 starts after 4 s; 20 requests take 10 s.
		expect(unavoidableMs(Array(10).fill(9000), { maxRequestsPerSecond: 2 })).toBe(13_000);
		expect(unavoidableMs(Array(10).fill(2000), { maxRequestsPerSecond: 2 })).toBe(10_000);
	});
});
