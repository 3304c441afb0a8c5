import { mostWithin, unavoidableMs } from './figures.cts';

describe('what the benchmark counts', () => {
	it('the most arrivals in any second, the second’s end left out', () => {
		expect(mostWithin(1000, [])).toBe(0);
		expect(mostWithin(1000, [1000, 0, 500, 1499, 2000])).toBe(3);
		expect(mostWithin(1000, [0, 999, 1000])).toBe(2);
	});

	it('the time that a server with so much room makes unavoidable', () => {
		expect(unavoidableMs([5, 9, 7], Infinity)).toBe(9);
		expect(unavoidableMs([5, 9, 7], 1)).toBe(21);
		expect(unavoidableMs([5, 9, 7], 2)).toBe(12);
	});
});
