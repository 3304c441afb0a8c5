import type { Clock } from '../polling/clock';
import { backoffDelay } from '../polling/schedule';

/** Before the first POST after a refusal: limits of a rate are counted by the second. */
const FIRST_DELAY_MS = 1000;

interface Waiting {
	order: number;
	admit: () => void;
	reject: (reason: unknown) => void;
}

/**
 * When a creation may be sent. After an HTTP 429 they go one at a time. If the next one, a second later,
 * is refused too, the cause is not the rate but the number of generations that run at once, so one more
 * may start when one ends, and more by one for each full round of them.
 */
export class CreationGate {
	private limit = Infinity;
	/** Generations whose end this execution will see. */
	private running = 0;
	private sending = 0;
	private ended = 0;
	private refusals = 0;
	private refusedSince: number | undefined;
	private lastRefusalAt = -Infinity;
	private opensAt = 0;
	private sleeping = false;
	private readonly queue: Waiting[] = [];

	constructor(
		private readonly clock: Clock,
		private readonly signal: AbortSignal,
	) {
		signal.addEventListener('abort', this.rejectQueue, { once: true });
	}

	/** Takes the listener off the signal. */
	close(): void {
		this.signal.removeEventListener('abort', this.rejectQueue);
	}

	/**
	 * Resolves when a POST may be sent; one of the three below must follow it. Rejects with the signal's
	 * reason when aborted.
	 * @param order the smallest goes first
	 */
	async admit(order: number): Promise<void> {
		this.signal.throwIfAborted();
		await new Promise<void>((admit, reject) => {
			const behind = this.queue.findIndex((other) => other.order > order);
			this.queue.splice(behind < 0 ? this.queue.length : behind, 0, { order, admit, reject });
			this.open();
		});
	}

	/**
	 * The POST was accepted.
	 * @param isAwaited whether `whileRunning` follows: without it the end will not be seen
	 */
	accepted(isAwaited: boolean): void {
		if (isAwaited) this.running++;
		this.refusals = 0;
		this.refusedSince = undefined;
		this.answered();
	}

	/** The POST ended in some other way. */
	answered(): void {
		this.sending--;
		this.open();
	}

	/**
	 * The POST was answered 429.
	 * @returns how long creations will have been refused without any progress when the next is sent, in
	 *   milliseconds; 0 while other generations run, whose end is progress
	 */
	refused(sentAt: number, retryAfterMs = 0): number {
		this.sending--;
		const now = this.clock.now();
		this.refusedSince ??= now;
		// Those sent before the last refusal was known tell nothing new.
		if (sentAt >= this.lastRefusalAt) {
			this.lastRefusalAt = now;
			this.refusals++;
			if (this.refusals > 1 || this.limit !== Infinity) {
				this.limit = Math.max(1, this.running);
				this.ended = 0;
			}
		}
		this.opensAt = Math.max(this.opensAt, now + Math.max(retryAfterMs, this.delay()));
		this.open();
		return this.running > 0 ? 0 : this.opensAt - this.refusedSince;
	}

	/** Rejects all that wait: nothing was accepted for too long. */
	giveUp(reason: unknown): void {
		for (const { reject } of this.queue.splice(0)) reject(reason);
	}

	/**
	 * Runs `work`, which waits for a generation, and counts it as running until then.
	 * @param isCounted whether it is counted since it was accepted
	 */
	async whileRunning<T>(work: () => Promise<T>, isCounted: boolean): Promise<T> {
		if (!isCounted) this.running++;
		try {
			return await work();
		} finally {
			this.running--;
			this.refusedSince = undefined;
			this.ended++;
			if (this.ended >= this.limit) {
				this.limit++;
				this.ended = 0;
			}
			this.open();
		}
	}

	private delay(): number {
		if (this.limit === Infinity) return FIRST_DELAY_MS;
		if (this.running > 0) return 0;
		return backoffDelay(this.refusals - 1, this.clock.random());
	}

	/** Lets in whoever may be sent now. */
	private open(): void {
		while (this.queue.length > 0 && !this.isFull()) {
			const wait = this.opensAt - this.clock.now();
			if (wait > 0) {
				if (!this.sleeping) void this.openAfter(wait);
				return;
			}
			this.sending++;
			this.queue.shift()?.admit();
		}
	}

	private isFull(): boolean {
		const single = this.refusals > 0 && this.sending > 0;
		return single || this.running + this.sending >= this.limit;
	}

	private async openAfter(ms: number): Promise<void> {
		this.sleeping = true;
		try {
			await this.clock.sleep(ms);
		} catch {
			// Stopped: the signal rejects the queue.
			return;
		} finally {
			this.sleeping = false;
		}
		this.open();
	}

	private readonly rejectQueue = (): void => this.giveUp(this.signal.reason);
}
