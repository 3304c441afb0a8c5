import { itemsOf } from './client.cts';
import type { Execution, Item, N8nClient } from './client.cts';
import { ACT_TWO, actTwoWorkflow, TRIGGER } from './workflows.cts';

/** Status checks that meet faults are repeated for a long time. */
const MAX_RUN_MS = 300_000;
const ASK_EVERY_MS = 500;
const FIRST_LIMIT = 300;

/** A line of Get Many Videos. */
export interface Listed {
	id: string;
	createdAt: string;
	clientRequestId?: string;
	executionId?: string;
}

/** What users do to get back what an execution that is gone has paid for. */
export class Recovery {
	constructor(
		private readonly client: N8nClient,
		private readonly credentialId: string,
		private readonly onExecution: (execution: Execution) => void = () => {},
	) {}

	/** All generations created since then, in milliseconds since 1970, by Get Many Videos. */
	async listSince(start: number): Promise<Listed[]> {
		for (let limit = FIRST_LIMIT; ; limit *= 2) {
			const execution = await this.untilSuccess({ operation: 'getMany', limit }, [{}]);
			const rows = itemsOf(execution, ACT_TWO).map(({ json }) => json as unknown as Listed);
			const recent = rows.filter(({ createdAt }) => Date.parse(createdAt) >= start);
			if (recent.length < limit) return recent;
		}
	}

	/** One item for each ID by Wait for Video; without its file where the download failed. */
	async wait(ids: string[]): Promise<Item[]> {
		return await this.byId('wait', ids, { pollingInterval: 1 });
	}

	/** The same by Get Video. */
	async get(ids: string[]): Promise<Item[]> {
		return await this.byId('get', ids, {});
	}

	private async byId(operation: string, ids: string[], options: object): Promise<Item[]> {
		const execution = await this.untilSuccess(
			{ operation, generationId: '={{ $json.id }}', options },
			ids.map((id) => ({ id })),
		);
		return itemsOf(execution, ACT_TWO);
	}

	private async untilSuccess(parameters: Record<string, unknown>, items: object[]) {
		const workflow = await this.client.createWorkflow(
			actTwoWorkflow(this.credentialId, parameters, items),
		);
		for (const start = Date.now(); Date.now() - start < MAX_RUN_MS; ) {
			const id = await this.client.run(workflow, TRIGGER);
			const execution = await this.client.ended(id, MAX_RUN_MS, ASK_EVERY_MS);
			this.onExecution(execution);
			if (execution.status === 'success') return execution;
		}
		throw new Error(`${String(parameters.operation)} did not succeed within ${MAX_RUN_MS} ms`);
	}
}
