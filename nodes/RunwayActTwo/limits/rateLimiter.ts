import { WaitingLine } from './waitingLine';
import type { Wait } from './waitingLine';

/** Requests a second: at the start, and at most. */
const INITIAL_RATE = 20;
const MAX_RATE = 75;
/** Responses are judged together: to the requests of a second, and no fewer; or refused in a row. */
const WINDOW_MS = 1000;
const MIN_RESPONSES = 8;
/** What may be refused beyond chance, and what is never chance, as shares. */
const MARGIN = 0.12;
const MAX_CHANCE = 0.45;
/** What each accepted request adds to the rate: far from any limit, and just below one. */
const FAST_GROWTH = 1;
const SLOW_GROWTH = 0.0005;

/**
 * How many requests a second an API takes of a key, for all executions that use it. The rate grows with
 * each that is accepted. Where clearly more than usual is refused (HTTP 429), what was accepted a second
 * is the limit: the rate falls just below it and grows again, slowly at first, ever faster the longer all
 * goes well. Where the refusals do not fall with the rate, they are chance: the rate is restored, and so
 * many of them are usual.
 */
export class RateLimiter {
	private rate = INITIAL_RATE;
	private growth = FAST_GROWTH;
	private nextAt = -Infinity;
	private retryAt = -Infinity;
	/** The share of requests that is refused at any rate. */
	private chance = 0;
	/** What was true before the rate was lowered, until that has helped. */
	private before: { rate: number; share: number } | undefined;

	/** The responses to requests sent since `from`. */
	private from: number | undefined;
	private succeededCount = 0;
	private throttledCount = 0;
	private throttledInRow = 0;
	/** A second, in the window before. */
	private lastAccepted = 0;

	private readonly line = new WaitingLine(
		() => this.nextAt,
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
		if (this.from !== undefined && sentAt < this.from) return;
		this.succeededCount++;
		this.throttledInRow = 0;
		this.rate = Math.min(MAX_RATE, this.rate + this.growth);
		this.judge(sentAt, now);
	}

	/** The API refused a request (HTTP 429). Both times by `clock.elapsed()`. */
	throttled(sentAt: number, now: number, retryAfterMs = 0): void {
		this.retryAt = Math.max(this.retryAt, now + retryAfterMs);
		if (this.from !== undefined && sentAt < this.from) return;
		this.throttledCount++;
		this.throttledInRow++;
		this.judge(sentAt, now);
	}

	private judge(sentAt: number, now: number): void {
		const windowMs = sentAt - (this.from ??= sentAt);
		const all = this.succeededCount + this.throttledCount;
		// What was lowered by chance is seen in more of them.
		const isFull = windowMs >= WINDOW_MS && all >= MIN_RESPONSES * (this.before ? 2 : 1);
		if (!isFull && this.throttledInRow < MIN_RESPONSES) return;
		const share = this.throttledCount / all;
		const accepted = (this.succeededCount * 1000) / Math.max(WINDOW_MS, windowMs);
		const { before } = this;
		this.before = undefined;
		this.from = sentAt;
		if (before && share > before.share / 4 && share < MAX_CHANCE) {
			this.chance = share;
			this.rate = before.rate;
			this.growth = FAST_GROWTH;
		} else if (share > Math.min(MAX_CHANCE, this.chance + MARGIN)) {
			this.before = before ?? { rate: this.rate, share };
			this.lower(Math.max(accepted, this.lastAccepted), now);
		} else {
			this.growth = Math.min(FAST_GROWTH, 1.2 * this.growth);
		}
		this.lastAccepted = accepted;
		this.succeededCount = this.throttledCount = this.throttledInRow = 0;
	}

	/** Where nothing was accepted, nothing is known of the limit. */
	private lower(accepted: number, now: number): void {
		this.rate = Math.max(0.5, accepted > 0 ? 0.96 * accepted : this.rate / 4);
		this.growth = accepted > 0 ? SLOW_GROWTH : FAST_GROWTH;
		// What was sent within the last second still counts with the API.
		this.from = this.nextAt = Math.max(this.retryAt, now + WINDOW_MS);
	}
}
