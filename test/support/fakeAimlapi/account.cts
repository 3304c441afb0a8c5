/** What AIMLAPI answers about prices, times and money, as its documentation shows it. */
import { MODEL } from './validate.cts';

/** A rate of the catalogue: US dollars for `per` units. */
interface Rate {
	price: number;
	unit: string;
	per?: number;
}

const SECOND: Rate = { price: 0.065, unit: 'second', per: 1 };

/** The three documented kinds of `pricing`, and what might come in their place. */
export const PRICINGS = {
	fixed: { kind: 'fixed', units: [SECOND] },
	perHundredSeconds: { kind: 'fixed', units: [{ price: 6.5, unit: 'second', per: 100 }] },
	perGeneration: { kind: 'fixed', units: [{ price: 0.325, unit: 'generation', per: 1 }] },
	byFrameSize: {
		kind: 'variants',
		dimensions: ['frame_size'],
		variants: [
			{ when: { frame_size: '1280:720' }, ...SECOND },
			{ when: { frame_size: '640:480' }, price: 0.02, unit: 'second', per: 1 },
		],
	},
	variable: { kind: 'variable' },
	withoutPer: { kind: 'fixed', units: [{ price: 0.065, unit: 'second' }] },
	inEuros: { kind: 'fixed', currency: 'EUR', units: [SECOND] },
} as const;

/** Where the catalogue's entry names the model: under its ID, or as an alias of another one. */
export interface CatalogueOptions {
	pricing?: unknown;
	id?: string;
	aliases?: string[];
}

/** `GET /v1/models?id=…&include=pricing` */
export function catalogue(
	query: URLSearchParams,
	{ pricing = PRICINGS.fixed, id = MODEL, aliases = [] }: CatalogueOptions = {},
): object {
	const entry = {
		id,
		aliases,
		type: 'video',
		info: { name: 'Act-Two', developer: 'Runway' },
		tags: [],
		...(query.get('include') === 'pricing' && { pricing }),
	};
	const isAsked = [id, ...aliases].includes(query.get('id') ?? id);
	return { object: 'list', data: isAsked ? [entry] : [] };
}

export interface Durations {
	p50: number;
	p75: number;
	p90: number;
	p99: number;
}

const DURATIONS: Durations = { p50: 44_100, p75: 52_000, p90: 68_400, p99: 121_000 };

/** `GET /models/metrics?aliases=…`: in milliseconds; a model without a success lately is absent. */
export function metrics(query: URLSearchParams, durations: Durations | 'none' = DURATIONS): object {
	const isListed = durations !== 'none' && query.get('aliases') === MODEL;
	const models = [
		{ alias: MODEL, endpoint: 'video-generations', metrics: { duration_ms: durations } },
	];
	return { window_seconds: 300, models: isListed ? models : [] };
}

export const BALANCE = { current_balance: 12.5, currency: 'USD' };
