import { setTimeout as sleep } from 'node:timers/promises';

import { at, NoAnswer } from '../api.cts';
import type { Answer, Api } from '../api.cts';
import { dollars, formOf, seconds } from '../report.cts';
import type { Report } from '../report.cts';
import { isSuccess, refusalOf } from './catalogue.cts';
import { GENERATION_PATH } from './creation.cts';
import type { Creation } from './creation.cts';

export interface Pace {
	/** Between two looks. */
	pollMs: number;
	/** From the creation on. */
	timeoutMs: number;
	/** How long the logs are watched after the end. */
	logsAfterEndMs: number;
}

export interface Watched {
	/** The last answer about the generation, once it has ended. */
	end?: Answer;
	/** `status at 3.0 s`, in order. */
	statuses: string[];
	rows: string[];
	/** From the last row that was seen. */
	costUsd?: number;
	/** Why there may be gaps. */
	faults: string[];
}

/** How long the logs are searched for a request whose response did not come. */
const MAX_LOST_MS = 300_000;
const RUNNING = ['queued', 'waiting', 'active', 'generating'];
const PERIOD = 'period=1h&limit=50&model=runway%2Fact_two';

/** Watches one generation and its row in the usage logs until both have ended, or the time is over. */
export async function watch(
	api: Api,
	report: Report,
	{ id: firstId, requestId, sentAt }: Creation & { kind: 'accepted' },
	{ pollMs, timeoutMs, logsAfterEndMs }: Pace,
): Promise<Watched> {
	const watched: Watched = { statuses: [], rows: [], faults: [] };
	let id = firstId;
	let readsLogs = true;
	let endedAt: number | undefined;
	const since = () => `at ${seconds(Date.now() - sentAt)}`;
	const add = (list: string[], text: string) => {
		if (list.at(-1)?.split(' at ')[0] !== text) list.push(`${text} ${since()}`);
	};

	const lookAtLogs = async () => {
		const answer = await api.ask(`/v2/logs?${PERIOD}`);
		if ([401, 403, 404].includes(answer.status)) readsLogs = false;
		if (!isSuccess(answer)) return void add(watched.rows, `the logs say ${refusalOf(answer)}`);
		const data = at(answer.json, 'data');
		const row = (Array.isArray(data) ? (data as unknown[]) : []).find(
			(one) =>
				at(one, 'client_request_id') === requestId ||
				(id !== undefined && at(one, 'inference_id') === id),
		);
		if (row === undefined) return;
		const usd = at(row, 'cost', 'usd');
		if (typeof usd === 'number') watched.costUsd = usd;
		const found = at(row, 'inference_id');
		if (id === undefined && typeof found === 'string') {
			id = found;
			report.hide(id, `[${formOf(id)}]`);
			report.answer('id', `The logs have it: \`${formOf(id)}\`.`);
		}
		add(watched.rows, `${String(at(row, 'status'))}, ${dollars(Number(usd ?? NaN))}`);
	};

	const lookAtStatus = async () => {
		if (id === undefined) return;
		const answer = await api.ask(`${GENERATION_PATH}?generation_id=${encodeURIComponent(id)}`);
		const status = at(answer.json, 'status');
		if (!isSuccess(answer) || typeof status !== 'string') {
			return void watched.faults.push(refusalOf(answer));
		}
		add(watched.statuses, status);
		if (RUNNING.includes(status.toLowerCase())) return;
		watched.end = answer;
		endedAt = Date.now();
	};

	const look = async (run: () => Promise<void>) => {
		try {
			await run();
		} catch (error) {
			if (!(error instanceof NoAnswer)) throw error;
			watched.faults.push(error.message);
		}
	};

	const isOver = () =>
		Date.now() >= sentAt + (id === undefined ? Math.min(timeoutMs, MAX_LOST_MS) : timeoutMs) ||
		(endedAt !== undefined &&
			(!readsLogs || watched.rows.length > 0 || Date.now() >= endedAt + logsAfterEndMs));
	for (;;) {
		await Promise.all([
			...(endedAt === undefined ? [look(lookAtStatus)] : []),
			...(readsLogs ? [look(lookAtLogs)] : []),
		]);
		if (isOver()) break;
		await sleep(pollMs);
	}
	// What the row says after the end.
	if (readsLogs && watched.rows.length > 0) await look(lookAtLogs);
	return watched;
}

/** The two answers that the watching gives. */
export function describeWatch(report: Report, watched: Watched): void {
	const { statuses, rows, faults, end } = watched;
	const gaps = [...new Set(faults)].slice(0, 3).join('; ');
	report.answer(
		'statuses',
		[
			statuses.length > 0 ? `${statuses.join(', ')}.` : 'None was read.',
			end ? '' : 'It had not ended when the time was over.',
			gaps === '' ? '' : `Status checks without one: ${gaps}.`,
		]
			.filter((part) => part !== '')
			.join(' '),
	);
	report.answer('logs', rows.length > 0 ? `${rows.join(', ')}.` : 'They never showed it.');
}
