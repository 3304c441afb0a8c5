import type { Clock } from '../waiting/waitForGeneration';

/**
 * How many items are under way at once. Starts at the user's limit, falls to what the API admits when
 * it refuses a creation (HTTP 429), and rises again by one for each full round of finished items.
 */
export class Admission {
	private underWay = 0;
	private limit: number;
	private finishedSinceGrowth = 0;
	private refusedSince: number | undefined;
	private readonly queue: Array<{ admit: () => void; reject: (reason: unknown) => void }> = [];

	constructor(
		private readonly most: number,
		private readonly clock: Clock,
		private readonly signal: AbortSignal,
	) {
		this.limit = most;
		signal.addEventListener('abort', this.rejectQueue, { once: true });
	}

	/** Takes the listener off the signal. */
	close(): void {
		this.signal.removeEventListener('abort', this.rejectQueue);
	}

	/** Runs `work` when there is a place for it. Rejects with the signal's reason when aborted. */
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
		this.refusedSince = undefined;
	}

	/**
	 * A creation was refused. While other items are under way it gives its place up and resolves to
	 * true when one of them has made room; otherwise it resolves to false at once.
	 */
	async madeRoom(): Promise<boolean> {
		this.refusedSince ??= this.clock.now();
		if (this.underWay <= 1) return false;
		this.underWay--;
		this.limit = Math.max(1, this.underWay);
		this.finishedSinceGrowth = 0;
		await this.enter(true);
		return true;
	}

	/** Milliseconds since the API last accepted a creation or an item ended, 0 without a refusal. */
	refusedForMs(): number {
		return this.refusedSince === undefined ? 0 : this.clock.now() - this.refusedSince;
	}

	private async enter(first: boolean): Promise<void> {
		this.signal.throwIfAborted();
		if (this.underWay < this.limit) {
			this.underWay++;
			return;
		}
		await new Promise<void>((admit, reject) => {
			if (first) this.queue.unshift({ admit, reject });
			else this.queue.push({ admit, reject });
		});
	}

	private leave(): void {
		this.underWay--;
		this.finishedSinceGrowth++;
		if (this.finishedSinceGrowth >= this.limit && this.limit < this.most) {
			this.limit++;
			this.finishedSinceGrowth = 0;
		}
		while (this.underWay < this.limit && this.queue.length > 0) {
			this.underWay++;
			this.queue.shift()?.admit();
		}
	}

	private readonly rejectQueue = (): void => {
		for (const { reject } of this.queue.splice(0)) reject(this.signal.reason);
	};
}
