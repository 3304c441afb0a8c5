import { isWorthRetrying } from '../aimlapi/contract';
import type { Model } from '../aimlapi/model';
import { optionsCollection } from '../fields/options';
import { maxFileSize, outputFileFields, readOutputFileSettings } from '../fields/outputFile';
import type { OutputFileSettings } from '../fields/outputFile';
import { endpoint, maxConcurrentGenerations } from '../fields/perExecution';
import { formParameters, optionParameters } from '../fields/read';
import { readTimingSettings, timingOptions } from '../fields/timing';
import type { TimingSettings } from '../fields/timing';
import { initialPollDelay } from '../polling/schedule';
import type { Operation } from '../execution/operation';
import { createGeneration } from './steps/createGeneration';
import { checkRequest, creationFields } from './steps/creationRequest';
import type { CreationRequest } from './steps/creationRequest';
import { pollForVideo } from './steps/pollForVideo';
import type { VideoPolling } from './steps/pollForVideo';

interface Params {
	request: CreationRequest;
	timing: TimingSettings;
	outputFile: OutputFileSettings | undefined;
}

/** Starts a generation, waits for its video and returns it. */
export function createAndWait(model: Model): Operation<Params> {
	const creation = creationFields(model);
	return {
		fields: [
			...creation.fields,
			...outputFileFields,
			optionsCollection([
				...creation.options,
				...timingOptions,
				endpoint,
				maxConcurrentGenerations,
				maxFileSize,
			]),
		],

		read(context, itemIndex) {
			const options = optionParameters(context, itemIndex);
			return {
				request: creation.read(context, itemIndex),
				timing: readTimingSettings(options),
				outputFile: readOutputFileSettings(formParameters(context, itemIndex), options),
			};
		},

		async check(session, params, itemIndex) {
			return { ...params, request: await checkRequest(session, params.request, itemIndex) };
		},

		async execute(session, { request, timing, outputFile }, itemIndex) {
			return await session.creations.hold(async (slot) => {
				const { id, resumed, usage, checkpoint } = await createGeneration(
					session,
					request,
					itemIndex,
					slot,
					timing.timeoutMs,
				);
				slot.occupy();
				const polling: VideoPolling = {
					...timing,
					initialDelayMs: resumed
						? 0
						: (timing.pollingIntervalMs ?? initialPollDelay(model.typicalMs)),
					outputFile,
					itemIndex,
					usage,
					onFailed: (failure) => {
						if (isWorthRetrying(failure)) checkpoint.startNextAttempt();
						else if (failure) checkpoint.saveFailure(id, failure);
					},
				};
				return await pollForVideo(session, id, polling);
			});
		},
	};
}
