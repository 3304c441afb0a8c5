import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { linkExpiry, mergeUsage } from '../../aimlapi/contract';
import type { Generation } from '../../aimlapi/contract';
import type { Session } from '../../execution/session';
import type { OutputFileSettings } from '../../fields/outputFile';
import { downloadVideo } from '../../media/download';

/**
 * One output item for a generation. It never has a key `error`: n8n's Retry On Fail would take a good
 * item for a failed one and run the node again (n8n-core, execution-engine/workflow-execute.js).
 */
export function toItem(generation: Generation, itemIndex: number): INodeExecutionData {
	const { id, status, videoUrl, usage, failure } = generation;
	const videoUrlExpiresAt = videoUrl && linkExpiry(videoUrl);
	return itemOf({ id, status, videoUrl, videoUrlExpiresAt, ...usage, failure }, itemIndex);
}

/** An output item of what is known: no workflow sees `undefined`. */
export function itemOf(values: Record<string, unknown>, itemIndex: number): INodeExecutionData {
	const known = Object.entries(values).filter(([, value]) => value !== undefined);
	return { json: Object.fromEntries(known) as IDataObject, pairedItem: { item: itemIndex } };
}

/** Says in the output that nothing was paid for it now. */
export function markReused(item: INodeExecutionData, reused = false): INodeExecutionData {
	return reused ? { ...item, json: { ...item.json, reused } } : item;
}

/** What a download needs. */
export type VideoSession = Pick<
	Session,
	'context' | 'model' | 'client' | 'linkChecker' | 'hints' | 'clock' | 'signal'
>;

/** The output item of a completed generation, with its video when it is to be downloaded. */
export async function toItemWithVideo(
	session: VideoSession,
	generation: Generation,
	outputFile: OutputFileSettings | undefined,
	itemIndex: number,
): Promise<INodeExecutionData> {
	const download =
		generation.videoUrl === undefined || outputFile === undefined
			? { generation }
			: await downloadVideo(session, generation, outputFile.maxBytes);
	const usage = mergeUsage(generation.usage, download.generation.usage);
	const item = toItem({ ...download.generation, usage }, itemIndex);
	if (item.json.videoUrlExpiresAt !== undefined) {
		session.hints.linkExpires(item.json.videoUrlExpiresAt as string, download.binary !== undefined);
	}
	if (download.binary && outputFile) {
		item.binary = { [outputFile.outputField]: download.binary };
	} else if (download.reason !== undefined) {
		session.context.logger.warn(
			`Act-Two generation ${generation.id}: video not downloaded, ${download.reason}`,
		);
		session.hints.notDownloaded(generation.id, download.reason);
	}
	return item;
}
