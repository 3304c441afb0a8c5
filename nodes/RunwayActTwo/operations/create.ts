import { createOptions } from '../fields/options';
import { generationFields } from '../fields/generation';
import { createGeneration, readOrder } from './steps/createGeneration';
import { toItem } from './steps/output';
import type { Operation } from './index';

/** Starts a generation and goes on without waiting. */
export const create: Operation = {
	fields: [...generationFields, createOptions],

	prepare(context, itemIndex) {
		const order = readOrder(context, itemIndex);
		return async (run) => {
			const { id, status } = await createGeneration(run, await order(), itemIndex);
			return toItem({ id, status, phase: 'running' }, itemIndex);
		};
	},
};
