import { limitsOf } from '../../../nodes/RunwayActTwo/limits/keyLimits';

it('executions of one key share its limits, those of another key do not', () => {
	const [first, second, other] = ['a', 'a', 'b'].map(limitsOf);
	expect(second.creations).toBe(first.creations);
	expect(second.rateLimiter).toBe(first.rateLimiter);
	expect(other.rateLimiter).not.toBe(first.rateLimiter);
});

it('of a thousand other keys, those in use stay known, and one not in use is forgotten', () => {
	const [used, unused] = ['used', 'unused'].map(limitsOf);
	for (let key = 0; key < 1000; key++) {
		limitsOf(`${key}`);
		expect(limitsOf('used')).toBe(used);
	}
	expect(limitsOf('unused')).not.toBe(unused);
});
