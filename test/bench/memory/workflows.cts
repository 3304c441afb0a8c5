import type { Workflow, WorkflowNode } from '../../support/n8n/client.cts';
import { ACT_TWO, EXAMPLE_INPUTS, TRIGGER } from '../../support/n8n/workflows.cts';

/** What any manual run costs. */
export const triggerAlone = () => chain([]);

interface Video {
	id: string;
	url: string;
}

/** n8n's own node takes the links as files, the node gets the same videos by their IDs. */
export function downloadByHttpRequest(videos: Video[]): Omit<Workflow, 'id'> {
	return chain([itemsOf(videos), fetchFile('={{ $json.url }}')]);
}

export function downloadByGet(credentialId: string, videos: Video[]): Omit<Workflow, 'id'> {
	const get = { operation: 'get', generationId: '={{ $json.id }}' };
	return chain([itemsOf(videos), actTwo(credentialId, get)]);
}

/** Fetches a file as an item's binary, and with `credentialId` sends it with Create Video. */
export function fileThenCreate(
	url: string,
	parameters: Record<string, unknown>,
	credentialId?: string,
): Omit<Workflow, 'id'> {
	return chain([
		fetchFile(url),
		...(credentialId ? [actTwo(credentialId, { operation: 'create', ...parameters })] : []),
	]);
}

/** So many items by Create Video and Wait, all at once. */
export function manyItems(credentialId: string, count: number): Omit<Workflow, 'id'> {
	const options = { maxConcurrentGenerations: count, checkLinks: false };
	return chain([
		code(`return Array.from({ length: ${count} }, () => ({ json: {} }));`),
		actTwo(credentialId, { downloadVideo: false, options }),
	]);
}

/** Fetches a file, makes so many items of it and with `credentialId` sends each with Create Video. */
export function fileForMany(
	url: string,
	count: number,
	parameters: Record<string, unknown>,
	credentialId?: string,
): Omit<Workflow, 'id'> {
	return chain([
		fetchFile(url),
		code(`return Array.from({ length: ${count} }, () => $input.first());`),
		...(credentialId ? [actTwo(credentialId, { operation: 'create', ...parameters })] : []),
	]);
}

const itemsOf = (videos: Video[]) =>
	code(`return ${JSON.stringify(videos.map((json) => ({ json })))};`);

function fetchFile(url: string): WorkflowNode {
	return {
		name: 'HTTP Request',
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.2,
		parameters: { url, options: { response: { response: { responseFormat: 'file' } } } },
	};
}

function code(jsCode: string): WorkflowNode {
	return { name: 'Items', type: 'n8n-nodes-base.code', typeVersion: 2, parameters: { jsCode } };
}

function actTwo(credentialId: string, parameters: Record<string, unknown>): WorkflowNode {
	return {
		name: ACT_TWO,
		type: 'n8n-nodes-runway-act-two.runwayActTwo',
		typeVersion: 1,
		parameters: { ...EXAMPLE_INPUTS, ...parameters },
		credentials: { aimlapiApi: { id: credentialId, name: 'AIMLAPI' } },
	};
}

function chain(rest: WorkflowNode[]): Omit<Workflow, 'id'> {
	const nodes = [
		{ name: TRIGGER, type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, parameters: {} },
		...rest,
	];
	return {
		name: 'Memory',
		nodes: nodes.map((node, index) => ({
			...node,
			id: `node-${index}`,
			position: [index * 220, 0],
		})),
		connections: Object.fromEntries(
			rest.map(({ name }, index) => [
				nodes[index].name,
				{ main: [[{ node: name, type: 'main', index: 0 }]] },
			]),
		),
	};
}
