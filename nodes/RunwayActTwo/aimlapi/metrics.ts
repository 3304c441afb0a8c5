/**
 * How long generations take at this moment, from AI/ML API's public metrics. Pure.
 * Source: the documentation's page “Model Metrics”.
 */
import type { Model } from './model';
import { own, readAmount } from './untrusted';

export const metricsPath = ({ id }: Model): string =>
	`/models/metrics?aliases=${encodeURIComponent(id)}`;

/** In seconds: half of the generations, and nine in ten, are ready by then. */
export interface TypicalSeconds {
	median: number;
	p90: number;
}

/** Undefined where no generation has succeeded lately, or the answer does not make sense. */
export function readTypicalSeconds(body: unknown, { id }: Model): TypicalSeconds | undefined {
	const models = own(body, 'models');
	for (const model of Array.isArray(models) ? models : []) {
		if (own(model, 'alias') !== id) continue;
		const durations = own(own(model, 'metrics'), 'duration_ms');
		const median = readAmount(own(durations, 'p50'));
		const p90 = readAmount(own(durations, 'p90'));
		if (median && p90 && p90 >= median) return { median: toSeconds(median), p90: toSeconds(p90) };
	}
	return undefined;
}

function toSeconds(ms: number): number {
	return Math.round(ms / 100) / 10;
}
