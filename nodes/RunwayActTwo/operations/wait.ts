import { waitOptions } from '../fields/options';
import { downloadFields, generationIdField } from '../fields/result';
import { readGenerationId, readDownloadSettings, readWaitSettings } from '../fields/parameters';
import { waitForVideo } from './steps/waitForVideo';
import type { Operation } from './index';

/** Waits for a generation that was created before. It may be old, so it is looked at at once. */
export const wait: Operation = {
	fields: [generationIdField, ...downloadFields, waitOptions],

	prepare(context, itemIndex) {
		const id = readGenerationId(context, itemIndex);
		const settings = readWaitSettings(context, itemIndex);
		const download = readDownloadSettings(context, itemIndex);
		return async (run) =>
			await waitForVideo(run, id, { ...settings, firstLookAfterMs: 0, download, itemIndex });
	},
};
