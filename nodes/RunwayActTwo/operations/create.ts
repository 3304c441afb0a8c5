import { createOptions } from '../fields/options';
import { generationFields } from '../fields/generation';
import { createGeneration, readRequest } from './steps/createGeneration';
import { toItem } from './steps/output';
import type { Operation } from './index';

/** Starts a generation and goes on without waiting. */
export const create: Operation = {
	fields: [...generationFields, createOptions],

	prepare(context, itemIndex) {
		const request = readRequest(context, itemIndex);
		return async (run) => {
			const { id, status } = await createGeneration(run, await request(), itemIndex);
			return toItem({ id, status, phase: 'running' }, itemIndex);
		};
	},
};
