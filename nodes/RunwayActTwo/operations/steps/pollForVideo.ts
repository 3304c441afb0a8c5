import type { INodeExecutionData } from 'n8n-workflow';

import type { PollVerdict } from '../../aimlapi/classify';
import { mergeUsage } from '../../aimlapi/contract';
import type { Failure, Usage } from '../../aimlapi/contract';
import { describeFailure, describeTimeout, withResumeAdvice } from '../../aimlapi/messages';
import { ActTwoError } from '../../errors';
import type { Session } from '../../execution/session';
import type { OutputFileSettings } from '../../fields/outputFile';
import type { TimingSettings } from '../../fields/timing';
import { pollUntil } from '../../polling/poll';
import { noteProgress } from './estimate';
import { toItem, toItemWithVideo } from './outputItem';

/** How long a last status check that failed is repeated. */
const LAST_CHECK_MS = 30_000;

interface VideoPolling extends TimingSettings {
	/** When the item's time is over, by `clock.elapsed()`. */
	deadline: number;
	/** Before the first poll, in milliseconds; 0 polls at once. */
	initialDelayMs: number;
	outputFile: OutputFileSettings | undefined;
	itemIndex: number;
	/** The cost according to the creation's response. */
	usage?: Usage;
	/** Called when the generation ended without a video. */
	onFailed?: (failure: Failure) => void;
}

/**
 * Polls one generation until its video is ready and gives its output item.
 * @throws ActTwoError, always with the generation ID: the generation failed, the API rejected the
 *   status check, or the timeout passed and the user wants an error then
 */
export async function pollForVideo(
	session: Session,
	id: string,
	polling: VideoPolling,
): Promise<INodeExecutionData> {
	session.polled.add(id);
	const result = await pollUntil(
		loggedGet(session, id, polling.itemIndex),
		{
			...polling,
			timeoutMs: Math.max(0, polling.deadline - session.clock.elapsed()),
			graceMs: LAST_CHECK_MS,
			typicalMs: session.model.typicalMs,
			together: () => session.polled.size,
			until: ({ phase }) => phase !== 'running',
		},
		session.clock,
	).finally(() => session.polled.delete(id));
	if (result.kind === 'rejected') throw new ActTwoError(withResumeAdvice(result.error), id);
	if (result.kind === 'timeout') {
		const { generation } = result.observed;
		if (polling.onTimeout === 'returnStatus') {
			const usage = mergeUsage(polling.usage, generation?.usage);
			const current = generation ?? { id, status: 'unknown', phase: 'running' };
			return toItem({ ...current, usage }, polling.itemIndex);
		}
		throw new ActTwoError(describeTimeout(polling.timeoutMs, result.observed), id);
	}
	const { generation } = result;
	if (generation.phase === 'failed') {
		if (generation.failure) polling.onFailed?.(generation.failure);
		throw new ActTwoError(describeFailure(generation.failure, session.model), id);
	}
	const usage = mergeUsage(polling.usage, generation.usage);
	return await toItemWithVideo(
		session,
		{ ...generation, usage },
		polling.outputFile,
		polling.itemIndex,
	);
}

/** Logs a status when it changes: a line for every poll would drown the log of a long wait. */
function loggedGet(session: Session, id: string, itemIndex: number) {
	const start = session.clock.elapsed();
	let logged = '';
	return async (timeLeftMs: number): Promise<PollVerdict> => {
		const verdict = await session.client.getGeneration(id, timeLeftMs);
		if (verdict.kind === 'found' && verdict.generation.status !== logged) {
			logged = verdict.generation.status;
			const { phase } = verdict.generation;
			if (phase === 'running') {
				const isQueued = logged === 'queued' || logged === 'waiting';
				noteProgress(session, itemIndex, isQueued ? 'queued' : 'generating');
			}
			const seconds = Math.round((session.clock.elapsed() - start) / 1000);
			const level = phase === 'running' ? 'debug' : 'info';
			session.context.logger[level](
				`Act-Two generation ${id}: ${logged} after ${seconds} s of waiting`,
			);
		}
		return verdict;
	};
}
