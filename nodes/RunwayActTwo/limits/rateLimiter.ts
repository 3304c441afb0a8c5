import { WaitingLine } from './waitingLine';
import type { Wait } from './waitingLine';

/** Requests a second: at the start, at most, and at least. */
const INITIAL_RATE = 20;
const MAX_RATE = 75;
const MIN_RATE = 1;
/** Responses are judged together: those to the requests of a second, and no fewer than this. */
const WINDOW_MS = 1000;
const MIN_RESPONSES = 8;
/** How much more of them than is usual by chance may be refused. */
const MARGIN = 0.1;
/** What is refused more often than this is not refused by chance. */
const MAX_CHANCE = 0.5;
/** By how much the rate grows below a rate that was refused, and how soon beyond it. */
const STEP = 1.1;
const INITIAL_HOLD_MS = 10_000;
const MAX_HOLD_MS = 60_000;

/**
 * How many requests a second an API takes of a key, for all executions that use it: more while it accepts
 * them, and when it refuses (HTTP 429) clearly more of them than before, as many as it accepted. Where as
 * many are refused at that rate too, it was chance, so the rate comes back.
 */
export class RateLimiter {
	private rate = INITIAL_RATE;
	private limit = MAX_RATE;
	private nextAt = -Infinity;
	private pausedUntil = -Infinity;
	private retryAt = -Infinity;

	/** The responses since `from`, to requests sent since then. */
	private from = -Infinity;
	private succeededCount = 0;
	private throttledCount = 0;
	private fromRate = INITIAL_RATE;
	/** When those of the last second were sent; the most within a second, in this window and the last. */
	private readonly recent: number[] = [];
	private peak = 0;
	private lastPeak = 0;

	/** The share of requests that is refused at any rate. */
	private chance = 0;
	/** What the rate was before it was lowered just now. */
	private lowered: { rate: number; share: number } | undefined;
	/** A rate that the API took, and one that it refused. */
	private proven = 0;
	private refused = MAX_RATE;
	private growth = 0;
	private growsAt = -Infinity;
	private holdMs = INITIAL_HOLD_MS;

	private readonly line = new WaitingLine(
		() => Math.max(this.nextAt, this.pausedUntil),
		(_, now) => {
			// What a timer is late is made up for.
			this.nextAt = Math.max(this.nextAt, now - 10) + 1000 / this.rate;
		},
	);

	/** Resolves to true when a request may be sent, to false at the deadline. Rejects when stopped. */
	async acquire(wait: Wait): Promise<boolean> {
		return await this.line.enter(wait);
	}

	/** The API took a request. Both times by `clock.elapsed()`. */
	succeeded(sentAt: number, now: number): void {
		if (sentAt < this.from) return;
		this.succeededCount++;
		this.recent.push(sentAt);
		while (this.recent[0] <= sentAt - 1000) this.recent.shift();
		this.peak = Math.max(this.peak, this.recent.length);
		this.rate = Math.min(this.limit, this.rate + 1);
		this.judge(sentAt, now);
	}

	/** The API refused a request (HTTP 429). Both times by `clock.elapsed()`. */
	throttled(sentAt: number, now: number, retryAfterMs = 0): void {
		this.retryAt = Math.max(this.retryAt, now + retryAfterMs);
		if (sentAt < this.from) return;
		this.throttledCount++;
		this.judge(sentAt, now);
	}

	private judge(sentAt: number, now: number): void {
		if (this.from === -Infinity) this.from = sentAt;
		const all = this.succeededCount + this.throttledCount;
		const isShut = this.succeededCount === 0;
		const needed = this.lowered && !isShut ? 2 * MIN_RESPONSES : MIN_RESPONSES;
		if (all < needed || (!isShut && sentAt < this.from + WINDOW_MS)) return;
		const share = this.throttledCount / all;
		const isBusy = (all * 1000) / (sentAt - this.from) > 0.7 * this.fromRate;
		this.from = sentAt;
		if (isShut) {
			this.rate = Math.max(MIN_RATE, this.rate / 4);
			this.pausedUntil = this.retryAt;
		} else if (share <= 1.5 * this.chance + MARGIN) {
			this.lowered = undefined;
			this.chance += (share - this.chance) * 0.2;
			if (isBusy) this.grow(sentAt);
		} else if (this.lowered && 2 * share > this.chance + this.lowered.share && share < MAX_CHANCE) {
			this.chance = share;
			this.limit = this.rate = this.lowered.rate;
			this.lowered = undefined;
		} else {
			this.lower(share, now);
		}
		this.fromRate = this.rate;
		this.lastPeak = this.peak;
		this.succeededCount = this.throttledCount = this.peak = 0;
	}

	private grow(now: number): void {
		this.proven = this.fromRate;
		if (this.limit * STEP < this.refused) {
			this.limit *= STEP;
		} else if (now >= this.growsAt) {
			this.growth = Math.min(0.5, 2 * this.growth || 0.02);
			this.refused = this.limit = Math.min(MAX_RATE, this.limit * (1 + this.growth));
		}
	}

	private lower(share: number, now: number): void {
		this.lowered = { rate: this.rate, share };
		const isNew = this.refused === MAX_RATE || this.fromRate > 1.2 * this.refused;
		this.holdMs = isNew ? INITIAL_HOLD_MS : Math.min(MAX_HOLD_MS, 2 * this.holdMs);
		this.refused = this.fromRate;
		const accepted = 0.95 * Math.min(this.rate, Math.max(this.peak, this.lastPeak));
		const proven = this.proven < 0.98 * this.fromRate ? this.proven : 0;
		this.limit = this.rate = Math.max(MIN_RATE, proven, accepted);
		this.proven = 0;
		this.pausedUntil = this.retryAt;
		this.growsAt = now + this.holdMs;
		this.growth = 0;
		// What was sent within the last second still counts with the API.
		this.from = now + WINDOW_MS;
	}
}
