import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { request } from 'undici';

import { N8nClient } from '../support/n8n/client.cts';
import type { Workflow } from '../support/n8n/client.cts';
import { startN8n } from '../support/n8n/n8n.cts';
import { TRIGGER } from '../support/n8n/workflows.cts';
import {
	downloadByGet,
	downloadByHttpRequest,
	fileThenCreate,
	triggerAlone,
} from './memoryWorkflows.cts';
import { memoryOf, resetPeak, steadyMemoryMB } from './processes.cts';
import { aimlapi } from './runCase.cts';
import { standinProcess } from './standins.cts';
import type { Standins } from './standins.cts';
import { median } from './weight.cts';

const VIDEO_BYTES = 1_000_000_000;
const SETTLE_MS = 15_000;

const { values: flags } = parseArgs({
	options: { repetitions: { type: 'string', default: '3' } },
});
const repetitions = Number(flags.repetitions);
const FILES = [
	{ name: 'PNG as the character', field: 'character', asset: 'character.png', bytes: 3_500_000 },
	{ name: 'MP4 as the reference', field: 'reference', asset: 'performance.mp4', bytes: 11_500_000 },
] as const;

interface Raised {
	/** The peak while it ran and what was left 15 s later, over n8n idle before, in MB; medians. */
	peakMB: number;
	leftMB: number;
	peaksMB: number[];
}

type Prepare = (client: N8nClient, standins: Standins) => Promise<Omit<Workflow, 'id'>>;

/** Each measurement has a fresh n8n, waited for until its memory is steady. */
async function raised(prepare: Prepare): Promise<Raised> {
	const peaks: number[] = [];
	const left: number[] = [];
	for (let repetition = 0; repetition < repetitions; repetition++) {
		const n8n = await startN8n();
		const standins = standinProcess();
		try {
			const client = new N8nClient(n8n.url);
			await client.setUp();
			const workflow = await client.createWorkflow(await prepare(client, standins));
			// The first run of any workflow loads code; it is not what is measured.
			await client.ended(await client.run(await client.createWorkflow(triggerAlone()), TRIGGER));
			const nowMB = await steadyMemoryMB(n8n.pid);
			resetPeak(n8n.pid);
			const execution = await client.ended(await client.run(workflow, TRIGGER), 300_000);
			if (execution.status !== 'success') {
				throw new Error(execution.data.resultData.error?.message ?? execution.status);
			}
			peaks.push(memoryOf(n8n.pid).peakMB - nowMB);
			await sleep(SETTLE_MS);
			left.push(memoryOf(n8n.pid).nowMB - nowMB);
		} finally {
			await n8n.stop();
			standins.stop();
		}
	}
	return { peakMB: median(peaks), leftMB: median(left), peaksMB: peaks };
}

/** A completed generation whose video has so many bytes. */
async function generation(client: N8nClient, standins: Standins) {
	const standin = await standins.start({ durationsMs: [0], videoBytes: VIDEO_BYTES });
	const headers = { authorization: `Bearer ${standin.key}`, 'content-type': 'application/json' };
	const path = `${standin.url}/v2/generate/video/runway/generation`;
	const https = 'https://example.com/file';
	const created = await request(path, {
		method: 'POST',
		headers,
		body: JSON.stringify({
			model: 'runway/act_two',
			character: { type: 'image', url: https },
			reference: { type: 'video', url: https },
			frame_size: '1280:720',
		}),
	});
	const { id } = (await created.body.json()) as { id: string };
	const found = await request(`${path}?generation_id=${id}`, { headers });
	const { video } = (await found.body.json()) as { video: [string] };
	return { id, video: video[0], credential: await aimlapi(client, standin) };
}

/** The asset, padded behind its end, which its format allows. */
async function serveFile(asset: string, bytes: number): Promise<{ url: string; close(): void }> {
	const content = readFileSync(`test/support/standin/assets/${asset}`);
	const padded = Buffer.concat([content, Buffer.alloc(bytes - content.length)]);
	const type = asset.endsWith('png') ? 'image/png' : 'video/mp4';
	const server = createServer((_, response) => {
		response.writeHead(200, { 'content-type': type, 'content-length': bytes });
		response.end(padded);
	});
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	const { port } = server.address() as AddressInfo;
	return { url: `http://127.0.0.1:${port}/${asset}`, close: () => server.close() };
}

async function main(): Promise<void> {
	const empty = await raised(async () => triggerAlone());
	const downloads = {
		'an empty workflow': empty,
		'HTTP Request': await raised(async (client, standins) =>
			downloadByHttpRequest((await generation(client, standins)).video),
		),
		'Get Video': await raised(async (client, standins) => {
			const { id, credential } = await generation(client, standins);
			return downloadByGet(credential, id);
		}),
	};
	console.table(downloads);
	const files: Record<string, Raised & { megabytes: number; overFetchingIt: number }> = {};
	for (const { name, field, asset, bytes } of FILES) {
		const file = await serveFile(asset, bytes);
		const parameters = { [`${field}Source`]: 'file', [`${field}BinaryPropertyName`]: 'data' };
		const fetched = await raised(async () => fileThenCreate(file.url, parameters));
		const created = await raised(async (client, standins) => {
			const credential = await aimlapi(client, await standins.start({ durationsMs: [0] }));
			return fileThenCreate(file.url, parameters, credential);
		});
		file.close();
		const megabytes = bytes / 1e6;
		const overFetchingIt = (created.peakMB - fetched.peakMB) / megabytes;
		files[name] = { ...created, megabytes, overFetchingIt };
	}
	console.table(files);
	writeFileSync(
		'docs/benchmarks-memory.json',
		`${JSON.stringify({ videoBytes: VIDEO_BYTES, downloads, files }, rounded, '\t')}\n`,
	);
}

const rounded = (_: string, value: unknown) =>
	typeof value === 'number' && !Number.isInteger(value) ? Number(value.toFixed(2)) : value;

// n8n and the stand-ins end with this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
