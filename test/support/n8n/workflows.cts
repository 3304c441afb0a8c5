import type { Workflow, WorkflowNode } from './client.cts';

export const TRIGGER = 'When clicking ‘Execute workflow’';
export const ACT_TWO = 'Runway Act-Two';
export const WAIT = 'Wait for Video';

/** The documents' own example: https://docs.aimlapi.com/api-references/video-models/runway/act_two */
export const EXAMPLE_INPUTS = {
	characterType: 'image',
	characterSource: 'url',
	characterUrl:
		'https://raw.githubusercontent.com/aimlapi/api-docs/main/reference-files/mona_lisa_extended.jpg',
	referenceSource: 'url',
	referenceUrl:
		'https://zovi0.github.io/public_misc/kling-video-v1.6-pro-text-to-video-dancing-woman-output.mp4',
	frameSize: '1280:720',
};

/**
 * A manual trigger, the items, the node.
 * @param settings of the node itself, such as onError or retryOnFail
 */
export function actTwoWorkflow(
	credentialId: string,
	parameters: Record<string, unknown>,
	items: object[] = [{}],
	settings: Record<string, unknown> = {},
): Omit<Workflow, 'id'> {
	const nodes: WorkflowNode[] = [
		{
			name: TRIGGER,
			type: 'n8n-nodes-base.manualTrigger',
			typeVersion: 1,
			parameters: {},
		},
		{
			name: 'Items',
			type: 'n8n-nodes-base.code',
			typeVersion: 2,
			parameters: { jsCode: `return ${JSON.stringify(items.map((json) => ({ json })))};` },
		},
		{
			name: ACT_TWO,
			type: 'n8n-nodes-runway-act-two.runwayActTwo',
			typeVersion: 1,
			parameters: { ...EXAMPLE_INPUTS, ...parameters },
			credentials: { aimlapiApi: { id: credentialId, name: 'AIMLAPI' } },
			...settings,
		},
	];
	return {
		name: 'Act-Two',
		nodes: nodes.map((node, index) => ({
			id: `node-${index}`,
			position: [index * 220, 0],
			...node,
		})),
		connections: {
			[TRIGGER]: { main: [[{ node: 'Items', type: 'main', index: 0 }]] },
			Items: { main: [[{ node: ACT_TWO, type: 'main', index: 0 }]] },
		},
	};
}

/** The same workflow, started by a call of /webhook/stopped. */
export function onWebhook(
	{ nodes, ...workflow }: Omit<Workflow, 'id'>,
	path: string,
): Omit<Workflow, 'id'> {
	const webhook = {
		...nodes[0],
		type: 'n8n-nodes-base.webhook',
		typeVersion: 2,
		webhookId: path,
		parameters: { path, options: {} },
	};
	return { ...workflow, nodes: [webhook, ...nodes.slice(1)] };
}

/** A workflow that n8n starts when another one has failed. */
export function errorWorkflow(): Omit<Workflow, 'id'> {
	const trigger = {
		id: 'error',
		name: 'Error Trigger',
		type: 'n8n-nodes-base.errorTrigger',
		typeVersion: 1,
		position: [0, 0] as [number, number],
		parameters: {},
	};
	return { name: 'When one fails', nodes: [trigger], connections: {} };
}

/**
 * Create Video, then Wait for Video, with the progress of the execution saved after each node.
 * @param parameters of Create Video
 */
export function createThenWait(
	credentialId: string,
	parameters: Record<string, unknown> = {},
	items?: object[],
): Omit<Workflow, 'id'> {
	const created = actTwoWorkflow(credentialId, { operation: 'create', ...parameters }, items);
	const wait = {
		...created.nodes[created.nodes.length - 1],
		id: 'wait',
		name: WAIT,
		parameters: {
			operation: 'wait',
			generationId: '={{ $json.id }}',
			options: { pollingInterval: 1 },
		},
	};
	return {
		...created,
		nodes: [...created.nodes, wait],
		connections: {
			...created.connections,
			[ACT_TWO]: { main: [[{ node: WAIT, type: 'main', index: 0 }]] },
		},
		settings: { executionOrder: 'v1', saveExecutionProgress: true },
	};
}

export const USE_THE_VIDEO = 'Use the Video';
export const VIDEO_TRIGGER = 'Runway Act-Two Trigger';

/** Starts with each finished video, asking for new ones once a minute. */
export function triggerWorkflow(
	credentialId: string,
	parameters: Record<string, unknown> = {},
): Omit<Workflow, 'id'> {
	return {
		name: 'Use the Videos',
		nodes: [
			{
				id: 'trigger',
				name: VIDEO_TRIGGER,
				type: 'n8n-nodes-runway-act-two.runwayActTwoTrigger',
				typeVersion: 1,
				position: [0, 0],
				parameters: { pollTimes: { item: [{ mode: 'everyMinute' }] }, ...parameters },
				credentials: { aimlapiApi: { id: credentialId, name: 'AIMLAPI' } },
			},
			{
				id: 'use',
				name: USE_THE_VIDEO,
				type: 'n8n-nodes-base.noOp',
				typeVersion: 1,
				position: [220, 0],
				parameters: {},
			},
		],
		connections: {
			[VIDEO_TRIGGER]: { main: [[{ node: USE_THE_VIDEO, type: 'main', index: 0 }]] },
		},
	};
}
