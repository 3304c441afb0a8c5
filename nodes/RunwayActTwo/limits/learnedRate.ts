import type { Clock } from '../time/clock';

/**
 * A 429 may mean the rate, or for a creation also the number of generations that run at once; it means
 * that number when it answers a probe, which tries one more than did so far.
 */
export type Creation = 'creation' | 'probe';
export type LimitedRequest = Creation | 'other';

/** Requests a second: at the start, and at most, with room for those that arrive late. */
const INITIAL_RATE = 20;
export const MAX_RATE = 80;
/** At a lower rate it would take too long to notice that the API takes more again. */
const MIN_RATE = 0.2;
/** What each good response adds to the rate until the API's limit is known. */
const GROWTH = 4;
/** How long the rate stays halved. */
const HOLD_MS = 1000;
const SECOND_MS = 1000;
/** How long back the most good responses within a second count. */
const MEMORY_MS = 5000;
/** A POST refused for its rate is accepted when it is sent again within this time. */
const CONFIRM_MS = 3000;
/** A limit that is refused again within this time was a little too high. */
const STEADY_MS = 10_000;
const LOWERED = 0.95;
/** Where 429s have another cause than the rate, a lower one does not help: no less than this, for so long. */
const MIN_SHARE = 0.65;
const MIN_SHARE_MS = 60_000;
/** How often one 429 follows another where the rate is far too high, and what a response counts in that. */
const FAR_TOO_HIGH = 0.4;
const WEIGHT = 0.15;
/** How soon more than the limit is tried: at first, after that was refused, and while it succeeds. */
const INITIAL_PROBE_MS = 10_000;
const MAX_PROBE_MS = 120_000;
const NEXT_PROBE_MS = 10_000;
const INITIAL_PROBE_SHARE = 0.05;
const MAX_PROBE_SHARE = 0.25;

export interface LearnedRate {
	/** Requests a second, 0.2 to 80. */
	perSecond(): number;
	/** The API took a request. */
	taken(request: LimitedRequest): void;
	/**
	 * The API answered 429 to a request sent at `sentAt`.
	 * @param resumesAt when requests are sent again; both in milliseconds since 1970
	 */
	refused(request: LimitedRequest, sentAt: number, resumesAt: number): void;
}

/**
 * The rate of requests that the API takes, learned from its responses. It grows with each good one. A 429
 * halves it, once a round trip; after a second and a good response it is what the API took before.
 * A limit that proves too high comes down in small steps, or at once where it is far too high, and
 * more is tried now and then.
 */
export function learnedRate({ now }: Pick<Clock, 'now'>): LearnedRate {
	let rate = INITIAL_RATE;
	let cutAt = -Infinity;

	/** When the good responses of the last second came; the most of them within a second, lately. */
	const good: number[] = [];
	let goodAt = -Infinity;
	let peak = 0;
	let peakAt = 0;
	/** How often a 429 was followed by another one, lately. */
	let repeated = 0;
	let wasRefused = false;

	/** What the API allows, once it has refused more; above `proven` while more is tried. */
	let limit: number | undefined;
	let proven = 0;
	let learnedAt = -Infinity;
	let highest = 0;
	let highestAt = 0;
	let probeAt = Infinity;
	let probeDelay = INITIAL_PROBE_MS;
	let probeShare = INITIAL_PROBE_SHARE;
	/** A refused POST suggests a limit, unless the next one is refused too. */
	let suggested: { peak: number; until: number } | undefined;

	const note = (isRefused: boolean): void => {
		if (wasRefused) repeated += (Number(isRefused) - repeated) * WEIGHT;
		wasRefused = isRefused;
		while (good[0] <= now() - SECOND_MS) good.shift();
		if (good.length >= peak || now() - peakAt > MEMORY_MS) {
			peak = good.length;
			peakAt = now();
		}
	};

	/** The rate was too high. */
	const learn = (found: number): void => {
		const isProbe = limit !== undefined && limit > proven;
		if (isProbe) probeDelay = Math.min(MAX_PROBE_MS, probeDelay * 2);
		set(nextLimit(found, isProbe));
	};

	const nextLimit = (found: number, isProbe: boolean): number | undefined => {
		if (limit === undefined || (repeated > FAR_TOO_HIGH && found < limit)) {
			highest = 0;
			return found || limit;
		}
		if (isProbe) return proven;
		const isSteady = now() - learnedAt >= STEADY_MS;
		return isSteady ? limit : Math.max(highest * MIN_SHARE, limit * LOWERED);
	};

	const set = (known: number | undefined): void => {
		if (known === undefined) return;
		limit = known;
		proven = known;
		learnedAt = now();
		if (known > highest || now() - highestAt > MIN_SHARE_MS) {
			highest = known;
			highestAt = now();
		}
		probeShare = INITIAL_PROBE_SHARE;
		probeAt = now() + probeDelay;
	};

	const grow = (): void => {
		if (limit === undefined) {
			rate = Math.min(MAX_RATE, rate + GROWTH);
		} else if (now() >= probeAt) {
			if (limit > proven) probeDelay = INITIAL_PROBE_MS;
			proven = limit;
			limit = Math.min(MAX_RATE, limit * (1 + probeShare));
			probeShare = Math.min(MAX_PROBE_SHARE, probeShare * 2);
			probeAt = now() + NEXT_PROBE_MS;
		}
	};

	return {
		perSecond() {
			if (limit !== undefined && now() - cutAt > HOLD_MS && goodAt > cutAt) rate = limit;
			return rate;
		},

		taken(request) {
			goodAt = now();
			good.push(goodAt);
			note(false);
			if (request === 'creation') {
				if (suggested && now() < suggested.until) learn(Math.max(peak, suggested.peak));
				suggested = undefined;
			}
			grow();
		},

		refused(request, sentAt, resumesAt) {
			if (request === 'probe') return;
			note(true);
			if (sentAt <= cutAt) return;
			// Without a good response in between it tells nothing new of the limit.
			const isNews = goodAt > cutAt;
			cutAt = now();
			rate = Math.max(MIN_RATE, rate / 2);
			probeAt = Math.max(probeAt, resumesAt + NEXT_PROBE_MS);
			if (!isNews) return;
			if (request === 'other') learn(peak);
			else suggested = { peak, until: resumesAt + CONFIRM_MS };
		},
	};
}
