import type { Clock } from '../polling/clock';

/**
 * How many items run at once, by additive increase and multiplicative decrease: starts at the user's
 * limit, falls to what the API admits when it answers a creation with HTTP 429, and rises again by one
 * for each full round of finished items.
 */
export class ConcurrencyLimiter {
	private active = 0;
	private limit: number;
	private finishedSinceGrowth = 0;
	private rateLimitedSince: number | undefined;
	private readonly queue: Array<{ admit: () => void; reject: (reason: unknown) => void }> = [];

	constructor(
		private readonly max: number,
		private readonly clock: Pick<Clock, 'now'>,
		private readonly signal: AbortSignal,
	) {
		this.limit = max;
		signal.addEventListener('abort', this.rejectQueue, { once: true });
	}

	/** Takes the listener off the signal. */
	close(): void {
		this.signal.removeEventListener('abort', this.rejectQueue);
	}

	/** Runs `work` when there is a slot for it. Rejects with the signal's reason when aborted. */
	async run<T>(work: () => Promise<T>): Promise<T> {
		await this.enter(false);
		try {
			return await work();
		} finally {
			this.leave();
		}
	}

	/** A creation was accepted. */
	accepted(): void {
		this.rateLimitedSince = undefined;
	}

	/**
	 * A creation was rate limited. While other items are active it yields its slot and resolves to true
	 * when one of them has ended; otherwise it resolves to false at once.
	 */
	async yieldSlot(): Promise<boolean> {
		this.rateLimitedSince ??= this.clock.now();
		if (this.active <= 1) return false;
		this.active--;
		this.limit = Math.max(1, this.active);
		this.finishedSinceGrowth = 0;
		await this.enter(true);
		return true;
	}

	/** Milliseconds since the API last accepted a creation or an item ended, 0 when not rate limited. */
	rateLimitedForMs(): number {
		return this.rateLimitedSince === undefined ? 0 : this.clock.now() - this.rateLimitedSince;
	}

	private async enter(first: boolean): Promise<void> {
		this.signal.throwIfAborted();
		if (this.active < this.limit) {
			this.active++;
			return;
		}
		await new Promise<void>((admit, reject) => {
			if (first) this.queue.unshift({ admit, reject });
			else this.queue.push({ admit, reject });
		});
	}

	private leave(): void {
		this.active--;
		this.rateLimitedSince = undefined;
		this.finishedSinceGrowth++;
		if (this.finishedSinceGrowth >= this.limit && this.limit < this.max) {
			this.limit++;
			this.finishedSinceGrowth = 0;
		}
		while (this.active < this.limit && this.queue.length > 0) {
			this.active++;
			this.queue.shift()?.admit();
		}
	}

	private readonly rejectQueue = (): void => {
		for (const { reject } of this.queue.splice(0)) reject(this.signal.reason);
	};
}
