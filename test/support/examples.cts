import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Workflow, WorkflowNode } from './n8n/client.cts';

export const NOTE_TYPE = 'n8n-nodes-base.stickyNote';
/** Another folder holds the examples as an earlier release had them. */
const FOLDER = process.env.ACT_TWO_EXAMPLES ?? 'examples';

/** The credential a node of ours or n8n's takes in the examples. */
export const CREDENTIAL_TYPES: Partial<Record<string, string>> = {
	'n8n-nodes-runway-act-two.runwayActTwo': 'aimlapiApi',
	'n8n-nodes-runway-act-two.runwayActTwoTool': 'aimlapiApi',
	'n8n-nodes-runway-act-two.runwayActTwoTrigger': 'aimlapiApi',
	'n8n-nodes-base.slack': 'slackApi',
	'n8n-nodes-base.googleDrive': 'googleDriveOAuth2Api',
	'n8n-nodes-base.googleSheets': 'googleSheetsOAuth2Api',
	'n8n-nodes-base.googleDriveTrigger': 'googleDriveOAuth2Api',
	'n8n-nodes-base.telegram': 'telegramApi',
	'n8n-nodes-base.telegramTrigger': 'telegramApi',
	'@n8n/n8n-nodes-langchain.lmChatOpenAi': 'openAiApi',
	'@n8n/n8n-nodes-langchain.mcpTrigger': 'httpBearerAuth',
};

type Parameters = WorkflowNode['parameters'] & Record<string, never>;

/** The names of the example files, without their ending. */
export function exampleNames(): string[] {
	return readdirSync(FOLDER).map((file) => file.replace(/\.json$/, ''));
}

export function readExample(name: string): Omit<Workflow, 'id'> {
	return JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')) as Omit<Workflow, 'id'>;
}

/** What an example's sticky notes say. */
export function notesOf({ nodes }: Omit<Workflow, 'id'>): string {
	const notes = nodes.filter(({ type }) => type === NOTE_TYPE);
	return notes.map(({ parameters }) => String(parameters.content)).join('\n');
}

/**
 * An example as its user sets it up.
 * @param credentials IDs by credential type
 * @param settings by node name, what to change in its parameters
 * @throws Error for a node that the example's note does not name
 */
export function setUpExample(
	name: string,
	credentials: Record<string, string>,
	settings: Partial<Record<string, (parameters: Parameters) => void>> = {},
): Omit<Workflow, 'id'> {
	const example = readExample(name);
	const notes = notesOf(example);
	for (const node of example.nodes) {
		const type = CREDENTIAL_TYPES[node.type];
		const change = settings[node.name];
		if ((type || change) && !notes.includes(`**${node.name}**`)) {
			throw new Error(`The note of ${name} does not say that ${node.name} has to be set`);
		}
		if (type) node.credentials = { [type]: { id: credentials[type], name: type } };
		change?.(node.parameters as Parameters);
	}
	return example;
}
