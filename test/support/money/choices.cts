/** One place where a scenario may go on in several ways, and the way it went. */
export interface Choice {
	what: string;
	option: string;
	index: number;
	of: number;
}

/** What happens in one scenario: the ways that are prescribed, then those that `pick` takes. */
export class Choices {
	readonly made: Choice[] = [];

	/**
	 * @param pick of so many options, for what; the first one unless set
	 * @param owners which order came first to each state
	 */
	constructor(
		private readonly prescribed: readonly number[] = [],
		private readonly pick: (of: number, what: string) => number = () => 0,
		private readonly owners = new Map<string, string>(),
	) {}

	/** The first option is what happens when all goes well. */
	choose<T extends string>(what: string, options: readonly T[]): T {
		const index = this.prescribed[this.made.length] ?? this.pick(options.length, what);
		const option = options[index];
		this.made.push({ what, option, index, of: options.length });
		return option;
	}

	/**
	 * Whether another order has led to the same state before: what can follow was, or will be, seen
	 * there.
	 * @param state all that what follows depends on
	 */
	wasReached(state: string): boolean {
		const order = this.made.map(({ index }) => index).join();
		const owner = this.owners.get(state);
		if (owner === undefined) this.owners.set(state, order);
		return owner !== undefined && owner !== order;
	}

	/** What happened, and the order as ORDER takes it. */
	toString(): string {
		const told = this.made.map(({ what, option }) => `${what}: ${option}`).join('; ');
		return `${told} (ORDER=${this.made.map(({ index }) => index).join()})`;
	}
}

export interface Explored {
	/** Scenarios that were played. */
	orders: number;
	/** Different states between two runs. */
	states: number;
	/** The most choices in one of them. */
	depth: number;
}

/**
 * Plays a scenario once for every order of its first `depth` choices, from each state once.
 * @param first how all of them begin
 */
export async function everyOrder(
	depth: number,
	play: (choices: Choices) => Promise<void>,
	first: readonly number[] = [],
): Promise<Explored> {
	const owners = new Map<string, string>();
	const explored = { orders: 0, states: 0, depth: 0 };
	for (let prescribed: readonly number[] | undefined = first; prescribed; ) {
		const choices = new Choices(prescribed, () => 0, owners);
		await play(choices);
		explored.orders++;
		explored.depth = Math.max(explored.depth, choices.made.length);
		prescribed = next(choices.made.slice(0, depth), first.length);
	}
	return { ...explored, states: owners.size };
}

/** The order after this one: the last choice that has another option takes it. */
function next(made: Choice[], fixed: number): number[] | undefined {
	for (let last = made.length - 1; last >= fixed; last--) {
		const { index, of } = made[last];
		if (index + 1 < of) return [...made.slice(0, last).map((choice) => choice.index), index + 1];
	}
	return undefined;
}
