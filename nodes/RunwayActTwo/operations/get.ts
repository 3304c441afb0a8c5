import { TroubleError } from '../aimlapi/trouble';
import { getOptions } from '../fields/options';
import { downloadFields, generationIdField } from '../fields/result';
import { toItemWithVideo } from './steps/output';
import { readGenerationId, readDownloadSettings } from '../fields/parameters';
import { waitForGeneration } from '../waiting/waitForGeneration';
import type { Operation } from './index';

/** How long a look that gives no answer is repeated. */
const PATIENCE_MS = 30_000;

const NO_ANSWER = { message: 'AIMLAPI gave no answer', description: 'Try again later.' };

/** Outputs a generation as it is now, whatever its status: one that failed is data, not an error. */
export const get: Operation = {
	fields: [generationIdField, ...downloadFields, getOptions],

	prepare(context, itemIndex) {
		const id = readGenerationId(context, itemIndex);
		const download = readDownloadSettings(context, itemIndex);
		return async (run) => {
			const end = await waitForGeneration(
				async (timeLeftMs) => {
					await run.pace();
					return await run.client.look(id, timeLeftMs);
				},
				{ firstLookAfterMs: 0, timeoutMs: PATIENCE_MS, until: () => true },
				run.clock,
			);
			if (end.kind === 'reached') {
				return await toItemWithVideo(run, end.generation, download, itemIndex);
			}
			if (end.kind === 'denied') throw new TroubleError(end.trouble, id);
			throw new TroubleError(end.tally.trouble ?? NO_ANSWER, id);
		};
	},
};
