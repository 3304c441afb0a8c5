import { updateDisplayOptions } from 'n8n-workflow';
import type { IExecuteFunctions } from 'n8n-workflow';

import type { Model } from '../aimlapi/model';
import { operation } from '../fields/operation';
import { formParameters, readChoice } from '../fields/read';
import { create } from './create';
import { createAndWait } from './createAndWait';
import { estimateCost } from './estimateCost';
import { get } from './get';
import { getMany } from './getMany';
import type { Operation } from '../execution/operation';
import { wait } from './wait';

/** What the node does with a model. */
export function operationsOf(model: Model) {
	const operations = {
		createAndWait: createAndWait(model),
		create: create(model),
		estimateCost: estimateCost(model),
		get,
		getMany,
		wait,
	} satisfies Record<string, Operation>;
	return {
		/** The fields of all operations, each shown for its own operation only. */
		fields: Object.entries(operations).flatMap(([name, { fields }]) =>
			updateDisplayOptions({ show: { [operation.name]: [name] } }, fields),
		),

		/** The operation that an item asks for. n8n adds one of its own to the list, “Custom API Call”. */
		operationOf: (context: IExecuteFunctions, itemIndex: number): Operation =>
			operations[
				readChoice<keyof typeof operations>(formParameters(context, itemIndex), operation)
			],
	};
}
