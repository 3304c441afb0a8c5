import type { CreationVerdict } from '../../aimlapi/classify';
import type { Usage } from '../../aimlapi/contract';
import {
	DEFERRED,
	describeFailedBefore,
	describeLostFailure,
	describeNotRecovered,
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
import { loadRequest } from './creationRequest';
import type { CreationRequest } from './creationRequest';

/** Attempts when no connection can be made. Low, so that a wrong Base URL fails fast. */
const MAX_CONNECTION_ATTEMPTS = 4;
/** How long a lost creation is searched for in an operation that does not wait. */
const MAX_RECOVERY_MS = 3 * 60_000;
/** The least for a search by a later run: enough for a few requests, as the first may fail. */
const MIN_RECOVERY_MS = 16_000;
/** How long an ID of an unclear response may stay unknown before AIMLAPI's logs are asked. */
const POSSIBLE_ID_MS = 16_000;

export interface CreatedGeneration {
	id: string;
	/** Whether it was created before this call: by an earlier run, or by a POST that got no response. */
	resumed: boolean;
	status: string;
	usage: Usage;
	checkpoint: Checkpoint;
}

/**
 * Creates the generation of one item, or resumes the one that an earlier run of the same execution
 * created. A POST is sent again only when the API certainly did not accept the one before; where that
 * is not known, the generation is searched for and never created again.
 * @param slot its place among the generations that run at once
 * @param waitMs how long the operation waits for the video: so long it waits for its place, and a lost
 *   creation is searched for, by a later run only as long as is left of it since the POST, 16 s at
 *   least; absent, when it does not wait, the search takes 3 minutes
 * @throws ActTwoError when it is rejected, rate limited for too long, or its outcome stays unknown
 */
export async function createGeneration(
	session: Session,
	request: CreationRequest,
	itemIndex: number,
	slot: Slot,
	waitMs?: number,
): Promise<CreatedGeneration> {
	const { creation, isJoined } = await session.uploads.run(
		async () => {
			const loaded = await loadRequest(session, request);
			const checkpoint = session.openCheckpoint(itemIndex, loaded.fingerprint);
			// A model may call the tool twice at once: the second call shares the first one's POST.
			const same = inFlight.get(checkpoint.scope);
			if (same) return { creation: same, isJoined: true };
			const sending = send(session, loaded.body, checkpoint, slot, waitMs);
			const creating = sending.then(async (result) =>
				'error' in result ? await recover(session, checkpoint, result) : result,
			);
			inFlight.set(checkpoint.scope, creating);
			const forget = () => inFlight.delete(checkpoint.scope);
			creating.then(forget, forget);
			// The files are needed until the request is answered, and not for a search in the logs.
			await Promise.allSettled([sending]);
			return { creation: creating, isJoined: false };
		},
		bytesInRequest(session.context, request.character, session.model) +
			bytesInRequest(session.context, request.reference, session.model),
	);
	return isJoined ? { ...(await creation), resumed: true } : await creation;
}

const inFlight = new Map<string, Promise<CreatedGeneration>>();

/** Sends the POST until its outcome is clear, or lost. */
async function send(
	session: Session,
	body: Buffer,
	checkpoint: Checkpoint,
	slot: Slot,
	givenMs: number | undefined,
): Promise<CreatedGeneration | LostCreation> {
	const waitMs = givenMs ?? MAX_RECOVERY_MS;
	const { client, clock } = session;
	const earlier = checkpoint.load();
	switch (earlier?.kind) {
		case 'created':
			return { ...earlier, resumed: true, status: 'queued', checkpoint };
		case 'failed':
			throw new ActTwoError(describeFailedBefore(earlier, session.model), earlier.id);
		case 'sent': {
			// The logs had all the time since the POST; each retry would else wait the whole time again.
			const leftMs = earlier.sentAt + waitMs - clock.now();
			const searchMs = Math.min(waitMs, Math.max(leftMs, MIN_RECOVERY_MS));
			return { ...earlier, searchMs, error: SENT_BEFORE };
		}
	}

	const deadline = clock.elapsed() + (givenMs ?? Infinity);
	let connectionAttempts = 0;
	for (;;) {
		let sentAt = 0;
		const verdict = await slot.run({ clock, deadline }, async () => {
			sentAt = clock.now();
			checkpoint.markSent(sentAt);
			const answer = await client.createGeneration(body, checkpoint.clientRequestId);
			if (answer.kind === 'rateLimited') checkpoint.clear();
			return answer;
		});
		switch (verdict.kind) {
			case 'accepted':
				return { ...accept(session, checkpoint, verdict), resumed: false, checkpoint };
			case 'unknown': {
				const { clientRequestId } = checkpoint;
				return { ...verdict, clientRequestId, sentAt, searchMs: waitMs };
			}
			case 'rejected':
				checkpoint.clear();
				throw new ActTwoError(verdict.error);
			case 'rateLimited':
				throw new ActTwoError(verdict.error);
			case 'deferred':
				throw new ActTwoError(DEFERRED);
			case 'notSent':
				checkpoint.clear();
				if (++connectionAttempts >= MAX_CONNECTION_ATTEMPTS) throw new ActTwoError(verdict.error);
				await clock.sleep(backoffDelay(connectionAttempts, clock.random()));
		}
	}
}

function accept(
	{ context }: Session,
	checkpoint: Checkpoint,
	{ created }: Extract<CreationVerdict, { kind: 'accepted' }>,
): { id: string; status: string; usage: Usage } {
	const { id, status, usage, otherIds } = created;
	checkpoint.save(id, usage);
	const others = otherIds.length > 0 ? ` (also named ${otherIds.join(', ')})` : '';
	context.logger.info(`Act-Two generation ${id} created${others}`);
	return { id, status, usage };
}

interface LostCreation {
	clientRequestId: string;
	/** Milliseconds since 1970. */
	sentAt: number;
	searchMs: number;
	error: ErrorDetails;
	/** An ID that came with the unclear response. */
	possibleId?: string;
}

/**
 * Searches for the generation of a POST whose outcome is unknown: under the ID that came with the
 * response, if one did, and in AIMLAPI's logs.
 * @throws ActTwoError when it is not found, or was found as failed
 */
async function recover(
	session: Session,
	checkpoint: Checkpoint,
	{ clientRequestId, sentAt, searchMs, error, possibleId }: LostCreation,
): Promise<CreatedGeneration> {
	session.context.logger.warn(
		`Act-Two: ${error.message}. Looking for request ${clientRequestId} in AIMLAPI's logs`,
	);
	const recovered = (id: string, usage: Usage): CreatedGeneration => {
		checkpoint.save(id, usage);
		session.context.logger.info(`Act-Two generation ${id} found again`);
		return { id, usage, resumed: true, status: 'queued', checkpoint };
	};

	if (possibleId !== undefined && (await exists(session, possibleId))) {
		return recovered(possibleId, {});
	}
	const result = await session.findInLogs(clientRequestId, sentAt, searchMs);
	if (result.kind !== 'found') {
		throw new ActTwoError(
			describeNotRecovered(
				error,
				clientRequestId,
				result.kind === 'unreadable' ? result.error : undefined,
			),
			possibleId,
		);
	}
	const { inferenceId, status, usage } = result.row;
	if (status === 'failed') {
		checkpoint.startNextAttempt();
		throw new ActTwoError(describeLostFailure(), inferenceId);
	}
	return recovered(inferenceId, usage);
}

async function exists({ client, clock, model }: Session, id: string): Promise<boolean> {
	const result = await pollUntil(
		async (timeLeftMs) => await client.getGeneration(id, timeLeftMs),
		{
			initialDelayMs: 0,
			timeoutMs: POSSIBLE_ID_MS,
			typicalMs: model.typicalMs,
			until: () => true,
		},
		clock,
	);
	return result.kind === 'reached';
}
