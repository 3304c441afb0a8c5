import {
	adaptiveDelay as delayOf,
	initialPollDelay,
} from '../../../nodes/RunwayActTwo/polling/schedule';

const TYPICAL_MS = 45_000;
const adaptiveDelay = (elapsedMs: number, together?: number) =>
	delayOf(elapsedMs, TYPICAL_MS, together);

it('waits the longer for the first status check the longer a video typically takes', () => {
	expect([45_000, 90_000].map(initialPollDelay)).toEqual([10_000, 20_000]);
});

describe('the adaptive delay', () => {
	it('is shortest around the typical length, and 10 seconds at most', () => {
		expect(
			[0, 29_999, 30_000, 47_999, 60_000, 100_000, 200_000, 1e9].map((ms) => adaptiveDelay(ms)),
		).toEqual([3000, 3000, 1500, 1500, 3000, 5000, 10_000, 10_000]);
	});

	it('keeps to full tens of seconds in the end, whatever the responses take', () => {
		expect([400_020, 407_000, 409_500].map((ms) => ms + adaptiveDelay(ms))).toEqual([
			410_000, 410_000, 420_000,
		]);
	});

	it('is longer where very many wait together, after a minute 10% of the elapsed time at most', () => {
		expect([0, 45_000, 60_000, 100_000, 300_000].map((ms) => adaptiveDelay(ms, 200))).toEqual([
			3000, 3000, 6000, 10_000, 25_000,
		]);
		expect([45_000, 60_000, 600_000].map((ms) => adaptiveDelay(ms, 20))).toEqual([
			1500, 3000, 10_000,
		]);
	});

	it('is shortest around the typical time of another model', () => {
		expect([0, 79_000, 81_000, 127_000, 129_000].map((ms) => delayOf(ms, 120_000))).toEqual([
			3000, 3000, 1500, 1500, 6450,
		]);
	});
});
