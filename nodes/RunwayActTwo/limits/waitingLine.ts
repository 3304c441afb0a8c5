import type { Clock } from '../time/clock';

/** How long one caller waits. */
export interface Wait {
	/** Of the execution that waits: it leaves the line when that is stopped. */
	clock: Clock;
	/** The smallest goes first; of equal ones the one that came first. */
	order?: number;
	/** By `clock.elapsed()`. */
	deadline?: number;
}

interface Waiting extends Required<Wait> {
	weight: number;
	end: (isAdmitted: boolean) => void;
}

/** Those that wait for a limit, of all executions that share it. The first is let in when there is room. */
export class WaitingLine {
	private readonly waiting: Waiting[] = [];
	private wakesAt = Infinity;

	/**
	 * @param opensAt when there is room for so much weight, by `clock.elapsed()`; Infinity where that
	 *   depends on what `serve` will be called after
	 * @param admit takes the room
	 */
	constructor(
		private readonly opensAt: (weight: number) => number,
		private readonly admit: (weight: number, now: number) => void,
	) {}

	/** Resolves to true with the room taken, to false at the deadline. Rejects when stopped. */
	async enter(
		{ clock, order = 0, deadline = Infinity }: Wait,
		weight: number = 1,
	): Promise<boolean> {
		return await new Promise<boolean>((resolve, reject) => {
			const leave = () => this.waiting.splice(this.waiting.indexOf(one), 1);
			const end = (isAdmitted: boolean) => {
				leave();
				forget();
				resolve(isAdmitted);
			};
			const one = { clock, order, deadline, weight, end };
			let place = this.waiting.length;
			while (place > 0 && this.waiting[place - 1].order > order) place--;
			this.waiting.splice(place, 0, one);
			const forget = clock.onStop((reason) => {
				leave();
				reject(reason as Error);
				this.serve();
			});
			// Of thousands, whoever comes behind others changes nothing for them.
			if (place === 0 || deadline < this.wakesAt) this.serve();
		});
	}

	/** Lets in whoever may go now. To be called when there may be room sooner than `opensAt` said. */
	serve(): void {
		for (let first = this.waiting[0]; first; first = this.waiting[0]) {
			const now = first.clock.elapsed();
			const opensAt = this.opensAt(first.weight);
			if (opensAt <= now) {
				this.admit(first.weight, now);
				first.end(true);
				continue;
			}
			let soonest = first;
			for (const one of this.waiting) if (one.deadline < soonest.deadline) soonest = one;
			if (soonest.deadline > now) {
				void this.wake(first.clock, Math.min(opensAt, soonest.deadline));
				return;
			}
			soonest.end(false);
		}
	}

	/** By the clock of one that waits: when that is stopped, the next one's goes on. */
	private async wake(clock: Clock, at: number): Promise<void> {
		if (at >= this.wakesAt) return;
		this.wakesAt = at;
		await clock.sleep(at - clock.elapsed()).catch(() => {});
		if (this.wakesAt === at) this.wakesAt = Infinity;
		this.serve();
	}
}
