import type { Clock } from '../time/clock';
import { WaitingLine } from './waitingLine';

/** How much runs at once, first come first served: so many items, or items of so many bytes in all. */
export class ConcurrencyLimiter {
	private active = 0;
	private readonly line = new WaitingLine(
		(weight) => (this.active === 0 || this.active + weight <= this.max ? -Infinity : Infinity),
		(weight) => (this.active += weight),
	);

	constructor(
		private readonly max: number,
		private readonly clock: Clock,
	) {}

	/**
	 * Runs `work` when there is room for it: what weighs nothing at once, what is heavier than all the
	 * room alone. Rejects when the execution is stopped before that.
	 */
	async run<T>(work: () => Promise<T>, weight = 1): Promise<T> {
		if (weight === 0) return await work();
		await this.line.enter({ clock: this.clock }, weight);
		try {
			return await work();
		} finally {
			this.active -= weight;
			this.line.serve();
		}
	}
}
