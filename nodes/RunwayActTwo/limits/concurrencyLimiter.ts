interface Waiting {
	weight: number;
	admit: () => void;
	reject: (reason: unknown) => void;
}

/** How much runs at once, first come first served: so many items, or items of so many bytes in all. */
export class ConcurrencyLimiter {
	private active = 0;
	private readonly queue: Waiting[] = [];

	constructor(
		private readonly max: number,
		private readonly signal: AbortSignal,
	) {
		signal.addEventListener('abort', this.rejectQueue, { once: true });
	}

	/** Takes the listener off the signal. */
	close(): void {
		this.signal.removeEventListener('abort', this.rejectQueue);
	}

	/**
	 * Runs `work` when there is room for it: what weighs nothing at once, what is heavier than all the
	 * room alone. Rejects with the signal's reason when aborted.
	 */
	async run<T>(work: () => Promise<T>, weight = 1): Promise<T> {
		this.signal.throwIfAborted();
		if (weight === 0) return await work();
		await new Promise<void>((admit, reject) => {
			this.queue.push({ weight, admit, reject });
			this.admitNext();
		});
		try {
			return await work();
		} finally {
			this.active -= weight;
			this.admitNext();
		}
	}

	private admitNext(): void {
		for (let next = this.queue[0]; next; next = this.queue[0]) {
			if (this.active > 0 && this.active + next.weight > this.max) return;
			this.active += next.weight;
			this.queue.shift();
			next.admit();
		}
	}

	private readonly rejectQueue = (): void => {
		for (const { reject } of this.queue.splice(0)) reject(this.signal.reason);
	};
}
