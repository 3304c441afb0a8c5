/**
 * What a response, or the lack of one, means. Pure: the one table that decides whether money may be
 * spent again and whether to go on polling.
 * Source: AI/ML API's error pages, https://docs.aimlapi.com/errors-and-messages/general-info
 */
import type { ErrorDetails } from '../errors';
import { mergeUsage, readGeneration, readIds, readPossibleIds, readUsage } from './contract';
import type { Generation, Usage } from './contract';
import { describeNoResponse, describeResponse } from './messages';
import type { Model } from './model';
import { isSuccess } from './outcome';
import type { Outcome, Response } from './outcome';
import { own, plainText } from './untrusted';

/** A generation just accepted. */
export interface Created {
	id: string;
	status: string;
	usage: Usage;
	/** Other IDs that the same response named. */
	otherIds: string[];
}

export type CreationVerdict =
	| { kind: 'accepted'; created: Created }
	/** Certainly not accepted, and worth sending again: the API was at a limit (HTTP 429). */
	| { kind: 'rateLimited'; error: ErrorDetails; retryAfterMs?: number }
	/** Certainly not accepted, and worth sending again: it never arrived. */
	| { kind: 'notSent'; error: ErrorDetails }
	/** Certainly not accepted, and would be rejected again. */
	| { kind: 'rejected'; error: ErrorDetails }
	/** May have been accepted: must never be sent again. An ID seen in it may be the generation's. */
	| { kind: 'unknown'; error: ErrorDetails; possibleId?: string };

export type PollVerdict =
	| { kind: 'found'; generation: Generation }
	/** Says nothing about the generation: poll again. */
	| { kind: 'retry'; error: ErrorDetails; retryAfterMs?: number }
	/** Not there (yet): the API may need some seconds after a creation. */
	| { kind: 'notFound'; error: ErrorDetails }
	/** Polling again with the same key and ID changes nothing. */
	| { kind: 'rejected'; error: ErrorDetails };

/**
 * Statuses by which AIMLAPI itself rejects a creation. Others may come from a gateway after acceptance,
 * and so may these where the answer is not AIMLAPI's JSON.
 */
const REJECTED_CREATION_STATUSES = new Set([400, 401, 402, 403, 404, 405, 414, 415, 422]);
/** Statuses that end the polling. */
const REJECTED_POLL_STATUSES = new Set([400, 401, 402, 403, 405, 422]);

/** A generation of that age, in milliseconds, that AIMLAPI does not find never was one, or is gone. */
export const GONE_AFTER_MS = 10 * 60_000;

export function classifyCreation(outcome: Outcome, model: Model): CreationVerdict {
	if (outcome.kind === 'noResponse') {
		const error = describeNoResponse(outcome);
		return { kind: outcome.sent ? 'unknown' : 'notSent', error };
	}
	const { status, body, inferenceId, retryAfterMs } = outcome;
	const error = describeResponse(outcome, { creationOf: model });
	if (status === 407) return { kind: 'notSent', error };
	if (status === 429) return { kind: 'rateLimited', error, retryAfterMs };
	if (status === 413) return { kind: 'rejected', error };
	if (isSuccess(status)) {
		const created = readCreated(body, outcome);
		if (created) return { kind: 'accepted', created };
	} else if (body && REJECTED_CREATION_STATUSES.has(status)) {
		return { kind: 'rejected', error };
	}
	return { kind: 'unknown', error, possibleId: inferenceId ?? readPossibleIds(body)[0] };
}

export function classifyPoll(outcome: Outcome, id: string): PollVerdict {
	if (outcome.kind === 'noResponse') return { kind: 'retry', error: describeNoResponse(outcome) };
	const { status, body, inferenceId, retryAfterMs } = outcome;
	const error = describeResponse(outcome, 'poll');
	if (body && status === 404) return { kind: 'notFound', error };
	if (body && REJECTED_POLL_STATUSES.has(status)) return { kind: 'rejected', error };
	const generation = isSuccess(status) ? readGeneration(body, id, inferenceId) : undefined;
	if (!generation) return { kind: 'retry', error, retryAfterMs };
	const usage = mergeUsage(outcome.usage, generation.usage);
	return { kind: 'found', generation: { ...generation, usage } };
}

/** Any ID is enough: it is the name of something paid. */
function readCreated(body: unknown, outcome: Response): Created | undefined {
	const [id, ...others] = [...readIds(body), ...(outcome.inferenceId ? [outcome.inferenceId] : [])];
	if (id === undefined) return undefined;
	return {
		id,
		status: plainText(own(body, 'status')).toLowerCase() || 'queued',
		usage: mergeUsage(readUsage(body), outcome.usage),
		otherIds: others.filter((other) => other !== id),
	};
}
