import { getEventListeners } from 'node:events';

interface Timer {
	at: number;
	/** Of those at one time, the first that was set goes first. */
	order: number;
	/** Absent once it is called off. */
	fire?: () => void;
}

/** Any time of day will do. */
const START = Date.UTC(2026, 0, 1);

/**
 * Time that passes only when nothing else happens: it jumps from one timer to the next. Everything in
 * it, the node, n8n and the API, shares it.
 */
export class World {
	/** Milliseconds since the start. */
	elapsed = 0;
	/** What the clock on this machine's wall adds to it, as when it is set. */
	wallOffset = 0;
	/** How many sleeps of the node are under way. */
	sleepers = 0;
	/** A heap: none is later than the two after it, at twice its place. */
	private timers: Timer[] = [];
	private timeouts: AbortSignal[] = [];
	private order = 0;

	/** What the clock on the wall shows. */
	now(): number {
		return this.elsewhere() + this.wallOffset;
	}

	/** What other machines' clocks show. */
	elsewhere(): number {
		return START + this.elapsed;
	}

	/** @returns what calls it off */
	after(ms: number, fire: () => void): () => void {
		const timer: Timer = { at: this.elapsed + Math.max(0, ms), order: this.order++, fire };
		const { timers } = this;
		let place = timers.push(timer) - 1;
		for (let above = (place - 1) >> 1; place > 0; place = above, above = (place - 1) >> 1) {
			if (!isEarlier(timer, timers[above])) break;
			timers[place] = timers[above];
			timers[above] = timer;
		}
		return () => (timer.fire = undefined);
	}

	/** As `AbortSignal.timeout`. */
	readonly timeout = (ms: number): AbortSignal => {
		const controller = new AbortController();
		this.after(ms, () => controller.abort(new DOMException('Timed out', 'TimeoutError')));
		this.timeouts.push(controller.signal);
		return controller.signal;
	};

	/** How many of these somebody still listens to: Node keeps them until their time is over. */
	heardTimeouts(): number {
		return this.timeouts.filter((signal) => getEventListeners(signal, 'abort').length > 0).length;
	}

	/** As n8n-workflow's own. */
	readonly sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
		signal?.throwIfAborted();
		await new Promise<void>((resolve, reject) => {
			const onAbort = () => {
				callOff();
				reject(signal?.reason as Error);
			};
			const callOff = this.after(ms, () => {
				signal?.removeEventListener('abort', onAbort);
				resolve();
			});
			signal?.addEventListener('abort', onAbort, { once: true });
		});
	};

	/** The same, for the node. */
	readonly sleepOfNode = async (ms: number, signal?: AbortSignal): Promise<void> => {
		this.sleepers++;
		await this.sleep(ms, signal).finally(() => this.sleepers--);
	};

	/**
	 * Lets time pass until `isOver`, everything that follows from a timer before the next one.
	 * @returns whether it came to that, and not to a standstill or the limit
	 */
	async pass(isOver: () => boolean, limitMs: number): Promise<boolean> {
		const end = this.elapsed + limitMs;
		for (;;) {
			await settled();
			if (isOver()) return true;
			const next = this.next();
			if (!next) return false;
			this.elapsed = Math.max(this.elapsed, Math.min(next.at, end));
			if (next.at > end) return false;
			this.takeFirst();
			next.fire?.();
		}
	}

	/** As when the process ends: none of what waits in it goes on. */
	forgetTimers(): void {
		this.timers = [];
		this.timeouts = [];
		this.sleepers = 0;
	}

	private next(): Timer | undefined {
		while (this.timers.length > 0 && !this.timers[0].fire) this.takeFirst();
		return this.timers[0];
	}

	private takeFirst(): void {
		const { timers } = this;
		const last = timers.pop() as Timer;
		if (timers.length === 0) return;
		let place = 0;
		for (let below = 1; below < timers.length; below = 2 * place + 1) {
			if (below + 1 < timers.length && isEarlier(timers[below + 1], timers[below])) below++;
			if (!isEarlier(timers[below], last)) break;
			timers[place] = timers[below];
			place = below;
		}
		timers[place] = last;
	}
}

const isEarlier = (one: Timer, other: Timer): boolean =>
	one.at < other.at || (one.at === other.at && one.order < other.order);

/** Until every promise that can go on has gone on. */
const settled = async () => await new Promise<void>((resolve) => setImmediate(resolve));
