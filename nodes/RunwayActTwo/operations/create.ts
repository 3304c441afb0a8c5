import type { Model } from '../aimlapi/model';
import { optionsCollection } from '../fields/options';
import { endpoint, maxConcurrentGenerations } from '../fields/perItem';
import { createGeneration } from './steps/createGeneration';
import { creationFields } from './steps/creationRequest';
import type { Creation } from './steps/creationRequest';
import { toItem } from './steps/outputItem';
import type { Operation } from '../execution/operation';

/** How long an item waits for its turn, and a lost creation is searched for. */
const MAX_CREATION_MS = 30 * 60_000;
const MAX_SEARCH_MS = 3 * 60_000;

/** Starts a generation without waiting for its video. */
export function create(model: Model): Operation<Creation> {
	const creations = creationFields(model);
	return {
		fields: [
			...creations.fields,
			optionsCollection([...creations.options, endpoint, maxConcurrentGenerations]),
		],

		isPaid: creations.isPaid,
		read: creations.read,
		check: creations.check,

		async execute(session, creation, itemIndex) {
			const deadline = session.clock.elapsed() + MAX_CREATION_MS;
			const { id, status, usage } = await session.creations.hold(
				async (slot) =>
					await createGeneration(session, creation, itemIndex, {
						slot,
						deadline,
						maxSearchMs: MAX_SEARCH_MS,
					}),
			);
			return toItem({ id, status, phase: 'running', usage }, itemIndex);
		},
	};
}
