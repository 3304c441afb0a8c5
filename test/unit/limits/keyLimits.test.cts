import { openLimits } from '../../../nodes/RunwayActTwo/limits/keyLimits';
import { virtualClock } from '../../support/virtualClock.cts';

const MINUTE = 60_000;

it('executions of one key share its limits, those of another key do not', () => {
	const clock = virtualClock();
	const [first, second, other] = ['a', 'a', 'b'].map((account) => openLimits(account, clock));
	expect(second.creations).toBe(first.creations);
	expect(second.rateLimiter).toBe(first.rateLimiter);
	expect(other.rateLimiter).not.toBe(first.rateLimiter);
});

it('what is known of a key is kept while it is used, and for ten minutes after that', () => {
	const clock = virtualClock();
	const first = openLimits('c', clock);
	clock.advance(60 * MINUTE);
	const second = openLimits('c', clock);
	expect(second.creations).toBe(first.creations);
	first.close();
	second.close();
	clock.advance(9 * MINUTE);
	const third = openLimits('c', clock);
	expect(third.creations).toBe(first.creations);
	third.close();
	clock.advance(11 * MINUTE);
	expect(openLimits('c', clock).creations).not.toBe(first.creations);
});
