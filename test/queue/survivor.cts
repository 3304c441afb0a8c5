import { setUpExample } from '../support/examples.cts';
import type { N8nClient, Workflow } from '../support/n8n/client.cts';

/** The trigger of its second part. */
export const EVERY_MINUTE = 'Every Minute';

interface Row {
	generationId: string;
	done: boolean;
}

/** The path of a data table under /rest. */
export type DataTable = string;

/** The example that users import, with the credential set. */
export function survivor(aimlapiApi: string): Omit<Workflow, 'id'> {
	return setUpExample('survive-a-crash', { aimlapiApi });
}

/** Makes the data table that the example asks its user for. */
export async function addTable(client: N8nClient): Promise<DataTable> {
	const { id: project } = (await client.call('GET', '/projects/personal')) as { id: string };
	const path = `/projects/${project}/data-tables`;
	const columns = [
		{ name: 'generationId', type: 'string' },
		{ name: 'done', type: 'boolean' },
	];
	const table = { name: 'act-two-generations', columns };
	const { id } = (await client.call('POST', path, table)) as { id: string };
	return `${path}/${id}`;
}

export async function rowsOf(client: N8nClient, table: DataTable): Promise<Row[]> {
	return ((await client.call('GET', `${table}/rows`)) as { data: Row[] }).data;
}

/** The IDs of the executions that a workflow's own triggers started, newest first. */
export async function executionsOf(client: N8nClient, workflow: Workflow): Promise<string[]> {
	const filter = JSON.stringify({ workflowId: workflow.id, mode: 'trigger' });
	const path = `/executions?filter=${encodeURIComponent(filter)}`;
	const { results } = (await client.call('GET', path)) as { results: Array<{ id: string }> };
	return results.map(({ id }) => id);
}
