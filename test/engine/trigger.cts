import { createRequire } from 'node:module';
import { PollContext } from 'n8n-core';
import { Workflow } from 'n8n-workflow';
import type {
	IDataObject,
	INode,
	INodeExecutionData,
	INodeType,
	WorkflowActivateMode,
	WorkflowExecuteMode,
} from 'n8n-workflow';

import { additionalData, prepareBinaryStorage } from './engine.cts';
import type { NodeSettings } from './engine.cts';

const { RunwayActTwoTrigger } = createRequire(__filename)('../../index.js') as {
	RunwayActTwoTrigger: new () => INodeType;
};

/**
 * A published workflow with the built trigger in n8n-core's own poll context. As in n8n, static data is
 * saved when the workflow is activated and when a poll hands on items, and at no other time.
 */
export class PublishedTrigger {
	/** What the database holds. */
	saved: IDataObject = {};
	private context: PollContext | undefined;
	private workflow: Workflow | undefined;
	private readonly type = new RunwayActTwoTrigger();

	constructor(
		private readonly credential: NodeSettings['credential'],
		private readonly parameters: IDataObject = {},
	) {}

	/** Publishing, or a start of n8n (`init`); with it comes the first poll. */
	async activate(mode: WorkflowActivateMode = 'activate'): Promise<INodeExecutionData[]> {
		await prepareBinaryStorage();
		this.context = this.contextOf('trigger', mode);
		const items = await this.poll();
		this.save();
		return items;
	}

	async poll(): Promise<INodeExecutionData[]> {
		const items = await this.pollAs(this.context as PollContext);
		if (items.length > 0) this.save();
		return items;
	}

	/** n8n is killed and started again. */
	async restart(): Promise<INodeExecutionData[]> {
		return await this.activate('init');
	}

	/** What a person gets by Fetch Test Event. */
	async fetchTestEvent(): Promise<INodeExecutionData[]> {
		await prepareBinaryStorage();
		return await this.pollAs(this.contextOf('manual', 'manual'));
	}

	private async pollAs(context: PollContext): Promise<INodeExecutionData[]> {
		return (await this.type.poll?.call(context))?.[0] ?? [];
	}

	private save(): void {
		this.saved = JSON.parse(JSON.stringify(this.workflow?.staticData ?? {})) as IDataObject;
	}

	private contextOf(mode: WorkflowExecuteMode, activation: WorkflowActivateMode): PollContext {
		const node: INode = {
			id: 'trigger',
			name: 'Runway Act-Two Trigger',
			type: 'n8n-nodes-runway-act-two.runwayActTwoTrigger',
			typeVersion: 1,
			position: [0, 0],
			parameters: this.parameters as INode['parameters'],
			credentials: { aimlapiApi: { id: '1', name: 'AIMLAPI' } },
		};
		const workflow = new Workflow({
			id: 'workflow',
			nodes: [node],
			connections: {},
			active: true,
			staticData: JSON.parse(JSON.stringify(this.saved)) as IDataObject,
			nodeTypes: {
				getByName: () => this.type,
				getByNameAndVersion: () => this.type,
				getKnownTypes: () => ({}),
			},
		});
		if (mode !== 'manual') this.workflow = workflow;
		const own = workflow.getNode(node.name) as INode;
		return new PollContext(
			workflow,
			own,
			additionalData({ credential: this.credential }),
			mode,
			activation,
		);
	}
}
