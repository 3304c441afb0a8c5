import { NO_STATUS } from '../aimlapi/messages';
import { ActTwoError } from '../errors';
import { generationId, readGenerationId } from '../fields/generationId';
import { optionsCollection } from '../fields/options';
import { maxFileSize, outputFileFields, readOutputFileSettings } from '../fields/outputFile';
import type { OutputFileSettings } from '../fields/outputFile';
import { endpoint } from '../fields/perItem';
import { formParameters, optionParameters } from '../fields/read';
import { pollUntil } from '../polling/poll';
import type { Operation } from '../execution/operation';
import { toItemWithVideo } from './steps/outputItem';

/** How long a status check that fails is repeated. */
const GET_TIMEOUT_MS = 30_000;

interface Params {
	id: string;
	outputFile: OutputFileSettings | undefined;
}

/** Returns a generation as it is now, whatever its status: one that failed is data, not an error. */
export const get: Operation<Params> = {
	fields: [generationId, ...outputFileFields, optionsCollection([endpoint, maxFileSize])],

	read({ context }, itemIndex) {
		const form = formParameters(context, itemIndex);
		return {
			id: readGenerationId(form),
			outputFile: readOutputFileSettings(form, optionParameters(context, itemIndex)),
		};
	},

	async execute(session, { id, outputFile }, itemIndex) {
		const result = await pollUntil(
			async (timeLeftMs) => await session.client.getGeneration(id, timeLeftMs),
			{
				initialDelayMs: 0,
				timeoutMs: GET_TIMEOUT_MS,
				typicalMs: session.model.typicalMs,
				until: () => true,
			},
			session.clock,
		);
		if (result.kind === 'reached') {
			return await toItemWithVideo(session, result.generation, outputFile, itemIndex);
		}
		if (result.kind === 'rejected') throw new ActTwoError(result.error, id);
		throw new ActTwoError(result.observed.error ?? NO_STATUS, id);
	},
};
