import type { IBinaryKeyData, IDataObject, INodeExecutionData } from 'n8n-workflow';

import type { NodeProcess } from '../loadNode.cts';
import type { MemoryApi } from '../memoryApi.cts';
import type { World } from '../world.cts';
import type { Files } from './files.cts';
import type { InFront } from './inFront.cts';
import type { Operation, Plan } from './plan.cts';

export interface Item {
	/** What names its character, of an item that asks for a video. */
	picture?: string;
	json: IDataObject;
	binary?: IBinaryKeyData;
}

/** One run of one node, in the world's milliseconds. */
export interface Run {
	operation: Operation;
	items: Item[];
	startedAt: number;
	stoppedAt?: number;
	endedAt?: number;
	outputs: INodeExecutionData[];
	error?: Error;
}

/** An execution of the workflow, and those that retry it. */
export interface Execution {
	plan: Plan;
	ids: string[];
	/** Where it runs. */
	process: NodeProcess;
	runs: Run[];
	customData: Map<string, string>;
	/** What n8n keeps for each node. */
	nodeContexts: Array<Record<string, unknown>>;
	isOver: boolean;
}

/** One seed's world, and what came to pass in it. */
export interface Told {
	plan: Plan;
	world: World;
	api: MemoryApi;
	inFront: InFront;
	files: Files;
	executions: Execution[];
	/** The last of them: one more item, and a list of all that was paid for. */
	rest: Execution[];
	/** How many have run the node. */
	processes: number;
	wasKilled: boolean;
	/** The promises that were broken. */
	broken: Set<string>;
}
