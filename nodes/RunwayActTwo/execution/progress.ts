import type { Clock } from '../time/clock';

type Running = 'queued' | 'generating';
type Ended = 'finished' | 'failed';
type ItemProgress = Running | Ended;

/** How long generations take at this moment, in seconds. */
type TypicalSeconds = { median: number; p90: number } | undefined;

const REPEAT_AFTER_MS = 15_000;
/** When how long it usually takes begins to matter. */
const ASK_AFTER_MS = 5_000;

export interface Progress {
	/**
	 * An item's generation has been created or found, or its status has changed.
	 * @param findTypicalSeconds called once, after 5 seconds
	 */
	note(
		itemIndex: number,
		progress: Running,
		findTypicalSeconds: () => Promise<TypicalSeconds>,
	): void;
	/** An item has ended. Nothing is said where no generation was waited for. */
	end(itemIndex: number, progress: Ended): void;
}

interface ProgressOptions {
	/** All items of the execution. */
	count: number;
	/** Shows a line; absent where nobody looks on. Whatever it throws is ignored. */
	show?: (line: string) => void;
	/** Its end ends the repetition. */
	clock: Clock;
}

/**
 * Says how far all items are, for a person who has started the execution and looks on: at each creation
 * and change of status, and every 15 seconds while a video is being generated.
 */
export function progressOf({ count, show, clock }: ProgressOptions): Progress {
	if (!show) return { note: () => {}, end: () => {} };
	const items = new Map<number, ItemProgress>();
	const start = clock.elapsed();
	let usually = '';
	let last = '';
	let begun = false;

	const tell = (isRepetition: boolean): void => {
		const counts = countOf(items, count);
		if (counts === last && !isRepetition) return;
		last = counts;
		try {
			show(`${counts}, ${Math.round((clock.elapsed() - start) / 1000)} s${usually}`);
		} catch {
			// Nobody can be told, which is no reason to lose a video.
		}
	};
	const begin = async (findTypicalSeconds: () => Promise<TypicalSeconds>): Promise<void> => {
		await clock.sleep(ASK_AFTER_MS);
		void findTypicalSeconds().then(
			(seconds) => {
				if (!seconds) return;
				usually = `, usually ${Math.round(seconds.median)} to ${Math.round(seconds.p90)} s`;
			},
			() => {},
		);
		for (let delay = REPEAT_AFTER_MS - ASK_AFTER_MS; ; delay = REPEAT_AFTER_MS) {
			await clock.sleep(delay);
			if ([...items.values()].some(isRunning)) tell(true);
		}
	};

	return {
		note(itemIndex, progress, findTypicalSeconds) {
			items.set(itemIndex, progress);
			tell(false);
			if (begun) return;
			begun = true;
			begin(findTypicalSeconds).catch(() => {});
		},
		end(itemIndex, progress) {
			items.set(itemIndex, progress);
			if (begun) tell(false);
		},
	};
}

const isRunning = (progress: ItemProgress): boolean =>
	progress === 'queued' || progress === 'generating';

/** “12 of 20 finished, 1 failed, 5 generating, 2 waiting” */
function countOf(items: Map<number, ItemProgress>, count: number): string {
	const inState = (state: ItemProgress) =>
		[...items.values()].filter((progress) => progress === state).length;
	const parts: Array<[number, string]> = [
		[inState('failed'), 'failed'],
		[inState('generating'), 'generating'],
		[inState('queued'), 'queued'],
		[count - items.size, 'waiting'],
	];
	const rest = parts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
	return [`${inState('finished')} of ${count} finished`, ...rest].join(', ');
}
