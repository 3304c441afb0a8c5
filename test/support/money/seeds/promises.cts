import type { INodeExecutionData } from 'n8n-workflow';

import { PRICE_USD, videoOf } from '../memoryApi.cts';
import type { Payment } from '../memoryApi.cts';
import { CREATES, usdOf } from './plan.cts';
import type { Operation, Plan } from './plan.cts';
import type { Execution, Run, Told } from './told.cts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** What the last request of an item may take beyond its time. */
const LAST_REQUEST_MS = 3 * MINUTE_MS;
const STOP_MS = SECOND_MS;
/** A download is tried four times, each for half a minute, and its link looked up once. */
const DOWNLOAD_MS = 4 * MINUTE_MS;
/** A link that is asked again when it is sent. */
const LINK_MS = 10 * SECOND_MS;
/** Until a lost response is given up and its generation is found in the logs. */
const SEARCH_MS = 45 * SECOND_MS;
/** Of an item when all is calm, beyond the time of its video: the rate may be low still. */
const CALM_MS = 20 * SECOND_MS;

/** Adds what the node promises and did not keep. */
export function brokenPromises(told: Told): void {
	const { executions, broken } = told;
	paidOnce(told);
	for (const execution of executions) {
		for (const run of execution.runs) {
			endsInTime(run, execution, told);
			givesEachItsOwn(run, execution, told);
		}
		staysWithinMaxCost(execution, told);
		losesNothing(execution, told);
		succeeds(execution, told);
	}
	restIsWell(told);
	if (
		new Set(told.api.payments.map((one) => one.clientRequestId)).size < told.api.payments.length
	) {
		broken.add('two payments have one request ID');
	}
}

const isWasted = ({ ends }: Payment): boolean => ends === 'without a video';

function paymentsOf({ ids }: Execution, { api }: Told): Payment[] {
	return api.payments.filter(({ clientRequestId }) =>
		ids.some((id) => clientRequestId.startsWith(`n8n.${id}.`)),
	);
}

/** Each video at most once; with Reuse Recent Generation at most once for all who want it. */
function paidOnce(told: Told): void {
	const { plan, executions, inFront, files, broken } = told;
	const forAll = new Map<string, number>();
	for (const execution of executions) {
		const payments = paymentsOf(execution, told).filter((payment) => !isWasted(payment));
		const paid = countOf(payments.map(({ content }) => files.pictureOf(content)));
		const wanted = countOf(execution.runs[0]?.items.map(({ picture }) => picture) ?? []);
		for (const [picture, count] of paid) {
			const most = wanted.get(picture) ?? 0;
			if (count > most) broken.add(`${count} payments for ${most} of ${picture}`);
			forAll.set(picture, (forAll.get(picture) ?? 0) + count);
		}
	}
	// Two processes may begin at the same moment, and logs may lack what was bought.
	const isReused =
		plan.options.reuseRecent !== undefined &&
		inFront.lackingLogs === 0 &&
		(told.processes === 1 || !executions.some((one) => executions.some(overlaps(one))));
	for (const [picture, count] of isReused ? forAll : []) {
		if (count > 1) broken.add(`${count} payments for ${picture}, which was to be reused`);
	}
}

/** Whether another execution began before this one was over. */
const overlaps = (one: Execution) => (other: Execution) =>
	other !== one &&
	(one.runs[0]?.startedAt ?? 0) <= (other.runs[0]?.startedAt ?? 0) &&
	(other.runs[0]?.startedAt ?? 0) < (one.runs.at(-1)?.endedAt ?? Infinity);

function countOf<T>(names: T[]): Map<T, number> {
	const counts = new Map<T, number>();
	for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
	return counts;
}

function endsInTime(
	{ operation, items, ...run }: Run,
	{ plan }: Execution,
	{ broken }: Told,
): void {
	const { startedAt, endedAt, stoppedAt } = run;
	if (endedAt === undefined) return;
	const [took, most, what] =
		stoppedAt === undefined
			? [endedAt - startedAt, longestMs(plan, operation, items.length), 'took']
			: [endedAt - stoppedAt, STOP_MS, 'was stopped and took'];
	if (took > most) {
		broken.add(`${operation} ${what} ${took / 1000} s, which may be ${most / 1000} s`);
	}
}

/** Of one run of the node. */
function longestMs({ options, source, downloads }: Plan, operation: Operation, count: number) {
	const { timeout, maxConcurrentGenerations = 20 } = options as Record<string, number>;
	const ofItem = {
		createAndWait: timeout * SECOND_MS,
		create: 30 * MINUTE_MS,
		wait: timeout * SECOND_MS,
		get: 30 * SECOND_MS,
		getMany: 5 * MINUTE_MS,
		estimateCost: 0,
	}[operation];
	const isLinkChecked = source === 'links that are checked' && !/^(wait|get)/.test(operation);
	return (
		Math.ceil(count / maxConcurrentGenerations) *
			(ofItem + LAST_REQUEST_MS + (downloads ? DOWNLOAD_MS : 0)) +
		(isLinkChecked ? 2 * count * LINK_MS : 0)
	);
}

/** No item is lost, and each has its own video, in the order of the items. */
function givesEachItsOwn(run: Run, { plan }: Execution, { api, files, broken }: Told): void {
	const { operation, items, outputs, error, stoppedAt, endedAt } = run;
	if (endedAt === undefined || error || operation === 'getMany') return;
	if (stoppedAt !== undefined) broken.add('a stopped run gave outputs');
	if (outputs.length !== items.length) {
		broken.add(`${items.length} items gave ${outputs.length} outputs`);
	}
	const ids: unknown[] = [];
	for (const [index, { json, binary, pairedItem }] of outputs.entries()) {
		const item = items[index];
		if ((pairedItem as { item: number }).item !== index) broken.add("an output is not its item's");
		if (json.error !== undefined) continue;
		if (operation === 'estimateCost') {
			if (json.estimatedCostUsd !== undefined && json.estimatedCostUsd !== PRICE_USD) {
				broken.add(`a video is estimated to cost ${String(json.estimatedCostUsd)}`);
			}
			continue;
		}
		const payment = api.payments.find(({ id }) => id === json.id);
		const isOwn = CREATES.has(operation)
			? payment && files.pictureOf(payment.content) === item.picture
			: json.id === item.json.id;
		const isWithVideo = json.videoUrl !== undefined;
		if (!payment || !isOwn) broken.add(`an item got ${String(json.id)}, which is not its own`);
		if (payment && isWithVideo && json.videoUrl !== videoOf(payment.id)) {
			broken.add(`${payment.id} has the video of another one`);
		}
		if (operation !== 'create' && isWithVideo !== (json.status === 'completed')) {
			broken.add('a completed generation has no video, or a video is not completed');
		}
		if (payment && binary?.data && !files.isVideoOf(binary.data, payment.id)) {
			broken.add(`${payment.id} has the file of another one`);
		}
		if (CREATES.has(operation)) ids.push(json.id);
	}
	const isShared = plan.isTool || plan.options.reuseRecent !== undefined;
	if (!isShared && new Set(ids).size < ids.length) broken.add('two items got the same generation');
}

function staysWithinMaxCost(execution: Execution, told: Told): void {
	const { maxCost } = told.plan.options as { maxCost?: number };
	const cost = usdOf(paymentsOf(execution, told).filter((one) => !isWasted(one)).length);
	if (maxCost !== undefined && cost > maxCost) {
		told.broken.add(`${cost} dollars were spent, of ${maxCost}`);
	}
}

/** Whatever the node was told of is shown, or kept for Retry; what it found is in its output. */
function losesNothing(execution: Execution, told: Told): void {
	const { api, plan, executions, wasKilled, broken } = told;
	const { runs } = execution;
	const isRest = told.rest.includes(execution);
	const payments = paymentsOf(execution, told);
	// What one execution has lost, another one may be told of, and show, where it reuses it.
	const showing = plan.options.reuseRecent === undefined ? [execution] : executions;
	const shown = idsIn(showing.flatMap(textsOf));
	for (const { id } of wasKilled && !isRest ? [] : payments) {
		if (api.told.has(id) && !shown.has(id)) broken.add(`${id} is shown nowhere`);
	}
	const last = runs.filter(({ operation }) => CREATES.has(operation)).at(-1);
	if (!last || last.error || last.endedAt === undefined || last.outputs.some(isError)) return;
	const given = idsIn([JSON.stringify(last.outputs.map(({ json }) => json))]);
	for (const payment of payments) {
		if (!isWasted(payment) && !given.has(payment.id)) {
			broken.add(`the last run did not find ${payment.id}, which was paid for`);
		}
	}
}

/** What a user can read of an execution, and what n8n keeps of it. */
function textsOf({ runs, customData, nodeContexts }: Execution): string[] {
	return [
		...customData.values(),
		...nodeContexts.map((context) => JSON.stringify(context)),
		...runs.flatMap(({ outputs, error }) => [
			JSON.stringify(outputs.map(({ json }) => json)),
			error ? `${error.message} ${JSON.stringify({ ...error })}` : '',
		]),
	];
}

const isError = ({ json }: INodeExecutionData): boolean => json.error !== undefined;

const idsIn = (texts: string[]): Set<string> =>
	new Set(texts.flatMap((text) => text.match(/generation-\d+/g) ?? []));

/**
 * Where nothing goes wrong but that responses of creations are lost or late, and the logs show them,
 * nothing fails, however the clock on the wall is set.
 */
function succeeds({ plan, runs }: Execution, { api, inFront, wasKilled, broken }: Told): void {
	const { options, faults, limits, generationMs, count, stopAfterMs, steps } = plan;
	const { timeout, maxCost = Infinity } = options as Record<string, number>;
	const created = api.payments.filter(({ at }) => at >= 0);
	const isQuiet =
		faults.other + faults.host + inFront.lackingLogs === 0 &&
		created.length === api.posts.length &&
		created.every(({ ends }) => ends === 'with a video');
	const isLimited = (limits.perSecond ?? limits.atOnce) !== undefined;
	const leftMs = timeout * SECOND_MS - Math.max(...generationMs);
	const isEnough = leftMs >= (isLimited ? 25 * MINUTE_MS : SEARCH_MS);
	const isOld = steps[0] === 'wait' || steps[0] === 'get';
	if (!isQuiet || !isEnough || isOld || count > 20 || stopAfterMs !== undefined) return;
	if (wasKilled || maxCost < usdOf(count)) return;
	// These wait for half a minute only.
	if (isLimited && steps.some((step) => step.startsWith('get'))) return;
	const failed = runs.find(({ error, outputs }) => error ?? outputs.find(isError));
	if (!failed) return;
	const why = failed.error?.message ?? JSON.stringify(failed.outputs.find(isError)?.json);
	broken.add(`${failed.operation} failed although nothing was in its way: ${why}`);
}

/** Limits are free, and all that was paid for is listed. */
function restIsWell({ plan, rest, api, world, broken }: Told): void {
	const [one, list] = rest.map(({ runs }) => runs.at(-1));
	if (!one || !list) return;
	const took = (one.endedAt ?? Infinity) - one.startedAt;
	const json = one.outputs[0]?.json ?? {};
	if (json.status !== 'completed') {
		broken.add(`afterwards a calm item failed: ${one.error?.message ?? JSON.stringify(json)}`);
	} else if (took > Math.max(...plan.generationMs) + CALM_MS) {
		broken.add(`afterwards a calm item took ${took / 1000} s`);
	}
	const listed = list.outputs.map(({ json: row }) => row.id);
	for (const { id, at } of api.payments) {
		const isRecent = world.elapsed - at < DAY_MS - MINUTE_MS;
		if (isRecent && !listed.includes(id)) broken.add(`Get Many Videos does not list ${id}`);
	}
	if (new Set(listed).size < listed.length) broken.add('Get Many Videos lists a generation twice');
}
