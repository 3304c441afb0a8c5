/** Draws from a seed's numbers: the same ones for the same seed. */
export class Draw {
	/** @param random in [0, 1) */
	constructor(private readonly random: () => number) {}

	/** From now on nothing happens by chance. */
	isCalm = false;

	chance(share: number): boolean {
		return !this.isCalm && this.random() < share;
	}

	/** From `least` to `most`, both included. */
	whole(least: number, most: number): number {
		return least + Math.floor(this.random() * (most - least + 1));
	}

	one<T>(options: readonly T[]): T {
		return options[this.whole(0, options.length - 1)];
	}

	/** Undefined as often as not. */
	maybe<T>(options: readonly T[], share = 0.5): T | undefined {
		return this.chance(share) ? this.one(options) : undefined;
	}
}
