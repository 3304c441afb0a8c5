import { endpoint, maxConcurrentGenerations } from '../fields/perExecution';
import { generationOptions } from '../fields/generation';
import { optionsCollection } from '../fields/options';
import { createGeneration } from './steps/createGeneration';
import { checkRequest, creationFields, readRequest } from './steps/creationRequest';
import type { CreationRequest } from './steps/creationRequest';
import { toItem } from './steps/outputItem';
import type { Operation } from '../execution/operation';

/** Starts a generation without waiting for its video. */
export const create: Operation<CreationRequest> = {
	fields: [
		...creationFields,
		optionsCollection([...generationOptions, endpoint, maxConcurrentGenerations]),
	],

	read: readRequest,
	check: checkRequest,

	async execute(session, request, itemIndex) {
		const { id, status, usage } = await createGeneration(session, request, itemIndex);
		return toItem({ id, status, phase: 'running', usage }, itemIndex);
	},
};
