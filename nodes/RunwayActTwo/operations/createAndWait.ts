import { isWorthRetrying } from '../aimlapi/contract';
import type { Model } from '../aimlapi/model';
import { optionsCollection } from '../fields/options';
import { maxFileSize, outputFileFields, readOutputFileSettings } from '../fields/outputFile';
import type { OutputFileSettings } from '../fields/outputFile';
import { maxCost } from '../fields/maxCost';
import { endpoint, maxConcurrentGenerations } from '../fields/perItem';
import { formParameters, optionParameters, readForgivingly } from '../fields/read';
import type { Parameters } from '../fields/read';
import { reuseRecent } from '../fields/reuse';
import { readTimingSettings, timingOptions } from '../fields/timing';
import type { TimingSettings } from '../fields/timing';
import { initialPollDelay } from '../polling/schedule';
import type { Operation } from '../execution/operation';
import { createGeneration } from './steps/createGeneration';
import { creationFields } from './steps/creationRequest';
import type { Creation } from './steps/creationRequest';
import { refusalAboveMaxCost } from './steps/maxCost';
import { markReused } from './steps/outputItem';
import { pollForVideo } from './steps/pollForVideo';

interface Waiting {
	timing: TimingSettings;
	outputFile: OutputFileSettings | undefined;
}

interface Params extends Waiting {
	creation: Creation;
}

/** Starts a generation, waits for its video and returns it. */
export function createAndWait(model: Model): Operation<Params> {
	const creations = creationFields(model);
	return {
		fields: [
			...creations.fields,
			...outputFileFields,
			optionsCollection([
				...creations.options,
				...timingOptions,
				endpoint,
				maxConcurrentGenerations,
				maxCost,
				maxFileSize,
				reuseRecent,
			]),
		],

		isPaid: creations.isPaid,

		read(session, itemIndex) {
			const creation = creations.read(session, itemIndex);
			const form = formParameters(session.context, itemIndex);
			const options = optionParameters(session.context, itemIndex);
			const waiting =
				'earlier' in creation
					? readForgivingly(readWaiting, form, options)
					: readWaiting(form, options);
			return { creation, ...waiting };
		},

		async check(session, params, itemIndex) {
			return { ...params, creation: await creations.check(session, params.creation, itemIndex) };
		},

		refuse: refusalAboveMaxCost(({ creation }) => creation),

		async execute(session, { creation, timing, outputFile }, itemIndex) {
			const deadline = session.clock.elapsed() + timing.timeoutMs;
			return await session.creations.hold(async (slot) => {
				const created = await createGeneration(session, creation, itemIndex, { slot, deadline });
				slot.occupy();
				const { id, resumed, usage } = created;
				const output = await pollForVideo(session, id, {
					...timing,
					deadline,
					initialDelayMs: resumed
						? 0
						: (timing.pollingIntervalMs ?? initialPollDelay(model.typicalMs)),
					outputFile,
					itemIndex,
					usage,
					onFailed: (failure) => {
						session.unfinished.delete(itemIndex);
						if (isWorthRetrying(failure)) creation.checkpoint.clear();
						else creation.checkpoint.saveFailure(id, failure);
					},
				});
				session.unfinished.delete(itemIndex);
				return markReused(output, created.reused);
			});
		},
	};
}

/** @throws ActTwoError naming the field */
function readWaiting(form: Parameters, options: Parameters): Waiting {
	return {
		timing: readTimingSettings(options),
		outputFile: readOutputFileSettings(form, options),
	};
}
