import { createHash } from 'node:crypto';
import { createReadStream, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Bench } from 'tinybench';

import { classifyPoll } from '../../../nodes/RunwayActTwo/aimlapi/classify';
import type { GenerationRequest, MediaUrl } from '../../../nodes/RunwayActTwo/aimlapi/contract';
import { ACT_TWO } from '../../../nodes/RunwayActTwo/aimlapi/model';
import { toResponse } from '../../../nodes/RunwayActTwo/aimlapi/outcome';
import { requestBody } from '../../../nodes/RunwayActTwo/aimlapi/requestBody';
import { checkpointsOf } from '../../../nodes/RunwayActTwo/execution/checkpoint';
import { fileSource } from '../../../nodes/RunwayActTwo/media/binaryFile';
import { inspectMedia } from '../../../nodes/RunwayActTwo/media/inspection/inspectMedia';
import { adaptiveDelay } from '../../../nodes/RunwayActTwo/polling/schedule';
import { corpus, pathOf } from '../../support/media/corpus.cts';
import { EXAMPLE_INPUTS } from '../../support/n8n/workflows.cts';

const ID = 'dbf7a50e-87b2-4ba5-921f-f02fdb8f7cc6';
const RESPONSE = JSON.stringify({
	id: ID,
	status: 'completed',
	video: [`https://cdn.aimlapi.com/wolf/${ID}.mp4?_jwt=${'e'.repeat(200)}`],
	error: null,
	meta: { usage: { credits_used: 50 } },
});
const REQUEST: GenerationRequest = {
	model: ACT_TWO.id,
	character: { type: 'image', url: EXAMPLE_INPUTS.characterUrl },
	reference: { type: 'video', url: EXAMPLE_INPUTS.referenceUrl },
	frame_size: '1280:720',
};
const withFile = (url: MediaUrl): GenerationRequest => ({
	...REQUEST,
	reference: { type: 'video', url },
});
const FINGERPRINT = [
	'image',
	EXAMPLE_INPUTS.characterUrl,
	EXAMPLE_INPUTS.referenceUrl,
	JSON.stringify({ frame_size: '1280:720' }),
];
const VIDEO = Buffer.alloc(10_000_000);
VIDEO.write('\0\0\0\x20ftypisom', 'latin1');

/** What the steps need of n8n, without n8n. */
const contextOf = (parameters: Record<string, unknown>) =>
	({
		getNodeParameter: (name: string) => parameters[name],
		getContext: () => ({}),
		evaluateExpression: () => 0,
		getExecutionId: () => '1',
		getInstanceId: () => 'instance',
		getWorkflow: () => ({ id: 'workflow' }),
		getNode: () => ({ name: 'Runway Act-Two', type: 't' }),
	}) as never;
const checkpointContext = contextOf({});
const VIDEO_FILE = {
	size: VIDEO.length,
	read: async (offset: number, length: number) => VIDEO.subarray(offset, offset + length),
	close: () => {},
};

/** A video whose index is at its very end. */
const BIG = bigVideo();
const BIG_PATH = join(mkdtempSync(join(tmpdir(), 'act-two-bench-')), 'big.mp4');
writeFileSync(BIG_PATH, BIG);
const BIG_FILE = { id: 'file', data: 'filesystem-v2', mimeType: 'video/mp4' };
const bigFileContext = {
	helpers: { getBinaryStream: async () => createReadStream(BIG_PATH) },
} as never;

function bigVideo(): Buffer {
	corpus();
	const content = readFileSync(pathOf('moov-last.mp4'));
	const start = content.indexOf('mdat') - 4;
	const end = start + content.readUInt32BE(start);
	const padding = Buffer.alloc(30_000_000);
	const mdat = Buffer.concat([content.subarray(start, end), padding]);
	mdat.writeUInt32BE(mdat.length);
	return Buffer.concat([content.subarray(0, start), mdat, content.subarray(end)]);
}

interface Pair {
	name: string;
	ours: () => unknown;
	alternative: string;
	theirs: () => unknown;
}

const PAIRS: Pair[] = [
	{
		name: 'reading a response',
		ours: () => classifyPoll(toResponse(200, {}, RESPONSE, 0), ID),
		alternative: 'JSON.parse alone',
		theirs: () => JSON.parse(RESPONSE) as unknown,
	},
	{
		name: 'the schedule of a 30-minute wait',
		ours: () => waitOf((elapsedMs) => adaptiveDelay(elapsedMs, ACT_TWO.typicalMs)),
		alternative: 'a fixed delay of 10 s',
		theirs: () => waitOf(() => 10_000),
	},
	{
		name: 'the checkpoint of a request',
		ours: () => checkpointsOf(checkpointContext)(0, FINGERPRINT).load(),
		alternative: 'the digest alone',
		theirs: () => createHash('sha256').update(JSON.stringify(REQUEST)).digest('hex'),
	},
	{
		name: 'a request recognised by its checkpoint',
		ours: () => checkpointsOf(checkpointContext)(0, FINGERPRINT).load(),
		alternative: 'comparing all of it',
		theirs: () => isDeepStrictEqual(REQUEST, structuredClone(REQUEST)),
	},
	{
		name: 'a file of 30 MB, inspected to its end',
		ours: async () => await inspectMedia(fileSource(bigFileContext, BIG_FILE, BIG.length)),
		alternative: 'reading all of it',
		theirs: async () => await readFile(BIG_PATH),
	},
	{
		name: 'a request with a data URI of 10 MB',
		ours: () => requestBody(withFile({ contentType: 'video/mp4', content: VIDEO_FILE })),
		alternative: 'by strings',
		theirs: () =>
			Buffer.from(JSON.stringify(withFile(`data:video/mp4;base64,${VIDEO.toString('base64')}`))),
	},
];

function waitOf(delay: (elapsedMs: number) => number): number {
	let polls = 0;
	for (let elapsedMs = 10_000; elapsedMs < 1_800_000; elapsedMs += delay(elapsedMs)) polls++;
	return polls;
}

/** Each hot part beside a plain way to do it: the ratio stays about the same on every machine. */
async function main(): Promise<void> {
	const bench = new Bench({ time: 1000 });
	for (const { name, ours, alternative, theirs } of PAIRS) {
		bench.add(name, ours).add(`${name}: ${alternative}`, theirs);
	}
	await bench.run();
	const medianMs = (task: string) => {
		const result = bench.getTask(task)?.result;
		if (result?.state !== 'completed') throw new Error(`${task} did not complete`);
		return result.latency.p50;
	};
	console.table(
		PAIRS.map(({ name, alternative }) => {
			const ours = medianMs(name);
			const theirs = medianMs(`${name}: ${alternative}`);
			return {
				part: name,
				µs: Number((ours * 1000).toPrecision(3)),
				beside: alternative,
				'beside µs': Number((theirs * 1000).toPrecision(3)),
				ratio: Number((ours / theirs).toPrecision(3)),
			};
		}),
	);
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
