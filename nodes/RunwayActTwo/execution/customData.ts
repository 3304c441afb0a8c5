import type { IExecuteFunctions } from 'n8n-workflow';

/** n8n keeps at most 10 entries of custom data, of 255 characters each; the user may want some too. */
const MAX_ENTRIES = 6;
const MAX_ENTRY_LENGTH = 255;

interface CustomData {
	get(key: string): string | undefined;
	set(key: string, value: string): void;
}

/**
 * Notes generation IDs in the execution's custom data, which n8n keeps when an execution is stopped. By
 * the workflow data proxy, the way of n8n's Code node, which 1.123 and 2.41 share: nodes have
 * `this.customData` in newer releases only. What has no room there is named in n8n's log.
 */
export function customDataNotes(context: IExecuteFunctions): (id: string) => void {
	let customData: CustomData | undefined;
	return (id) => {
		try {
			customData ??= customDataOf(context);
			if (customData && note(customData, id)) return;
			context.logger.warn(`Act-Two generation ${id} is not in the custom data: no room is left`);
		} catch {
			context.logger.warn(`Act-Two generation ${id} could not be saved in the custom data`);
		}
	};
}

function note(customData: CustomData, id: string): boolean {
	for (let entry = 1; entry <= MAX_ENTRIES; entry++) {
		const key = `actTwoGenerations${entry}`;
		const saved = customData.get(key);
		const ids = saved ? `${saved} ${id}` : id;
		if (ids.length > MAX_ENTRY_LENGTH) continue;
		customData.set(key, ids);
		return true;
	}
	return false;
}

function customDataOf(context: IExecuteFunctions): CustomData | undefined {
	const { $execution } = context.getWorkflowDataProxy(0);
	return ($execution as { customData?: CustomData } | undefined)?.customData;
}
