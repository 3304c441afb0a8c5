import { generationId, readGenerationId } from '../fields/generationId';
import { optionsCollection } from '../fields/options';
import { maxFileSize, outputFileFields, readOutputFileSettings } from '../fields/outputFile';
import type { OutputFileSettings } from '../fields/outputFile';
import { endpoint, maxConcurrentGenerations } from '../fields/perItem';
import { formParameters, optionParameters } from '../fields/read';
import { readTimingSettings, timingOptions } from '../fields/timing';
import type { TimingSettings } from '../fields/timing';
import type { Operation } from '../execution/operation';
import { pollForVideo } from './steps/pollForVideo';

interface Params {
	id: string;
	timing: TimingSettings;
	outputFile: OutputFileSettings | undefined;
}

/** Waits for a generation that was started before. It may be old, so it is polled at once. */
export const wait: Operation<Params> = {
	fields: [
		generationId,
		...outputFileFields,
		optionsCollection([...timingOptions, endpoint, maxConcurrentGenerations, maxFileSize]),
	],

	read({ context }, itemIndex) {
		const form = formParameters(context, itemIndex);
		const options = optionParameters(context, itemIndex);
		return {
			id: readGenerationId(form),
			timing: readTimingSettings(options),
			outputFile: readOutputFileSettings(form, options),
		};
	},

	async execute(session, { id, timing, outputFile }, itemIndex) {
		const deadline = session.clock.elapsed() + timing.timeoutMs;
		const polling = { ...timing, deadline, initialDelayMs: 0, outputFile, itemIndex };
		return await pollForVideo(session, id, polling);
	},
};
