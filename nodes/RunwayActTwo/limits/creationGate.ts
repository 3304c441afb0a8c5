import { backoffDelay } from '../time/backoff';
import type { RateLimiter } from './rateLimiter';
import { WaitingLine } from './waitingLine';
import type { Wait } from './waitingLine';

/** So many refusals in a row are no chance; for the rate, there were fewer until it was lowered. */
const MIN_REFUSALS = 10;
/** How soon one more than the limit is tried; each time in vain doubles it. */
const INITIAL_PROBE_MS = 1000;
const MAX_PROBE_MS = 120_000;

/** What the POST came to: accepted, refused for a limit (HTTP 429), or anything else. */
interface Verdict {
	kind: string;
	retryAfterMs?: number;
}

/** One generation's place among those that run at once. */
export interface Slot {
	/**
	 * Sends a POST when there is room for it, again and again while it is refused for a limit. Once it is
	 * accepted, the place is taken.
	 * @param post called once an attempt
	 * @returns the last verdict; 'deferred' where there was no room to send it before the deadline.
	 *   Rejects when the execution is stopped
	 */
	run<T extends Verdict>(wait: Wait, post: () => Promise<T>): Promise<T | { kind: 'deferred' }>;
	/** Takes the place for a generation that was created before. */
	occupy(): void;
}

/**
 * How many generations run at once, for all executions of an API key. Any number may start until POSTs
 * are refused ten times in a row: then what runs is the limit. One may start when one ends, and now and
 * then one more is tried (another process may use the same key); each that is accepted raises the limit.
 * Once nobody needs a place any more, nothing is known.
 */
export class CreationGate {
	private limit = Infinity;
	private holders = 0;
	private running = 0;
	private sending = 0;
	/** Whether the one let in last still waits for the rate limiter. */
	private isPending = false;
	/** In a row, each sent after the one before was known. */
	private refusals = 0;
	private refusedAt = -Infinity;
	private probeAt = -Infinity;
	private probeDelay = INITIAL_PROBE_MS;

	private readonly line = new WaitingLine(
		() => this.opensAt(),
		() => {
			this.isPending = true;
			this.sending++;
		},
	);

	constructor(private readonly rateLimiter: RateLimiter) {}

	/** Runs `work`, which creates a generation and waits for it or not; then its place is free. */
	async hold<T>(work: (slot: Slot) => Promise<T>): Promise<T> {
		this.holders++;
		let places = 0;
		const occupy = () => {
			this.running += 1 - places;
			places = 1;
		};
		try {
			return await work({ occupy, run: async (wait, post) => await this.run(wait, post, occupy) });
		} finally {
			this.running -= places;
			if (--this.holders === 0) {
				this.limit = Infinity;
				this.refusals = 0;
				this.probeDelay = INITIAL_PROBE_MS;
			}
			this.line.serve();
		}
	}

	private async run<T extends Verdict>(
		wait: Wait,
		post: () => Promise<T>,
		occupy: () => void,
	): Promise<T | { kind: 'deferred' }> {
		const { clock, deadline = Infinity, order = clock.elapsed() } = wait;
		let last: T | undefined;
		while (await this.line.enter({ clock, deadline, order })) {
			const isProbe = this.running + this.sending > this.limit;
			try {
				const acquired = this.rateLimiter.acquire({ clock, deadline, order: -Infinity });
				if (!(await acquired.finally(() => (this.isPending = false)))) break;
				this.line.serve();
				const sentAt = clock.elapsed();
				last = await post();
				if (last.kind === 'accepted') {
					occupy();
					this.accepted(sentAt, clock.elapsed(), isProbe);
				}
				if (last.kind !== 'rateLimited') return last;
				this.refused(sentAt, clock.elapsed(), isProbe, last.retryAfterMs);
			} finally {
				this.sending--;
				this.line.serve();
			}
			// How often POSTs are sent in all is the business of the limits, not of each of them.
			const delay = backoffDelay(1, clock.random(), last.retryAfterMs);
			await clock.sleep(Math.max(0, Math.min(delay, deadline - clock.elapsed())));
		}
		return last ?? { kind: 'deferred' };
	}

	private accepted(sentAt: number, now: number, isProbe: boolean): void {
		this.rateLimiter.succeeded(sentAt, now);
		this.refusals = 0;
		if (!isProbe) return;
		this.limit++;
		this.probeDelay = INITIAL_PROBE_MS;
	}

	private refused(sentAt: number, now: number, isProbe: boolean, retryAfterMs = 0): void {
		// Beyond a limit on generations at once, a refusal says nothing of the rate.
		if (this.limit === Infinity) this.rateLimiter.throttled(sentAt, now, retryAfterMs);
		if (sentAt < this.refusedAt) return;
		this.refusedAt = now;
		if (!isProbe && ++this.refusals < MIN_REFUSALS) return;
		this.limit = this.running;
		this.probeAt = now + Math.max(this.probeDelay, retryAfterMs);
		this.probeDelay = Math.min(MAX_PROBE_MS, 2 * this.probeDelay);
	}

	private opensAt(): number {
		if (this.isPending) return Infinity;
		if (this.running + this.sending < this.limit) return -Infinity;
		return this.sending > 0 ? Infinity : this.probeAt;
	}
}
