import { backoffDelay } from '../time/backoff';
import type { RateLimiter } from './rateLimiter';
import { WaitingLine } from './waitingLine';
import type { Wait } from './waitingLine';

/** So many refusals in a row, for so long, are no chance and no limit of requests a second. */
const MIN_REFUSALS = 3;
const MIN_REFUSED_MS = 2000;
/** After so many, the last ones sent alone, the limit is what runs. */
const MAX_REFUSALS = 5;
/** After so many acceptances beyond a limit there is none. */
const MAX_PROBES = 3;
/** How soon one more than the limit is tried; each time in vain doubles it. */
const INITIAL_PROBE_MS = 5000;
const MAX_PROBE_MS = 120_000;
/** How long creations are refused without any progress before it counts as final. */
const MAX_STUCK_MS = 5 * 60_000;

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
 * are refused, not by chance and not for the rate. From then on one may start when one ends, and now and
 * then one more is tried: another process may use the same key.
 */
export class CreationGate {
	private limit = Infinity;
	private running = 0;
	private sending = 0;
	/** Whether the one let in last is still waiting for the rate limiter. */
	private isPending = false;
	private isProbing = false;

	/** In a row, each sent after the one before was known. */
	private refusals = 0;
	private refusedSince: number | undefined;
	private lastRefusalAt = -Infinity;
	private stuckSince: number | undefined;
	private pausedUntil = -Infinity;

	private probes = 0;
	private probeAt = Infinity;
	private probeDelay = INITIAL_PROBE_MS;

	private readonly line = new WaitingLine(
		() => this.opensAt(),
		() => {
			this.isProbing = this.isFull();
			this.isPending = true;
			this.sending++;
		},
	);

	constructor(private readonly rateLimiter: RateLimiter) {}

	/** Runs `work`, which creates a generation and waits for it or not; then its place is free. */
	async hold<T>(work: (slot: Slot) => Promise<T>): Promise<T> {
		let isOccupied = false;
		const occupy = () => {
			if (!isOccupied) this.running++;
			isOccupied = true;
		};
		try {
			return await work({
				occupy,
				run: async (wait, post) => await this.send(wait, post, occupy),
			});
		} finally {
			if (isOccupied) {
				this.running--;
				this.progressed();
				this.line.serve();
			}
		}
	}

	private async send<T extends Verdict>(
		wait: Wait,
		post: () => Promise<T>,
		occupy: () => void,
	): Promise<T | { kind: 'deferred' }> {
		const { clock, deadline = Infinity, order = clock.elapsed() } = wait;
		let last: T | undefined;
		for (let attempt = 0; ; attempt++) {
			if (!(await this.line.enter({ clock, deadline, order }))) break;
			const isProbe = this.isProbing;
			try {
				try {
					if (!(await this.rateLimiter.acquire({ clock, deadline, order: -Infinity }))) break;
				} finally {
					this.isPending = false;
					this.line.serve();
				}
				const sentAt = clock.elapsed();
				last = await post();
				if (last.kind === 'accepted') {
					occupy();
					this.accepted(clock.elapsed(), sentAt, isProbe);
					return last;
				}
				if (last.kind !== 'rateLimited') return last;
				this.refused(clock.elapsed(), sentAt, isProbe, last.retryAfterMs);
			} finally {
				this.sending--;
				if (isProbe) this.isProbing = false;
				this.line.serve();
			}
			const delay = backoffDelay(attempt, clock.random(), last.retryAfterMs);
			if (this.isStuck(clock.elapsed() + delay)) {
				this.line.dismiss();
				break;
			}
			await clock.sleep(Math.max(0, Math.min(delay, deadline - clock.elapsed())));
		}
		return last ?? { kind: 'deferred' };
	}

	private accepted(now: number, sentAt: number, isProbe: boolean): void {
		this.rateLimiter.succeeded(sentAt, now);
		this.progressed();
		if (!isProbe) return;
		this.limit = ++this.probes < MAX_PROBES ? this.limit + 1 : Infinity;
		this.probeAt = now;
		this.probeDelay = INITIAL_PROBE_MS;
	}

	private refused(now: number, sentAt: number, isProbe: boolean, retryAfterMs = 0): void {
		if (isProbe) {
			this.probes = 0;
			this.probeAt = now + this.probeDelay;
			this.probeDelay = Math.min(MAX_PROBE_MS, 2 * this.probeDelay);
			return;
		}
		this.rateLimiter.throttled(sentAt, now, retryAfterMs);
		this.refusedSince ??= now;
		if (this.running === 0) this.stuckSince ??= now;
		const isLong = now - this.refusedSince >= MIN_REFUSED_MS;
		if (sentAt < this.lastRefusalAt || (!isLong && this.refusals >= MIN_REFUSALS - 1)) return;
		this.lastRefusalAt = now;
		this.refusals++;
		if (this.refusals >= MIN_REFUSALS) {
			this.pausedUntil = now + backoffDelay(this.refusals - MIN_REFUSALS, 0, retryAfterMs);
		}
		if (this.refusals >= MAX_REFUSALS) {
			if (this.limit === Infinity) this.probeAt = now + this.probeDelay;
			this.limit = Math.max(1, this.running);
			this.probes = 0;
		}
	}

	/** A generation was accepted, or has ended. */
	private progressed(): void {
		this.refusals = 0;
		this.refusedSince = undefined;
		this.stuckSince = undefined;
	}

	private isStuck(then: number): boolean {
		return this.stuckSince !== undefined && then - this.stuckSince > MAX_STUCK_MS;
	}

	private isFull(): boolean {
		return this.running + this.sending >= this.limit;
	}

	private opensAt(): number {
		const isAlone = this.refusals >= MIN_REFUSALS && this.sending > 0;
		if (this.isPending || isAlone) return Infinity;
		if (!this.isFull()) return this.pausedUntil;
		return this.isProbing ? Infinity : Math.max(this.pausedUntil, this.probeAt);
	}
}
