interface Timer {
	at: number;
	fire: () => void;
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
	/** What a clock on the wall adds to it, as when it is set. */
	wallOffset = 0;
	private timers: Timer[] = [];

	now(): number {
		return START + this.elapsed + this.wallOffset;
	}

	/** @returns what calls it off */
	after(ms: number, fire: () => void): () => void {
		const timer = { at: this.elapsed + Math.max(0, ms), fire };
		this.timers.push(timer);
		return () => {
			this.timers = this.timers.filter((one) => one !== timer);
		};
	}

	/** As `AbortSignal.timeout`. */
	readonly timeout = (ms: number): AbortSignal => {
		const controller = new AbortController();
		this.after(ms, () => controller.abort(new DOMException('Timed out', 'TimeoutError')));
		return controller.signal;
	};

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
			this.timers.splice(this.timers.indexOf(next), 1);
			next.fire();
		}
	}

	/** As when the process ends: none of what waits in it goes on. */
	forgetTimers(): void {
		this.timers = [];
	}

	private next(): Timer | undefined {
		let first: Timer | undefined;
		for (const timer of this.timers) if (!first || timer.at < first.at) first = timer;
		return first;
	}
}

/** Until every promise that can go on has gone on. */
const settled = async () => await new Promise<void>((resolve) => setImmediate(resolve));
