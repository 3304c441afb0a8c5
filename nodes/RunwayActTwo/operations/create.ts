import type { Model } from '../aimlapi/model';
import { optionsCollection } from '../fields/options';
import { maxCost } from '../fields/maxCost';
import { endpoint, maxConcurrentGenerations } from '../fields/perItem';
import { reuseRecent } from '../fields/reuse';
import { createGeneration } from './steps/createGeneration';
import { creationFields } from './steps/creationRequest';
import type { Creation } from './steps/creationRequest';
import { refusalAboveMaxCost } from './steps/maxCost';
import { markReused, toItem } from './steps/outputItem';
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
			optionsCollection([
				...creations.options,
				endpoint,
				maxConcurrentGenerations,
				maxCost,
				reuseRecent,
			]),
		],

		isPaid: creations.isPaid,
		read: creations.read,
		check: creations.check,
		refuse: refusalAboveMaxCost((creation) => creation),

		async execute(session, creation, itemIndex) {
			const deadline = session.clock.elapsed() + MAX_CREATION_MS;
			const { id, status, usage, reused } = await session.creations.hold(
				async (slot) =>
					await createGeneration(session, creation, itemIndex, {
						slot,
						deadline,
						maxSearchMs: MAX_SEARCH_MS,
					}),
			);
			return markReused(toItem({ id, status, phase: 'running', usage }, itemIndex), reused);
		},
	};
}
