import type { INodeExecutionData } from 'n8n-workflow';

import type { LookVerdict } from '../../aimlapi/answers';
import type { Generation } from '../../aimlapi/contract';
import { TroubleError } from '../../aimlapi/trouble';
import type { Trouble } from '../../aimlapi/trouble';
import { waitForGeneration } from '../../waiting/waitForGeneration';
import type { Tally } from '../../waiting/waitForGeneration';
import { toItem, toItemWithVideo } from './output';
import type { DownloadSettings, WaitSettings } from '../../fields/parameters';
import type { Run } from '../../execution/run';

export interface VideoWait extends WaitSettings {
	/** Before the first look, in milliseconds; 0 looks at once. */
	firstLookAfterMs: number;
	download: DownloadSettings | undefined;
	itemIndex: number;
	/** Called when the generation ended without a video. */
	onFailed?: () => void;
}

/**
 * Waits for one generation and gives its output item.
 * @throws TroubleError, always with the generation ID: the generation failed, the API denied the look,
 *   or the timeout passed and the user wants to be told so
 */
export async function waitForVideo(
	run: Run,
	id: string,
	wait: VideoWait,
): Promise<INodeExecutionData> {
	const end = await waitForGeneration(
		loggedLook(run, id),
		{ ...wait, until: ({ phase }) => phase !== 'running' },
		run.clock,
	);
	if (end.kind === 'denied') throw new TroubleError(stillThere(end.trouble), id);
	if (end.kind === 'deadline') {
		if (wait.onTimeout === 'returnStatus') {
			return toItem(
				end.tally.generation ?? { id, status: 'unknown', phase: 'running' },
				wait.itemIndex,
			);
		}
		throw new TroubleError(late(wait.timeoutMs, end.tally), id);
	}
	if (end.generation.phase === 'failed') {
		wait.onFailed?.();
		throw new TroubleError(failed(end.generation), id);
	}
	return await toItemWithVideo(run, end.generation, wait.download, wait.itemIndex);
}

/** Logs a status when it changes: a line at every look would drown the log of a long wait. */
function loggedLook(run: Run, id: string) {
	const start = run.clock.now();
	let logged = '';
	return async (timeLeftMs: number): Promise<LookVerdict> => {
		await run.pace();
		const verdict = await run.client.look(id, timeLeftMs);
		if (verdict.kind === 'seen' && verdict.generation.status !== logged) {
			logged = verdict.generation.status;
			const seconds = Math.round((run.clock.now() - start) / 1000);
			const level = verdict.generation.phase === 'running' ? 'debug' : 'info';
			run.context.logger[level](
				`Act-Two generation ${id}: ${logged} after ${seconds} s of waiting`,
			);
		}
		return verdict;
	};
}

const TAKE_IT_UP = 'Use Wait for Video or Get Video with the generation ID to get the video.';

function stillThere(trouble: Trouble): Trouble {
	return { ...trouble, description: `${trouble.description} ${TAKE_IT_UP}` };
}

function late(timeoutMs: number, { looks, generation, trouble }: Tally): Trouble {
	const seen = generation
		? `Its last status was “${generation.status}” after ${looks} looks.`
		: `None of ${looks} looks showed its status.`;
	const last = trouble ? ` Last obstacle: ${trouble.message}.` : '';
	return {
		message: `The video was not ready within ${timeoutMs / 1000} seconds`,
		description: `${seen}${last} ${TAKE_IT_UP} A longer Timeout can be set under Options.`,
	};
}

/** Runway's task failures: https://docs.dev.runwayml.com/errors/task-failures/ */
const FAILURE_ADVICE: Array<[RegExp, string]> = [
	[
		/^SAFETY\./,
		'The content was moderated. Change the character or the reference before you try again.',
	],
	[
		/^(INPUT_PREPROCESSING|ASSET)\b/,
		'Check the character and the reference: formats, sizes, a visible face, 3 to 30 seconds.',
	],
];

function failed({ failure = {} }: Generation): Trouble {
	const { name = '', message = '' } = failure;
	const advice = FAILURE_ADVICE.find(([names]) => names.test(name))?.[1];
	const reason = [name, message].filter((part) => part !== '').join(': ');
	return {
		message: 'The generation ended without a video',
		description: `${reason === '' ? '' : `AIMLAPI said: “${reason}” `}${advice ?? 'Check the character and the reference, then try again.'}`,
	};
}
