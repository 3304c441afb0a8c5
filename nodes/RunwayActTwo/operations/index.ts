import { updateDisplayOptions } from 'n8n-workflow';
import type { INodeProperties } from 'n8n-workflow';

import type { Prepare } from '../execution/run';
import { readChoice } from '../fields/parameters';
import { create } from './create';
import { createAndWait } from './createAndWait';
import { get } from './get';
import { wait } from './wait';

/** One operation: its fields, and what it does to one item. */
export interface Operation {
	fields: INodeProperties[];
	prepare: Prepare;
}

const operations = { createAndWait, create, get, wait } satisfies Record<string, Operation>;

type OperationName = keyof typeof operations;
const OPERATION_NAMES = Object.keys(operations) as OperationName[];

/** The operation that an item asks for. n8n adds one of its own to the list, “Custom API Call”. */
export const prepareOperation: Prepare = (context, itemIndex) => {
	const name = readChoice(context, 'operation', 'Operation', OPERATION_NAMES, itemIndex);
	return operations[name].prepare(context, itemIndex);
};

/** The fields of all operations, each shown for its own operation only. */
export const operationFields: INodeProperties[] = Object.entries(operations).flatMap(
	([operation, { fields }]) => updateDisplayOptions({ show: { operation: [operation] } }, fields),
);
