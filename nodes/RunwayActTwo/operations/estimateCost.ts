import type { IDataObject } from 'n8n-workflow';

import type { Model } from '../aimlapi/model';
import { toHundredthsOfACent } from '../aimlapi/prices';
import type { Operation } from '../execution/operation';
import { optionsCollection } from '../fields/options';
import type { CheckedSource } from '../media/source';
import { checkRequest, creationFields } from './steps/creationRequest';
import type { CreationRequest } from './steps/creationRequest';
import { estimate, findBalance, findTypicalSeconds } from './steps/estimate';
import { itemOf } from './steps/outputItem';

/**
 * What Create Video would cost with the same inputs, which it checks in the same way. Pays nothing. What
 * is not known is absent, and a hint says why.
 */
export function estimateCost(model: Model): Operation<CreationRequest> {
	const creation = creationFields(model);
	return {
		fields: [...creation.fields, optionsCollection([...creation.options])],
		read: creation.readRequest,
		check: checkRequest,

		async execute(session, request, itemIndex) {
			const [{ price, seconds, costUsd, frameSize }, balance, typical] = await Promise.all([
				estimate(session, request),
				findBalance(session),
				findTypicalSeconds(session),
			]);
			const { hints } = session;
			if (price.kind === 'unknown') hints.notKnown('The price', price.reason);
			if (price.kind === 'perVideo') {
				hints.notKnown('The price of a second', 'AIMLAPI charges by the video');
			}
			if (seconds === undefined) {
				hints.notKnown(
					'The length of the reference video',
					request.reference.kind === 'url'
						? 'its host or the file does not say, or Check Links is off'
						: 'the file does not say',
				);
			}
			if ('reason' in balance) hints.notKnown('The balance', balance.reason);
			if ('reason' in typical) hints.notKnown('How long it takes now', typical.reason);
			return itemOf(
				{
					estimatedCostUsd: costUsd,
					pricePerSecondUsd: price.kind === 'perSecond' ? price.usd : undefined,
					durationSeconds: seconds,
					balanceUsd: 'value' in balance ? toHundredthsOfACent(balance.value) : undefined,
					typicalSeconds: 'value' in typical ? { ...typical.value } : undefined,
					frameSize,
					character: describeInput(request.character),
					reference: describeInput(request.reference),
				},
				itemIndex,
			);
		},
	};
}

/** What an input is by its own bytes, or by what its host says. */
function describeInput({ info }: CheckedSource): IDataObject | undefined {
	if (!info) return undefined;
	const { kind, name, width, height } = info;
	return {
		kind,
		format: name,
		...(width !== undefined && height !== undefined && { width, height }),
	};
}
