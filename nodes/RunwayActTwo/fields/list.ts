import type { INodeProperties } from 'n8n-workflow';

import { readBoolean, readChoice, readNumber } from './read';
import type { Parameters } from './read';

const DAY_MS = 24 * 3_600_000;

const returnAll: INodeProperties = {
	displayName: 'Return All',
	name: 'returnAll',
	type: 'boolean',
	default: false,
	description: 'Whether to return all results or only up to a given limit',
};

const limit: INodeProperties = {
	displayName: 'Limit',
	name: 'limit',
	type: 'number',
	typeOptions: { minValue: 1, numberPrecision: 0 },
	default: 50,
	description: 'Max number of results to return',
	displayOptions: { show: { returnAll: [false] } },
};

const period: INodeProperties = {
	displayName: 'Period',
	name: 'period',
	type: 'options',
	options: [
		{ name: 'Last 24 Hours', value: 'day' },
		{ name: 'Last 7 Days', value: 'week' },
		{ name: 'Last 30 Days', value: 'month' },
		{ name: 'Last 92 Days', value: 'quarter' },
	],
	default: 'day',
	description: 'How far back to look for generations',
};

const PERIODS_MS = {
	day: DAY_MS,
	week: 7 * DAY_MS,
	month: 30 * DAY_MS,
	quarter: 92 * DAY_MS,
};

export const listFields = [returnAll, limit, period];

export interface ListSettings {
	/** Infinity for all. */
	limit: number;
	periodMs: number;
}

/** @throws ActTwoError naming the field */
export function readListSettings(form: Parameters): ListSettings {
	return {
		limit: readBoolean(form, returnAll) ? Infinity : readNumber(form, limit),
		periodMs: PERIODS_MS[readChoice<keyof typeof PERIODS_MS>(form, period)],
	};
}
