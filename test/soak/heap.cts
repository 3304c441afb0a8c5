import { setTimeout as sleep } from 'node:timers/promises';

import { median } from '../bench/package/weight.cts';

/** n8n grows in its first minutes, whatever it does: its caches fill. */
const WARM_UP_SHARE = 1 / 3;
const MAX_WARM_UP_MS = 10 * 60_000;
const MAX_SAMPLES = 60;
/** A collection stops n8n for a while. */
const MIN_INTERVAL_MS = 5000;

export interface Heap {
	/** In MB, in order, after the warm-up. */
	samples: number[];
	/** The medians of the thirds. */
	secondThird: number;
	lastThird: number;
}

/** Samples what n8n refers to, at regular times of a load that takes so long. */
export async function sampleHeap(liveMB: () => Promise<number>, loadMs: number): Promise<Heap> {
	const start = Date.now();
	const warmUpMs = Math.min(MAX_WARM_UP_MS, loadMs * WARM_UP_SHARE);
	const sampledMs = loadMs - warmUpMs;
	const count = Math.min(MAX_SAMPLES, Math.floor(sampledMs / MIN_INTERVAL_MS));
	const samples: number[] = [];
	for (let number = 1; number <= count; number++) {
		await sleep(start + warmUpMs + (sampledMs * number) / count - Date.now());
		samples.push(await liveMB());
	}
	const third = Math.floor(count / 3);
	return {
		samples,
		secondThird: median(samples.slice(-2 * third, -third)),
		lastThird: median(samples.slice(-third)),
	};
}
