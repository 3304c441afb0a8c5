import type { INodeExecutionData } from 'n8n-workflow';

import type { Choices } from './choices.cts';
import type { StartProcess } from './loadNode.cts';
import { MemoryApi } from './memoryApi.cts';
import { contextOf, TIMEOUT_MS } from './n8n.cts';
import type { Execution } from './n8n.cts';
import { World } from './world.cts';

export const WHAT_RUNS = [
	'one item',
	'two items alike',
	'two items',
	'a tool of an agent',
] as const;

type WhatRuns = (typeof WHAT_RUNS)[number];

export const ENDS = [
	'by itself',
	'stopped while a request is under way',
	'stopped while polling',
	'killed while a request is under way',
	'killed while polling',
] as const;

export const AGAIN = ['not', 'Retry On Fail', 'Retry'] as const;
const AGAIN_STOPPED = ['not', 'Retry On Fail'] as const;
const AGAIN_TOOL = ['not', 'called again'] as const;

const MAX_RUNS = 3;
/** The last request's own limit, and what the node grants the last status check. */
const LAST_REQUEST_MS = 120_000 + 30_000;
const UNDER_WAY_MS = 150;
const POLLING_MS = 8_000;

interface Run {
	outputs: INodeExecutionData[];
	error?: Error;
	hasEnded: boolean;
	wasStopped: boolean;
}

/** Plays one scenario with the real node; returns which promises about money it broke. */
export async function play(start: StartProcess, choices: Choices): Promise<string[]> {
	const world = new World();
	const api = new MemoryApi(world, choices);
	const broken: string[] = [];
	const what = choices.choose('what runs', WHAT_RUNS);
	let { execute, apiKey } = start(world);
	const execution: Execution = {
		id: apiKey.replace('key-', ''),
		apiKey,
		items: itemsOf(what),
		nodeContext: {},
		customData: new Map(),
		isTool: what === 'a tool of an agent',
	};
	let stop = new AbortController();
	const runs: Run[] = [];

	for (let runIndex = 0, tries = 0; tries < MAX_RUNS; tries++) {
		api.newRun();
		const run: Run = { outputs: [], hasEnded: false, wasStopped: stop.signal.aborted };
		runs.push(run);
		const postsBefore = api.posts.length;
		const context = contextOf(execution, runIndex, api, stop.signal, () =>
			broken.push('a POST was sent after the execution was stopped'),
		);
		const end = stop.signal.aborted ? 'by itself' : choices.choose('run ends', ENDS);
		const wasRefused = api.refusals.length;
		void execute(context).then(
			([outputs]) => Object.assign(run, { outputs, hasEnded: true }),
			(error: Error) => Object.assign(run, { error, hasEnded: true }),
		);
		if (end !== 'by itself') {
			await world.pass(() => run.hasEnded, end.includes('polling') ? POLLING_MS : UNDER_WAY_MS);
		}
		if (end.startsWith('killed') && !run.hasEnded) {
			// Nothing is kept but what the API knows; only a new execution can follow.
			world.forgetTimers();
			break;
		}
		if (end.startsWith('stopped') && !run.hasEnded) {
			run.wasStopped = true;
			stop.abort(new DOMException('Stopped', 'AbortError'));
		}
		const limit = TIMEOUT_MS + LAST_REQUEST_MS;
		if (!(await world.pass(() => run.hasEnded, limit))) {
			broken.push(
				`the run had not ended after ${limit / 1000} s, with a timeout of ${TIMEOUT_MS / 1000} s`,
			);
			break;
		}
		const [refusal] = api.refusals.slice(wasRefused);
		const late = refusal && api.posts.slice(postsBefore).find(({ sentAt }) => sentAt > refusal.at);
		if (late && !execution.isTool) broken.push('a POST was sent after another item had failed');

		if (run.error === undefined && !execution.isTool) break;
		const again = choices.choose(
			'again',
			execution.isTool ? AGAIN_TOOL : stop.signal.aborted ? AGAIN_STOPPED : AGAIN,
		);
		if (again === 'not') break;
		if (again === 'Retry') {
			// Another process, perhaps days later; n8n restores the saved data of the execution.
			execution.nodeContext = JSON.parse(JSON.stringify(execution.nodeContext)) as object as never;
			world.elapsed += 3_600_000;
			({ execute, apiKey } = start(world));
			execution.apiKey = apiKey;
			stop = new AbortController();
		} else if (again === 'called again') {
			if (stop.signal.aborted) break;
			runIndex++;
		}
		if (choices.wasReached(stateOf(what, again, execution, api, world, stop.signal.aborted))) break;
	}
	return [...broken, ...brokenPromises(api, execution, runs)];
}

/** All that a further run depends on. Times count by five seconds. */
function stateOf(
	what: string,
	again: string,
	{ nodeContext, items }: Execution,
	api: MemoryApi,
	world: World,
	isStopped: boolean,
): string {
	const names = new Map(api.posts.map(({ clientRequestId }, index) => [clientRequestId, index]));
	const payments = api.payments.map(({ clientRequestId, content, at, ends }) => [
		names.get(clientRequestId),
		items.findIndex(({ character }) => content.includes(String(character))),
		Math.ceil((world.elapsed - at) / 5_000),
		ends,
	]);
	const kept = Object.entries(nodeContext).map(([key, value]) => {
		const text = String(value).replace(
			/"n8n\.[\w.-]+"/g,
			(id) => `POST ${names.get(JSON.parse(id) as string)}`,
		);
		return [key, text.replace(/\d{13}/g, 'time')];
	});
	return JSON.stringify([what, again, isStopped, payments, kept.sort(), api.throttled]);
}

function itemsOf(what: WhatRuns): Execution['items'] {
	const item = { character: 'https://example.com/one.png' };
	if (what === 'two items alike') return [item, item];
	return what === 'two items' ? [item, { character: 'https://example.com/two.png' }] : [item];
}

function brokenPromises(api: MemoryApi, execution: Execution, runs: Run[]): string[] {
	const { id: executionId, items, customData } = execution;
	const broken: string[] = [];
	for (const character of new Set(items.map((item) => String(item.character)))) {
		const wanted = items.filter((item) => item.character === character).length;
		const paid = api.payments.filter(({ content }) => content.includes(character));
		const wasted = paid.filter(({ ends }) => ends === 'without a video').length;
		if (paid.length > wanted + wasted) {
			broken.push(`${paid.length} payments for ${wanted} of ${character}`);
		}
	}
	const requestIds = new Set(api.payments.map(({ clientRequestId }) => clientRequestId));
	if (requestIds.size < api.payments.length) broken.push('two payments have one request ID');

	const last = runs[runs.length - 1];
	const shown = [
		...customData.values(),
		...runs.flatMap(({ outputs, error }) => [
			JSON.stringify(outputs),
			error ? `${error.message} ${JSON.stringify({ ...error })}` : '',
		]),
	].join(' ');
	const isShown = (id: string) => new RegExp(`${id}\\b`).test(shown);
	for (const { id, clientRequestId } of api.payments) {
		// Whoever looks into the logs finds it by the execution's number.
		const isOurs = String(clientRequestId).startsWith(`n8n.${executionId}.`);
		if (!isShown(id) && !isOurs) broken.push(`${id} cannot be found again`);
		if (last.hasEnded && api.told.has(id) && !isShown(id)) broken.push(`${id} is shown nowhere`);
	}
	if (!last.hasEnded) return [...new Set(broken)];

	const outputs = JSON.stringify(last.outputs);
	const given = api.payments.filter(({ id }) => new RegExp(`${id}\\b`).test(outputs));
	if (last.error === undefined) {
		if (given.length !== items.length) {
			broken.push(`${items.length} items gave the videos of ${given.length} payments`);
		}
		for (const payment of api.payments) {
			if (payment.ends === 'with a video' && !given.includes(payment)) {
				broken.push(`the last run did not find ${payment.id}, which was paid for`);
			}
		}
	}
	const areAllGood =
		api.posts.length === api.payments.length &&
		api.payments.every(({ ends }) => ends === 'with a video') &&
		(api.logs === undefined || api.logs.startsWith('show it'));
	if (areAllGood && !last.wasStopped && last.error !== undefined) {
		broken.push('what was paid for and could be found did not become a video');
	}
	return [...new Set(broken)];
}
