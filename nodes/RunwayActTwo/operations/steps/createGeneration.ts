import type { IExecuteFunctions } from 'n8n-workflow';

import { MODEL } from '../../aimlapi/contract';
import type { GenerationRequest } from '../../aimlapi/contract';
import { TroubleError } from '../../aimlapi/trouble';
import type { Trouble } from '../../aimlapi/trouble';
import { readSource } from '../../media/source';
import { backoffDelay } from '../../waiting/schedule';
import { creationMemory, SENT } from '../../execution/memory';
import type { CreationMemory } from '../../execution/memory';
import { readGenerationSettings } from '../../fields/parameters';
import type { Run } from '../../execution/run';

/** How long refusals for want of room (HTTP 429) without any progress are met with another try. */
const PATIENCE_MS = 5 * 60_000;
/** How often a request that never arrived is sent. A wrong Base URL should be told soon. */
const SENDS_WITHOUT_CONNECTION = 4;

export interface Creation {
	id: string;
	/** Whether this run sent the POST, or an earlier one of the same execution. */
	fresh: boolean;
	status: string;
	memory: CreationMemory;
}

export interface Order {
	request: GenerationRequest;
	/** What makes it this request and no other, in parts, however often its files are read. */
	identity: string[];
}

/** Reads and checks the fields of a creation. The returned function gives what to send. */
export function readOrder(context: IExecuteFunctions, itemIndex: number): () => Promise<Order> {
	const settings = readGenerationSettings(context, itemIndex);
	const character = readSource(
		context,
		{ name: 'character', field: 'Character', type: settings.characterType },
		itemIndex,
	);
	const reference = readSource(
		context,
		{ name: 'reference', field: 'Reference Video', type: 'video' },
		itemIndex,
	);
	const rest = {
		frame_size: settings.frameSize,
		...(settings.bodyControl !== undefined && { body_control: settings.bodyControl }),
		...(settings.expressionIntensity !== undefined && {
			expression_intensity: settings.expressionIntensity,
		}),
		...(settings.seed !== undefined && { seed: settings.seed }),
	};
	return async () => {
		const characterMedia = await character();
		const referenceMedia = await reference();
		return {
			request: {
				model: MODEL,
				character: { type: settings.characterType, url: characterMedia.url },
				reference: { type: 'video', url: referenceMedia.url },
				...rest,
			},
			identity: [
				settings.characterType,
				characterMedia.identity,
				referenceMedia.identity,
				JSON.stringify(rest),
			],
		};
	};
}

/**
 * Creates the generation of one item, or takes up the one that an earlier run of the same execution
 * created. A POST is sent again only when the API certainly did not accept the one before.
 * @param patienceMs how long refusals are tried again, 5 minutes at most
 * @throws TroubleError when it is rejected, refused for too long, or its outcome is unknown
 */
export async function createGeneration(
	run: Run,
	{ request, identity }: Order,
	itemIndex: number,
	patienceMs = PATIENCE_MS,
): Promise<Creation> {
	const memory = creationMemory(run.context, itemIndex, identity);
	const earlier = memory.recall();
	if (earlier === SENT) throw new TroubleError(SENT_BEFORE);
	if (earlier !== undefined) return { id: earlier, fresh: false, status: 'queued', memory };

	const patience = Math.min(PATIENCE_MS, patienceMs);
	let sendsWithoutConnection = 0;
	for (let attempt = 1; ; attempt++) {
		run.signal.throwIfAborted();
		memory.sending();
		const verdict = await run.client.create(request);
		switch (verdict.kind) {
			case 'accepted':
				run.admission.accepted();
				memory.created(verdict.generation.id);
				run.context.logger.info(`Act-Two generation ${verdict.generation.id} created`);
				return {
					id: verdict.generation.id,
					fresh: true,
					status: verdict.generation.status,
					memory,
				};
			case 'uncertain':
				throw new TroubleError(verdict.trouble);
			case 'rejected':
				memory.forget();
				throw new TroubleError(verdict.trouble);
			case 'unsent':
				memory.forget();
				if (++sendsWithoutConnection >= SENDS_WITHOUT_CONNECTION) {
					throw new TroubleError(verdict.trouble);
				}
				await run.clock.sleep(backoffDelay(sendsWithoutConnection, run.clock.random()));
				break;
			case 'refused': {
				memory.forget();
				if (await run.admission.madeRoom()) break;
				const delay = backoffDelay(attempt, run.clock.random(), verdict.retryAfterMs);
				if (run.admission.refusedForMs() + delay > patience) {
					throw new TroubleError(verdict.trouble);
				}
				await run.clock.sleep(delay);
			}
		}
	}
}

const SENT_BEFORE: Trouble = {
	message:
		'This item was sent to AIMLAPI before without a readable answer, so a generation may have been started',
	description:
		'It was not sent again, because that could cost credits twice. Check your usage at https://aimlapi.com/app/billing/ first; to create the video again, start a new execution.',
};
