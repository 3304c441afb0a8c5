import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { linkExpiry } from '../../aimlapi/contract';
import type { Generation } from '../../aimlapi/contract';
import { downloadVideo } from '../../media/download';
import type { Run } from '../../execution/run';

/**
 * One output item for a generation. It never has a key `error`: n8n's Retry On Fail would take a good
 * item for a failed one and run the node again (n8n-core, execution-engine/workflow-execute.js).
 */
export function toItem(generation: Generation, itemIndex: number): INodeExecutionData {
	const { id, status, videoUrl, creditsUsed, failure } = generation;
	const json: IDataObject = { id, status };
	if (videoUrl !== undefined) {
		const expiry = linkExpiry(videoUrl);
		json.videoUrl = videoUrl;
		if (expiry !== undefined) json.videoUrlExpiresAt = expiry;
	}
	if (creditsUsed !== undefined) json.creditsUsed = creditsUsed;
	if (failure !== undefined) json.failure = failure;
	return { json, pairedItem: { item: itemIndex } };
}

/** The output item of a completed generation, with its video when `outputField` names a field. */
export async function toItemWithVideo(
	run: Run,
	generation: Generation,
	outputField: string | undefined,
	itemIndex: number,
): Promise<INodeExecutionData> {
	if (generation.videoUrl === undefined || outputField === undefined) {
		return toItem(generation, itemIndex);
	}
	const download = await downloadVideo(run, generation);
	const item = toItem(download.generation, itemIndex);
	if (download.binary) return { ...item, binary: { [outputField]: download.binary } };

	const message = `The video of generation ${generation.id} was not downloaded: ${download.reason}. Its link is in videoUrl; Get Video downloads it later.`;
	run.context.logger.warn(message);
	run.context.addExecutionHints({ message, type: 'warning', location: 'outputPane' });
	return item;
}
