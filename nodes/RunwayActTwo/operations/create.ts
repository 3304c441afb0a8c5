import type { Model } from '../aimlapi/model';
import { optionsCollection } from '../fields/options';
import { endpoint, maxConcurrentGenerations } from '../fields/perExecution';
import { createGeneration } from './steps/createGeneration';
import { checkRequest, creationFields } from './steps/creationRequest';
import type { CreationRequest } from './steps/creationRequest';
import { toItem } from './steps/outputItem';
import type { Operation } from '../execution/operation';

/** Starts a generation without waiting for its video. */
export function create(model: Model): Operation<CreationRequest> {
	const creation = creationFields(model);
	return {
		fields: [
			...creation.fields,
			optionsCollection([...creation.options, endpoint, maxConcurrentGenerations]),
		],

		read: creation.read,
		check: checkRequest,

		async execute(session, request, itemIndex) {
			const { id, status, usage } = await session.creations.hold(
				async (slot) => await createGeneration(session, request, itemIndex, slot),
			);
			return toItem({ id, status, phase: 'running', usage }, itemIndex);
		},
	};
}
