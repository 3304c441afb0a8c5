import { updateDisplayOptions } from 'n8n-workflow';
import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { operation } from '../fields/operation';
import { formParameters, readChoice } from '../fields/read';
import { create } from './create';
import { createAndWait } from './createAndWait';
import { get } from './get';
import { getMany } from './getMany';
import type { Operation } from '../execution/operation';
import { wait } from './wait';

const operations = { createAndWait, create, get, getMany, wait } satisfies Record<
	string,
	Operation
>;

/** The operation that an item asks for. n8n adds one of its own to the list, “Custom API Call”. */
export function operationOf(context: IExecuteFunctions, itemIndex: number): Operation {
	return operations[
		readChoice<keyof typeof operations>(formParameters(context, itemIndex), operation)
	];
}

/** The fields of all operations, each shown for its own operation only. */
export const operationFields: INodeProperties[] = Object.entries(operations).flatMap(
	([name, { fields }]) => updateDisplayOptions({ show: { operation: [name] } }, fields),
);
