import type { Workflow, WorkflowNode } from '../../support/n8n/client.cts';
import { EXAMPLE_INPUTS, TRIGGER } from '../../support/n8n/workflows.cts';

/** The create and retrieve URL of the fake API, as users copy it from the API's documents. */
const PATH = '/v2/generate/video/runway/generation';

/**
 * What users build without the node: HTTP Request POST, Wait 10 s, HTTP Request GET, IF completed,
 * else back to Wait. All of it n8n's own nodes with their defaults.
 * @param credentialId a Header Auth credential with the key
 */
export function loopWorkflow(
	baseUrl: string,
	credentialId: string,
	items: object[],
): Omit<Workflow, 'id'> {
	const authentication = {
		authentication: 'genericCredentialType',
		genericAuthType: 'httpHeaderAuth',
	};
	const credentials = { httpHeaderAuth: { id: credentialId, name: 'Header Auth' } };
	const body = {
		model: 'runway/act_two',
		character: { type: EXAMPLE_INPUTS.characterType, url: EXAMPLE_INPUTS.characterUrl },
		reference: { type: 'video', url: EXAMPLE_INPUTS.referenceUrl },
		frame_size: EXAMPLE_INPUTS.frameSize,
	};
	const nodes: WorkflowNode[] = [
		{ name: TRIGGER, type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, parameters: {} },
		{
			name: 'Items',
			type: 'n8n-nodes-base.code',
			typeVersion: 2,
			parameters: { jsCode: `return ${JSON.stringify(items.map((json) => ({ json })))};` },
		},
		{
			name: 'Create',
			type: 'n8n-nodes-base.httpRequest',
			typeVersion: 4.2,
			parameters: {
				...authentication,
				method: 'POST',
				url: baseUrl + PATH,
				sendBody: true,
				specifyBody: 'json',
				jsonBody: JSON.stringify(body),
				options: {},
			},
			credentials,
		},
		{
			name: 'Wait',
			type: 'n8n-nodes-base.wait',
			typeVersion: 1.1,
			parameters: { amount: 10 },
			webhookId: '5d0f6f0a-3f0e-4c7e-9d0b-0d8f3b1f5a10',
		},
		{
			name: 'Get status',
			type: 'n8n-nodes-base.httpRequest',
			typeVersion: 4.2,
			parameters: {
				...authentication,
				url: baseUrl + PATH,
				sendQuery: true,
				queryParameters: { parameters: [{ name: 'generation_id', value: '={{ $json.id }}' }] },
				options: {},
			},
			credentials,
		},
		{
			name: 'Completed?',
			type: 'n8n-nodes-base.if',
			typeVersion: 2.2,
			parameters: {
				conditions: {
					options: { caseSensitive: true, typeValidation: 'strict', version: 2 },
					conditions: [
						{
							id: '8e4f6f0a-3f0e-4c7e-9d0b-0d8f3b1f5a11',
							leftValue: '={{ $json.status }}',
							rightValue: 'completed',
							operator: { type: 'string', operation: 'equals' },
						},
					],
					combinator: 'and',
				},
				options: {},
			},
		},
		{ name: DONE, type: 'n8n-nodes-base.noOp', typeVersion: 1, parameters: {} },
	];
	const to = (node: string) => [{ node, type: 'main', index: 0 }];
	return {
		name: 'The loop',
		nodes: nodes.map((node, index) => ({
			id: `node-${index}`,
			position: [index * 220, 0],
			...node,
		})),
		connections: {
			[TRIGGER]: { main: [to('Items')] },
			Items: { main: [to('Create')] },
			Create: { main: [to('Wait')] },
			Wait: { main: [to('Get status')] },
			'Get status': { main: [to('Completed?')] },
			'Completed?': { main: [to(DONE), to('Wait')] },
		},
	};
}

/** The node of the loop that gets what is completed. */
export const DONE = 'Done';
