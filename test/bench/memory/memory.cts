import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { request } from 'undici';

import { N8nClient } from '../../support/n8n/client.cts';
import type { Workflow } from '../../support/n8n/client.cts';
import { startN8n } from '../../support/n8n/n8n.cts';
import { NEWEST_RELEASE, RELEASE } from '../../support/n8n/release.cts';
import { TRIGGER } from '../../support/n8n/workflows.cts';
import { inspected } from '../shared/inspector.cts';
import { memoryTables } from './tables.cts';
import type { FileCost, MemoryResults, Raised } from './tables.cts';
import {
	downloadByGet,
	downloadByHttpRequest,
	fileForMany,
	fileThenCreate,
	manyItems,
	triggerAlone,
} from './workflows.cts';
import { memoryOf, resetPeak, steadyMemoryMB } from '../shared/processes.cts';
import { fakesProcess } from '../shared/fakes.cts';
import type { Fakes } from '../shared/fakes.cts';
import { median } from '../package/weight.cts';

/** n8n 1 keeps files in memory, as base64 in one string. */
const VIDEO_BYTES = RELEASE === NEWEST_RELEASE ? 1_000_000_000 : 100_000_000;
const SMALL_VIDEO_BYTES = 1_000_000;
const WARM_UP_RUNS = 3;
const MAX_RUN_MS = 300_000;
/** Seldom: to be asked, n8n loads the execution from its database, which adds to its memory. */
const ASK_EVERY_MS = 2000;
const MANY = 1000;
const UPLOADS = { count: 20, bytes: 12_000_000 };
/** As large as Act-Two's get. */
const VIDEOS = { count: RELEASE === NEWEST_RELEASE ? 20 : 2, bytes: 60_000_000 };

const { values: flags } = parseArgs({
	options: { repetitions: { type: 'string', default: '3' } },
});
const repetitions = Number(flags.repetitions);
const FILES = [
	{ name: 'PNG as the character', field: 'character', asset: 'character.png', bytes: 3_500_000 },
	{ name: 'MP4 as the reference', field: 'reference', asset: 'performance.mp4', bytes: 11_500_000 },
] as const;

/** The same work with a small file first, whose code is loaded then. */
interface Work {
	small: Omit<Workflow, 'id'>;
	large: Omit<Workflow, 'id'>;
}

type Prepare = (client: N8nClient, fakes: Fakes) => Promise<Work>;

interface Case {
	name: string;
	prepare: Prepare;
}

/** What one run raised. */
interface Run {
	peakMB: number;
	keptMB: number;
}

/** One of each by turns, so that what drifts on the machine meets all of them alike. */
async function inTurns<Names extends string>(
	cases: Record<Names, Case>,
): Promise<Record<Names, Raised>> {
	const names = Object.keys(cases) as Names[];
	const measurements = names.map((name) => ({ name, runs: [] as Run[] }));
	for (let repetition = 0; repetition < repetitions; repetition++) {
		for (const { name, runs } of measurements) runs.push(await measured(cases[name].prepare));
	}
	return Object.fromEntries(
		measurements.map(({ name, runs }) => {
			const peaks = runs.map(({ peakMB }) => peakMB);
			console.log(`${cases[name].name}: ${peaks.map((MB) => MB.toFixed(1)).join(', ')} MB`);
			return [name, { peakMB: median(peaks), keptMB: median(runs.map(({ keptMB }) => keptMB)) }];
		}),
	) as Record<Names, Raised>;
}

/** In a fresh n8n, waited for until its memory is steady. */
async function measured(prepare: Prepare): Promise<Run> {
	const inspector = await inspected();
	const n8n = await startN8n({ release: RELEASE, env: inspector.env });
	const fakes = fakesProcess();
	try {
		const client = new N8nClient(n8n.url);
		await client.setUp();
		const { small, large } = await prepare(client, fakes);
		await completed(client, small);
		const liveMB = await inspector.liveMB();
		// A collection leaves less than what n8n usually holds; these runs bring it back to that.
		for (let run = 0; run < WARM_UP_RUNS; run++) await completed(client, small);
		const steadyMB = await steadyMemoryMB(n8n.pid);
		resetPeak(n8n.pid);
		await completed(client, large);
		const { peakMB } = memoryOf(n8n.pid);
		return { peakMB: peakMB - steadyMB, keptMB: (await inspector.liveMB()) - liveMB };
	} finally {
		await n8n.stop();
		fakes.stop();
	}
}

async function completed(client: N8nClient, workflow: Omit<Workflow, 'id'>): Promise<void> {
	const id = await client.run(await client.createWorkflow(workflow), TRIGGER);
	const { status, data } = await client.ended(id, MAX_RUN_MS, ASK_EVERY_MS);
	if (status !== 'success') throw new Error(data.resultData.error?.message ?? status);
}

/** So many completed generations whose videos have so many bytes each. */
async function generations(client: N8nClient, fakes: Fakes, count: number, videoBytes: number) {
	const fake = await fakes.start({ durationsMs: [0], videoBytes });
	const headers = { authorization: `Bearer ${fake.key}`, 'content-type': 'application/json' };
	const path = `${fake.url}/v2/generate/video/runway/generation`;
	const https = 'https://example.com/file';
	const videos = [];
	for (let item = 0; item < count; item++) {
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
		videos.push({ id, url: video[0] });
	}
	return { videos, credential: await client.createAimlapiCredential(fake) };
}

/** The asset as it is, and padded behind its end, which its format allows. */
async function serveFile(asset: string, bytes: number) {
	const content = readFileSync(`test/support/fakeAimlapi/assets/${asset}`);
	const padded = Buffer.concat([content, Buffer.alloc(bytes - content.length)]);
	const type = asset.endsWith('png') ? 'image/png' : 'video/mp4';
	const server = createServer(({ url }, response) => {
		const file = url === '/large' ? padded : content;
		response.writeHead(200, { 'content-type': type, 'content-length': file.length });
		response.end(file);
	});
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	const { port } = server.address() as AddressInfo;
	const address = `http://127.0.0.1:${port}`;
	return { small: `${address}/small`, large: `${address}/large`, close: () => server.close() };
}

/** So many videos of so many bytes, by n8n's own node and by this one. */
async function downloads(count: number, bytes: number) {
	const both = async (of: (count: number, videoBytes: number) => Promise<Work['small']>) => ({
		small: await of(1, SMALL_VIDEO_BYTES),
		large: await of(count, bytes),
	});
	const name = `${count} of ${bytes / 1e6} MB`;
	return await inTurns({
		httpRequest: {
			name: `HTTP Request, ${name}`,
			prepare: async (client, fakes) =>
				await both(async (...size) =>
					downloadByHttpRequest((await generations(client, fakes, ...size)).videos),
				),
		},
		getVideo: {
			name: `Get Video, ${name}`,
			prepare: async (client, fakes) =>
				await both(async (...size) => {
					const { videos, credential } = await generations(client, fakes, ...size);
					return downloadByGet(credential, videos);
				}),
		},
	});
}

async function idle(): Promise<Raised> {
	const { empty } = await inTurns({
		empty: {
			name: 'A trigger alone',
			prepare: async () => ({ small: triggerAlone(), large: triggerAlone() }),
		},
	});
	return empty;
}

async function file({ name, field, asset, bytes }: (typeof FILES)[number]): Promise<FileCost> {
	const { small, large, close } = await serveFile(asset, bytes);
	const parameters = { [`${field}Source`]: 'file', [`${field}BinaryPropertyName`]: 'data' };
	const costs = await inTurns({
		fetched: {
			name: `${name}, fetched`,
			prepare: async () => ({
				small: fileThenCreate(small, parameters),
				large: fileThenCreate(large, parameters),
			}),
		},
		created: {
			name: `${name}, sent`,
			prepare: async (client, fakes) => {
				const fake = await fakes.start({ durationsMs: [0] });
				const credential = await client.createAimlapiCredential(fake);
				return {
					small: fileThenCreate(small, parameters, credential),
					large: fileThenCreate(large, parameters, credential),
				};
			},
		},
	});
	close();
	return { name, megabytes: bytes / 1e6, ...costs };
}

/** 1000 generations of 20 to 30 s at once. */
async function manyAtOnce(): Promise<Raised> {
	const durationsMs = Array.from({ length: MANY }, (_, index) => 20_000 + index * 10);
	const { many } = await inTurns({
		many: {
			name: `${MANY} items`,
			prepare: async (client, fakes) => {
				const credential = await client.createAimlapiCredential(await fakes.start({ durationsMs }));
				return { small: manyItems(credential, 1), large: manyItems(credential, MANY) };
			},
		},
	});
	return many;
}

async function manyUploads(): Promise<MemoryResults['uploads']> {
	const { count, bytes } = UPLOADS;
	const { small, large, close } = await serveFile('performance.mp4', bytes);
	const parameters = { referenceSource: 'file', referenceBinaryPropertyName: 'data' };
	const costs = await inTurns({
		fetched: {
			name: `${count} files, fetched`,
			prepare: async () => ({
				small: fileForMany(small, count, parameters),
				large: fileForMany(large, count, parameters),
			}),
		},
		created: {
			name: `${count} files, sent`,
			prepare: async (client, fakes) => {
				const fake = await fakes.start({ durationsMs: [0] });
				const credential = await client.createAimlapiCredential(fake);
				return {
					small: fileForMany(small, count, parameters, credential),
					large: fileForMany(large, count, parameters, credential),
				};
			},
		},
	});
	close();
	return { count, megabytes: bytes / 1e6, ...costs };
}

async function main(): Promise<void> {
	const results: MemoryResults = {
		repetitions,
		empty: await idle(),
		downloads: [
			{ count: 1, megabytes: VIDEO_BYTES / 1e6, ...(await downloads(1, VIDEO_BYTES)) },
			{
				count: VIDEOS.count,
				megabytes: VIDEOS.bytes / 1e6,
				...(await downloads(VIDEOS.count, VIDEOS.bytes)),
			},
		],
		files: [await file(FILES[0]), await file(FILES[1])],
		many: { count: MANY, raised: await manyAtOnce() },
		uploads: await manyUploads(),
	};
	console.log(memoryTables(results));
	if (RELEASE === NEWEST_RELEASE) {
		writeFileSync('docs/benchmarks-memory.md', memoryTables(results));
	}
}

// n8n and the fakes end with this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
