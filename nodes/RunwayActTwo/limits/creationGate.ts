import type { Clock } from '../time/clock';
import type { Creation } from './rateLimiter';
import { backoffDelay } from '../time/backoff';

/** Before the first POST after a refusal: limits of a rate are counted by the second. */
const INITIAL_DELAY_MS = 1000;
/** How soon after a refusal one more generation is tried than run at once; each failure doubles it. */
const INITIAL_PROBE_MS = 5000;
const MAX_PROBE_MS = 120_000;

interface Waiting {
	order: number;
	admit: (as: Creation) => void;
	reject: (reason: unknown) => void;
}

/**
 * When a creation may be sent. After an HTTP 429 they go one at a time. If the next one, a second later,
 * is refused too, the cause seems to be the number of generations that run at once, so one may start
 * when one ends. Now and then one more is tried, and while that succeeds twice as many: the cause may
 * be a limit by the minute, or another execution of the same key may have ended.
 */
export class CreationGate {
	private limit = Infinity;
	/** How many more than were running at the last refusal are tried now. */
	private more = 0;
	private probeAt = Infinity;
	private probeDelay = INITIAL_PROBE_MS;
	/** Generations whose end this execution will see. */
	private running = 0;
	private sending = 0;
	private refusals = 0;
	private refusedSince: number | undefined;
	private lastRefusalAt = -Infinity;
	private opensAt = 0;
	private wakesAt = Infinity;
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
	 * Resolves when a POST may be sent, to what it is; one of the three below must follow it. Rejects with
	 * the signal's reason when aborted.
	 * @param order the smallest goes first
	 */
	async admit(order: number): Promise<Creation> {
		this.signal.throwIfAborted();
		return await new Promise<Creation>((admit, reject) => {
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
		if (this.more > 0 && this.running >= this.limit) {
			this.probeDelay = INITIAL_PROBE_MS;
			this.more *= 2;
			this.limit = this.running + this.more;
		}
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
				if (this.more > 0) this.probeDelay = Math.min(MAX_PROBE_MS, this.probeDelay * 2);
				this.more = 0;
				this.limit = Math.max(1, this.running);
				this.probeAt = now + this.probeDelay;
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
			this.open();
		}
	}

	private delay(): number {
		if (this.limit === Infinity) return INITIAL_DELAY_MS;
		if (this.running > 0) return 0;
		return backoffDelay(this.refusals - 1, this.clock.random());
	}

	/** Lets in whoever may be sent now. */
	private open(): void {
		while (this.queue.length > 0) {
			const nextAt = this.nextAt();
			if (nextAt > this.clock.now()) {
				if (nextAt < this.wakesAt) void this.openAt(nextAt);
				return;
			}
			if (this.isFull()) {
				this.more = 1;
				this.limit++;
			}
			this.sending++;
			this.queue.shift()?.admit(this.more === 1 ? 'probe' : 'creation');
		}
	}

	/** When the next POST may be sent; Infinity where that depends on the end of something. */
	private nextAt(): number {
		const isSingle = this.refusals > 0 && this.sending > 0;
		if (isSingle) return Infinity;
		if (!this.isFull()) return this.opensAt;
		return this.more > 0 ? Infinity : Math.max(this.opensAt, this.probeAt);
	}

	private isFull(): boolean {
		return this.running + this.sending >= this.limit;
	}

	private async openAt(at: number): Promise<void> {
		this.wakesAt = at;
		try {
			await this.clock.sleep(at - this.clock.now());
		} catch {
			// Stopped: the signal rejects the queue.
			return;
		}
		if (this.wakesAt === at) this.wakesAt = Infinity;
		this.open();
	}

	private readonly rejectQueue = (): void => this.giveUp(this.signal.reason);
}
