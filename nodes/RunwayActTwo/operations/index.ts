import { updateDisplayOptions } from 'n8n-workflow';
import type { INodeProperties } from 'n8n-workflow';

import type { Prepare } from '../execution/run';
import { create } from './create';
import { createAndWait } from './createAndWait';
import { get } from './get';
import { wait } from './wait';

/** One operation: its fields, and what it does to one item. */
export interface Operation {
	fields: INodeProperties[];
	prepare: Prepare;
}

export const operations = { createAndWait, create, get, wait } satisfies Record<string, Operation>;

export type OperationName = keyof typeof operations;

/** The fields of all operations, each shown for its own operation only. */
export const operationFields: INodeProperties[] = Object.entries(operations).flatMap(
	([operation, { fields }]) => updateDisplayOptions({ show: { operation: [operation] } }, fields),
);
