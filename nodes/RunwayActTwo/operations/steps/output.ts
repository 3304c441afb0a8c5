import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { linkExpiry } from '../../aimlapi/contract';
import type { Generation } from '../../aimlapi/contract';
import { downloadVideo } from '../../media/download';
import type { DownloadSettings } from '../../fields/parameters';
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

/** The output item of a completed generation, with its video when it is to be downloaded. */
export async function toItemWithVideo(
	run: Run,
	generation: Generation,
	download: DownloadSettings | undefined,
	itemIndex: number,
): Promise<INodeExecutionData> {
	const found =
		generation.videoUrl === undefined || download === undefined
			? { generation }
			: await downloadVideo(run, generation, download.mostBytes);
	const item = toItem(found.generation, itemIndex);
	if (item.json.videoUrlExpiresAt !== undefined) {
		run.notices.linkExpires(item.json.videoUrlExpiresAt as string, found.binary !== undefined);
	}
	if (found.binary && download) {
		item.binary = { [download.outputField]: found.binary };
	} else if (found.reason !== undefined) {
		run.context.logger.warn(
			`Act-Two generation ${generation.id}: video not downloaded, ${found.reason}`,
		);
		run.notices.notDownloaded(generation.id, found.reason);
	}
	return item;
}
