import type { IDataObject, INodeExecutionData, IPollFunctions } from 'n8n-workflow';

import { GONE_AFTER_MS } from '../aimlapi/classify';
import { readClientRequestId } from '../aimlapi/clientRequestId';
import { mergeUsage } from '../aimlapi/contract';
import type { Generation } from '../aimlapi/contract';
import type { Model } from '../aimlapi/model';
import { ActTwoError } from '../errors';
import { toNodeError } from '../execution/nodeErrors';
import { toItem, toItemWithVideo } from '../operations/steps/outputItem';
import { backoffDelay } from '../time/backoff';
import { readTriggerSettings } from './fields';
import type { TriggerSettings } from './fields';
import { newMemory, readFrom, settle, takeIn } from './memory';
import type { Memory, Pending } from './memory';
import { readRows } from './readRows';
import type { ReadRows } from './readRows';
import { startTriggerSession } from './session';
import type { TriggerSession } from './session';

/** Status checks and downloads of one poll; what is left waits for the next, a minute later. */
const MAX_CHECKS = 100;
/** A generation whose end cannot be seen for so long is given up. */
const GIVE_UP_MS = 24 * 3_600_000;
/** How far back the latest is looked for, and among how many: a person waits for it. */
const LATEST_MS = 30 * 24 * 3_600_000;
const MAX_LATEST_PAGES = 10;
const MAX_LATEST_CHECKS = 100;

/** A person who fetches a test event has to be told why there is none. */
const NOTHING_TO_FETCH = {
	message: 'No generation of this kind was found among the latest of the last 30 days',
	description:
		"Create a video first, or set 'Created By' to Anyone With This API Key. AIMLAPI's usage logs may show a new one some minutes late.",
};

/** Polls at work, by workflow and node: n8n starts the next one in time, whether or not they are done. */
const atWork = new Set<string>();

/** The contexts of activations whose first poll is over. n8n uses one for all polls of an activation. */
const begun = new WeakSet<IPollFunctions>();

/**
 * One poll: the generations that ended since the last, each once, as the items of one execution. None
 * when there is nothing new. When a person fetches a test event, the latest one.
 * @throws NodeApiError or NodeOperationError when a person looks on (test event, activation) and the
 *   logs cannot be read; else once, when the API key may not read them any more
 */
export async function pollVideos(
	context: IPollFunctions,
	model: Model,
): Promise<INodeExecutionData[][] | null> {
	const key = `${context.getWorkflow().id} ${context.getNode().id}`;
	const isTest = context.getMode() === 'manual';
	if (!isTest && atWork.has(key)) return null;
	if (!isTest) atWork.add(key);
	let session: TriggerSession | undefined;
	try {
		const settings = readTriggerSettings(context);
		session = await startTriggerSession(context, model, settings.endpoint);
		const items = isTest ? [await findLatest(session, settings)] : await findNew(session, settings);
		return items.length > 0 ? [items] : null;
	} catch (error) {
		throw toNodeError(context.getNode(), error, 0);
	} finally {
		session?.close();
		if (!isTest) atWork.delete(key);
	}
}

interface StaticData {
	memory?: Memory;
	/** Whether the execution that failed because the logs are barred has been started. */
	isBarred?: boolean;
}

async function findNew(
	session: TriggerSession,
	settings: TriggerSettings,
): Promise<INodeExecutionData[]> {
	const { poll: context, clock, limiter } = session;
	const data = context.getWorkflowStaticData('node') as StaticData;
	const isFirst = !begun.has(context);
	begun.add(context);
	const now = clock.now();
	const saved =
		isFirst && /^(activate|create)$/.test(context.getActivationMode()) ? undefined : data.memory;
	if (!saved) {
		const read = await readRows(session, now, 1);
		if (read.error?.kind === 'rejected') throw new ActTwoError(read.error.error);
		// By AIMLAPI's clock, which the rows are in; a Date has whole seconds only.
		const newest = Math.max(0, ...read.rows.map(({ createdAt }) => createdAt));
		data.memory = newMemory(Math.max(read.servedAt ?? now, newest + 1));
		return [];
	}

	// A copy, so that what is not handed on after all is not remembered either.
	const memory = JSON.parse(JSON.stringify(saved)) as Memory;
	const read = await readRows(session, readFrom(memory, now));
	const rows = read.rows.filter((row) => isWanted(row, session, settings));
	const known = takeIn(memory, rows, now, read.isComplete);
	const checked = known.pending.slice(0, MAX_CHECKS);
	const results = await Promise.all(
		checked.map(
			async (pending) =>
				await limiter.run(async () => await check(session, settings, pending, now)),
		),
	);
	const ended = new Set(checked.filter((_, index) => results[index].isSettled));
	data.memory = settle(known, checked, (pending) => ended.has(pending), now);

	const items = results.flatMap(({ item }) => item ?? []);
	reportUnread(session, data, read, items.length > 0);
	return items;
}

/** A key that may no longer read the logs fails one execution, so that somebody learns of it. */
function reportUnread(
	{ context }: TriggerSession,
	data: StaticData,
	{ error }: ReadRows,
	hasItems: boolean,
): void {
	if (error) {
		context.logger.warn(`Runway Act-Two Trigger: logs not read. ${error.error.message}`);
	}
	if (error?.kind !== 'rejected') {
		if (!error && data.isBarred) data.isBarred = false;
	} else if (!data.isBarred && !hasItems) {
		data.isBarred = true;
		throw new ActTwoError(error.error);
	}
}

function isWanted(
	{ clientRequestId }: Pending,
	{ instance }: TriggerSession,
	{ createdBy }: TriggerSettings,
): boolean {
	if (createdBy === 'apiKey') return true;
	return readClientRequestId(clientRequestId ?? '')?.instance === instance;
}

interface Checked {
	isSettled: boolean;
	item?: INodeExecutionData;
}

async function check(
	session: TriggerSession,
	settings: TriggerSettings,
	pending: Pending,
	now: number,
): Promise<Checked> {
	const { id, createdAt } = pending;
	const verdict = await session.client.getGeneration(id, session.model.typicalMs);
	const age = now - createdAt;
	if (verdict.kind === 'found') {
		const { generation } = verdict;
		if (generation.phase === 'failed' || isCompleted(generation)) {
			return { isSettled: true, item: await itemFor(session, settings, pending, generation) };
		}
	}
	const isGivenUp = age > (verdict.kind === 'notFound' ? GONE_AFTER_MS : GIVE_UP_MS);
	if (isGivenUp) {
		session.context.logger.warn(
			`Runway Act-Two Trigger: generation ${id} given up, no end was seen`,
		);
	}
	return { isSettled: isGivenUp };
}

function isCompleted({ phase, videoUrl }: Generation): boolean {
	return phase === 'completed' && videoUrl !== undefined;
}

/** Undefined when the other event is wanted. */
async function itemFor(
	session: TriggerSession,
	{ event, outputFile }: TriggerSettings,
	{ createdAt, clientRequestId, usage }: Pending,
	generation: Generation,
): Promise<INodeExecutionData | undefined> {
	if (event !== (generation.phase === 'failed' ? 'generationFailed' : 'videoFinished')) {
		return undefined;
	}
	const whole = { ...generation, usage: mergeUsage(usage, generation.usage) };
	const item =
		generation.phase === 'failed'
			? toItem(whole, 0)
			: await toItemWithVideo(session, whole, outputFile, 0);
	const executionId = readClientRequestId(clientRequestId ?? '')?.executionId;
	const origin: IDataObject = {
		createdAt: new Date(createdAt).toISOString(),
		...(executionId !== undefined && { executionId }),
	};
	// A trigger has no items that its own could be paired with.
	return { json: { ...item.json, ...origin }, ...(item.binary && { binary: item.binary }) };
}

/** The newest that the event is about. @throws ActTwoError when there is none */
async function findLatest(
	session: TriggerSession,
	settings: TriggerSettings,
): Promise<INodeExecutionData> {
	const { clock } = session;
	const checked = new Set<string>();
	// The newest page, which has it as a rule; a busy key has rows of others there only.
	for (const maxPages of [1, MAX_LATEST_PAGES]) {
		const { rows, isComplete } = await readLatest(session, maxPages);
		const newest = rows
			.filter((row) => isWanted(row, session, settings))
			.sort((a, b) => b.createdAt - a.createdAt)
			.slice(0, MAX_LATEST_CHECKS);
		for (const pending of newest) {
			if (checked.has(pending.id)) continue;
			checked.add(pending.id);
			const { item } = await check(session, settings, pending, clock.now());
			if (item) return item;
		}
		if (isComplete) break;
	}
	throw new ActTwoError(NOTHING_TO_FETCH);
}

/** @throws ActTwoError when the logs cannot be read */
async function readLatest(session: TriggerSession, maxPages: number): Promise<ReadRows> {
	const { clock } = session;
	for (let attempt = 1; ; attempt++) {
		const read = await readRows(session, clock.now() - LATEST_MS, maxPages);
		if (!read.error) return read;
		if (read.error.kind === 'rejected' || attempt === 3) throw new ActTwoError(read.error.error);
		await clock.sleep(backoffDelay(attempt, clock.random()));
	}
}
