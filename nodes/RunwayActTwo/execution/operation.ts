import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';

import type { ErrorDetails } from '../errors';
import type { Session, SharedSession } from './session';

export interface ItemOf<Params> {
	session: Session;
	params: Params;
	itemIndex: number;
}

export interface Refusal {
	error: ErrorDetails;
	/** The items that it is about. */
	itemIndexes: number[];
}

/** One operation in phases: all items are read, then all are checked, before the first is executed. */
export interface Operation<Params = unknown> {
	fields: INodeProperties[];
	/** Whether the item's generation was created before, so that nothing may keep it from its video. */
	isPaid?(session: SharedSession, itemIndex: number): boolean;
	/**
	 * Reads and checks one item's parameters without sending anything.
	 * @throws ActTwoError naming the field
	 */
	read(session: Session, itemIndex: number): Params;
	/**
	 * Checks one item's files and links before anything is paid for.
	 * @throws ActTwoError when it is certain that they cannot be used
	 */
	check?(session: Session, params: Params, itemIndex: number): Promise<Params>;
	/**
	 * Decides about all items together, before the first is executed.
	 * @returns why nothing may be sent for some of them; undefined when all may be executed
	 */
	refuse?(items: Array<ItemOf<Params>>): Promise<Refusal | undefined>;
	/** Does the work of one item. @throws ActTwoError, with the generation ID once there is one */
	execute(
		session: Session,
		params: Params,
		itemIndex: number,
	): Promise<INodeExecutionData | INodeExecutionData[]>;
}
