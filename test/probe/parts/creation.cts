import { randomUUID } from 'node:crypto';

import { at, NoAnswer } from '../api.cts';
import type { Answer, Api } from '../api.cts';
import { formOf, seconds } from '../report.cts';
import type { Report } from '../report.cts';
import { isSuccess, refusalOf } from './catalogue.cts';

export const GENERATION_PATH = '/v2/generate/video/runway/generation';

/** What came of one paid request. */
export type Creation =
	| { kind: 'accepted'; id?: string; requestId: string; sentAt: number; answer?: Answer }
	| { kind: 'refused'; words: string };

/**
 * Sends one creation, never a second one: an answer that says neither yes nor no may have been paid
 * for, and the usage logs show it under its request ID.
 */
export async function create(api: Api, report: Report, body: object): Promise<Creation> {
	const requestId = `probe-${randomUUID()}`;
	report.hide(requestId, 'probe-[request ID]');
	const sentAt = Date.now();
	try {
		const headers = { 'x-client-request-id': requestId };
		const answer = await api.ask(GENERATION_PATH, { method: 'POST', body, headers });
		if (answer.status >= 400 && answer.status < 500) {
			return { kind: 'refused', words: refusalOf(answer) };
		}
		const id = isSuccess(answer) ? idOf(answer) : undefined;
		if (id !== undefined) report.hide(id, `[${formOf(id)}]`);
		return { kind: 'accepted', requestId, sentAt, answer, ...(id !== undefined && { id }) };
	} catch (error) {
		if (!(error instanceof NoAnswer)) throw error;
		if (/ECONNREFUSED|ENOTFOUND|EAI_AGAIN|CONNECT_TIMEOUT/.test(error.message)) {
			return { kind: 'refused', words: `not sent (${error.message})` };
		}
		return { kind: 'accepted', requestId, sentAt };
	}
}

/** What the response to the creation shows. */
export function describeCreation(
	report: Report,
	{ answer, id }: Creation & { kind: 'accepted' },
): void {
	if (!answer) {
		report.answer('id', 'No response came.');
		report.answer('headers', 'No response came.');
		return;
	}
	const took = `HTTP ${answer.status} after ${seconds(answer.ms)}`;
	if (id === undefined) {
		report.answer('id', `None was found in the response: ${refusalOf(answer)}.`);
	} else {
		const places = Object.entries(placesOf(answer)).filter(([, value]) => value !== undefined);
		const values = new Set(places.map(([, value]) => value));
		report.answer(
			'id',
			`\`${formOf(id)}\` in ${places.map(([place]) => place).join(', ')}${values.size > 1 ? ', which differ' : ''} (${took}).`,
		);
	}
	const told = ['x-aimlapi-credits-used', 'x-aimlapi-usd-spent', 'retry-after', 'ratelimit-limit']
		.filter((name) => name in answer.headers)
		.map((name) => `${name} is ${answer.headers[name]}.`);
	const echo = answer.headers['x-client-request-id'];
	report.answer(
		'headers',
		[
			`${Object.keys(answer.headers).sort().join(', ')}.`,
			...told,
			echo === undefined ? 'The request ID is not echoed.' : 'The request ID is echoed.',
		].join(' '),
	);
}

function placesOf({ headers, json, text }: Answer): Record<string, string | undefined> {
	return {
		id: asText(at(json, 'id'), text),
		generation_id: asText(at(json, 'generation_id'), text),
		'x-inference-id': headers['x-inference-id'],
	};
}

const idOf = (answer: Answer): string | undefined =>
	Object.values(placesOf(answer)).find((value) => value !== undefined);

/** A number's own digits: it may be larger than a JavaScript number can hold. */
function asText(value: unknown, text: string): string | undefined {
	if (typeof value === 'string') return value === '' ? undefined : value;
	if (typeof value !== 'number') return undefined;
	return /"(?:id|generation_id)"\s*:\s*(\d+)/.exec(text)?.[1] ?? String(value);
}
