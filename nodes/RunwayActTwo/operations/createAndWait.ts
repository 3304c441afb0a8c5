import { createAndWaitOptions } from '../fields/options';
import { generationFields } from '../fields/generation';
import { downloadFields } from '../fields/result';
import { createGeneration, readOrder } from './steps/createGeneration';
import { readDownloadSettings, readWaitSettings } from '../fields/parameters';
import { waitForVideo } from './steps/waitForVideo';
import { FIRST_LOOK_AFTER_MS } from '../waiting/schedule';
import type { Operation } from './index';

/** Starts a generation, waits for its video and outputs it. */
export const createAndWait: Operation = {
	fields: [...generationFields, ...downloadFields, createAndWaitOptions],

	prepare(context, itemIndex) {
		const order = readOrder(context, itemIndex);
		const settings = readWaitSettings(context, itemIndex);
		const download = readDownloadSettings(context, itemIndex);
		return async (run) => {
			const { id, fresh, memory } = await createGeneration(
				run,
				await order(),
				itemIndex,
				settings.timeoutMs,
			);
			return await waitForVideo(run, id, {
				...settings,
				firstLookAfterMs: fresh ? (settings.pollingIntervalMs ?? FIRST_LOOK_AFTER_MS) : 0,
				download,
				itemIndex,
				// A retry of the execution is to create a failed generation anew.
				onFailed: memory.forget,
			});
		};
	},
};
