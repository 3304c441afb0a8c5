import type { Created, CreationVerdict } from '../../aimlapi/classify';
import type { Usage } from '../../aimlapi/contract';
import {
	DEFERRED,
	describeFailedBefore,
	describeNotRecovered,
	NO_ANSWER_YET,
	refusesContent,
	SENT_BEFORE,
} from '../../aimlapi/messages';
import { ActTwoError } from '../../errors';
import type { ErrorDetails } from '../../errors';
import type { Checkpoint } from '../../execution/checkpoint';
import type { Session } from '../../execution/session';
import type { Slot } from '../../limits/creationGate';
import { bytesInRequest } from '../../media/source';
import { pollUntil } from '../../polling/poll';
import { backoffDelay } from '../../time/backoff';
import { withTimeout } from '../../time/timeout';
import { loadRequest } from './creationRequest';
import type { Creation, CreationRequest, LoadedRequest } from './creationRequest';
import { withBalance } from './credits';
import { noteProgress } from './estimate';
import { reuseOrCreate } from './reuse';
import type { Reusable } from './reuse';

/** Attempts when no connection can be made. Low, so that a wrong Base URL fails fast. */
const MAX_CONNECTION_ATTEMPTS = 4;
/** The least that a POST has for its answer, whatever is left of the item's time. */
const MIN_ANSWER_MS = 30_000;
/** The least for a search by a later run: enough for a few requests, as the first may fail. */
const MIN_RECOVERY_MS = 16_000;
/** How long an ID of an unclear response may stay unknown before AIMLAPI's logs are asked. */
const POSSIBLE_ID_MS = 16_000;

interface CreatedGeneration {
	id: string;
	/** Whether it was created before this call: by an earlier run, or by a POST that got no response. */
	resumed: boolean;
	status: string;
	usage: Usage;
	/** Whether another execution has paid for it. */
	reused?: boolean;
}

interface CreationLimits {
	/** Its place among the generations that run at once. */
	slot: Slot;
	/** When the item's time is over, by `clock.elapsed()`. */
	deadline: number;
	/** How long a lost creation is searched for at most; until the deadline when absent. */
	maxSearchMs?: number;
}

/**
 * Creates the generation of one item, or resumes the one that was created before. A POST is sent again
 * only when the API certainly did not accept the one before; where that is not known, the generation is
 * searched for and never created again. All of it ends with the deadline; a POST that is answered after
 * that is still saved.
 * @throws ActTwoError when it is rejected, rate limited for too long, or its outcome stays unknown
 */
export async function createGeneration(
	session: Session,
	creation: Creation,
	itemIndex: number,
	limits: CreationLimits,
): Promise<CreatedGeneration> {
	const { scope } = creation.checkpoint;
	// A model may call the tool twice at once: the second call shares the first one's POST.
	const same = inFlight.get(scope);
	if (same) return { ...(await same), resumed: true };
	const creating = createOrResume(session, creation, itemIndex, limits);
	inFlight.set(scope, creating);
	try {
		const created = await creating;
		session.created.add(created.id);
		return created;
	} finally {
		inFlight.delete(scope);
	}
}

const inFlight = new Map<string, Promise<CreatedGeneration>>();

async function createOrResume(
	session: Session,
	creation: Creation,
	itemIndex: number,
	limits: CreationLimits,
): Promise<CreatedGeneration> {
	const { checkpoint } = creation;
	const earlier = checkpoint.load() ?? ('earlier' in creation ? creation.earlier : undefined);
	switch (earlier?.kind) {
		case 'created':
			session.unfinished.set(itemIndex, earlier.id);
			return { ...earlier, resumed: true, status: 'queued' };
		case 'failed':
			throw new ActTwoError(describeFailedBefore(earlier, session.model), earlier.id);
		case 'sent':
			return await recover(session, checkpoint, itemIndex, limits, {
				...earlier,
				error: SENT_BEFORE,
			});
	}
	const { request } = creation as { request: CreationRequest };
	const resolved = async (sent: CreatedGeneration | LostCreation): Promise<CreatedGeneration> =>
		'error' in sent ? await recover(session, checkpoint, itemIndex, limits, sent) : sent;
	try {
		// The files are needed until the request is answered, and not for a search in the logs.
		const sent = await session.uploads.run(
			async () => {
				const loaded = await loadRequest(session, request, itemIndex);
				const post = async () => await send(session, loaded, checkpoint, itemIndex, limits);
				const { reuseMs } = request;
				if (reuseMs === undefined) return await post();
				const outcome = await reuseOrCreate(
					session,
					loaded.contentDigest,
					{ withinMs: reuseMs, deadline: limits.deadline },
					async () => await resolved(await post()),
					() => checkpoint.load(),
				);
				if ('created' in outcome) return outcome.created;
				if ('reusable' in outcome) {
					return reuse(session, checkpoint, itemIndex, outcome.reusable);
				}
				const { sent } = outcome;
				checkpoint.markSent(sent.clientRequestId, sent.sentAt);
				return { ...sent, error: SENT_BEFORE };
			},
			bytesInRequest(session.context, request.character, session.model) +
				bytesInRequest(session.context, request.reference, session.model),
		);
		return await resolved(sent);
	} catch (error) {
		throw await withBalance(session, request, error);
	}
}

/** A generation that another execution has paid for, or another item of this one. */
function reuse(
	session: Session,
	checkpoint: Checkpoint,
	itemIndex: number,
	{ id, status }: Reusable,
): CreatedGeneration {
	checkpoint.save(id, {}, true);
	session.unfinished.set(itemIndex, id);
	noteProgress(session, itemIndex, 'queued');
	session.context.logger.info(`Act-Two generation ${id} of the same content reused`);
	return { id, status, usage: {}, resumed: true, reused: true };
}

/** A POST and what came of it so far. */
type Posted = CreationVerdict & {
	clientRequestId: string;
	/** Milliseconds since 1970. */
	sentAt: number;
	/** Absent where an earlier run has sent it. */
	answer?: Promise<CreationVerdict>;
};

/** A POST whose outcome is not known. */
type LostCreation = Omit<Extract<Posted, { kind: 'unknown' }>, 'kind'>;

/**
 * Sends the POST until its outcome is clear, or lost. Where it is rejected with a file inside that n8n
 * can give as a link, it is sent once more with the link.
 */
async function send(
	session: Session,
	first: LoadedRequest,
	checkpoint: Checkpoint,
	itemIndex: number,
	{ slot, deadline }: CreationLimits,
): Promise<CreatedGeneration | LostCreation> {
	const { client, clock, posts } = session;
	let loaded = first;
	const post = async (): Promise<Posted> => {
		const body = await loaded.body();
		// An item that has just failed may have ended all others: that is known now.
		await clock.sleep(0);
		const clientRequestId = checkpoint.newClientRequestId(loaded.contentDigest);
		const sentAt = clock.now();
		checkpoint.markSent(clientRequestId, sentAt);
		const answer = client.createGeneration(body, clientRequestId).then((verdict) => {
			if (verdict.kind === 'accepted') accept(session, checkpoint, itemIndex, verdict.created);
			else if (verdict.kind !== 'unknown') checkpoint.clear();
			return verdict;
		});
		posts.add(answer);
		void answer.catch(() => {}).finally(() => posts.delete(answer));
		// The other half of the time is for a search in the logs.
		const patienceMs = Math.max(MIN_ANSWER_MS, (deadline - clock.elapsed()) / 2);
		const verdict = await withTimeout<CreationVerdict>(clock, answer, patienceMs, () => ({
			kind: 'unknown',
			error: NO_ANSWER_YET,
		}));
		return { ...verdict, clientRequestId, sentAt, answer };
	};

	let connectionAttempts = 1;
	for (;;) {
		const posted = await slot.run({ clock, deadline }, post);
		switch (posted.kind) {
			case 'accepted':
				return { ...posted.created, resumed: false };
			case 'unknown':
				return posted;
			case 'deferred':
				throw new ActTwoError(DEFERRED);
			case 'notSent':
				if (connectionAttempts < MAX_CONNECTION_ATTEMPTS && clock.elapsed() < deadline) break;
				throw new ActTwoError(posted.error);
			case 'rejected':
				if (loaded.withLinks && refusesContent(posted.error) && clock.elapsed() < deadline) {
					loaded = await loaded.withLinks();
					continue;
				}
				throw new ActTwoError(loaded.describeRejection(posted.error));
			default:
				throw new ActTwoError(posted.error);
		}
		await clock.sleep(backoffDelay(connectionAttempts++, clock.random()));
	}
}

function accept(
	session: Session,
	checkpoint: Checkpoint,
	itemIndex: number,
	{ id, usage, otherIds }: Created,
): void {
	checkpoint.save(id, usage);
	session.created.add(id);
	session.unfinished.set(itemIndex, id);
	noteProgress(session, itemIndex, 'queued');
	const others = otherIds.length > 0 ? ` (also named ${otherIds.join(', ')})` : '';
	session.context.logger.info(`Act-Two generation ${id} created${others}`);
}

/**
 * Searches for the generation of a POST whose outcome is unknown, until it is found or the time is over.
 * @throws ActTwoError when it is not found
 */
async function recover(
	session: Session,
	checkpoint: Checkpoint,
	itemIndex: number,
	limits: CreationLimits,
	lost: LostCreation,
): Promise<CreatedGeneration> {
	const { clientRequestId, error, possibleId, answer } = lost;
	const { clock, context } = session;
	const { logger } = context;
	logger.warn(
		`Act-Two: ${error.message}. Looking for request ${clientRequestId} in AIMLAPI's logs`,
	);
	const end = Math.min(limits.deadline, clock.elapsed() + (limits.maxSearchMs ?? Infinity));
	const leftMs = () => Math.max(0, end - clock.elapsed());
	const found = await search(session, lost, leftMs);
	if ('id' in found) {
		const { id, usage } = found;
		checkpoint.save(id, usage);
		session.unfinished.set(itemIndex, id);
		logger.info(`Act-Two generation ${id} found again`);
		return { id, usage, resumed: true, status: 'queued' };
	}
	// Its own answer may have come meanwhile, or may still come.
	const verdict =
		answer && (await withTimeout<CreationVerdict | void>(clock, answer, leftMs(), () => {}));
	const late = checkpoint.load();
	if (late?.kind === 'created') return { ...late, resumed: true, status: 'queued' };
	if (verdict && verdict.kind !== 'accepted' && verdict.kind !== 'unknown') {
		throw new ActTwoError(verdict.error);
	}
	throw new ActTwoError(describeNotRecovered(error, clientRequestId, found.logsError), possibleId);
}

/** Looks under the ID that came with the response, if one did, and in AIMLAPI's logs. */
async function search(
	session: Session,
	{ clientRequestId, sentAt, possibleId, answer }: LostCreation,
	leftMs: () => number,
): Promise<Pick<CreatedGeneration, 'id' | 'usage'> | { logsError?: ErrorDetails }> {
	const { clock, findInLogs } = session;
	if (possibleId !== undefined && (await exists(session, possibleId, leftMs()))) {
		return { id: possibleId, usage: {} };
	}
	const left = leftMs();
	// The logs had all the time since an earlier run's POST; each retry would else wait it all again.
	const searchMs = answer
		? left
		: Math.min(left, Math.max(sentAt + left - clock.now(), MIN_RECOVERY_MS));
	const result = await findInLogs(clientRequestId, sentAt, searchMs);
	if (result.kind === 'found') return { id: result.row.inferenceId, usage: result.row.usage };
	return result.kind === 'unreadable' ? { logsError: result.error } : {};
}

async function exists(
	{ client, clock, model }: Session,
	id: string,
	leftMs: number,
): Promise<boolean> {
	const { typicalMs } = model;
	const timeoutMs = Math.min(POSSIBLE_ID_MS, leftMs);
	const result = await pollUntil(
		async (timeLeftMs) => await client.getGeneration(id, timeLeftMs),
		{ initialDelayMs: 0, timeoutMs, typicalMs, until: () => true },
		clock,
	);
	return result.kind === 'reached';
}
