import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { inspected } from '../bench/shared/inspector.cts';
import type { Inspected } from '../bench/shared/inspector.cts';
import { writeSoak } from '../bench/shared/page.cts';
import { startFakeAimlapi } from '../support/fakeAimlapi/server.cts';
import type { FakeAimlapi, LoggedRequest } from '../support/fakeAimlapi/server.cts';
import { file } from '../support/media/fileHost.cts';
import { N8nClient } from '../support/n8n/client.cts';
import { startN8n } from '../support/n8n/n8n.cts';
import type { N8n } from '../support/n8n/n8n.cts';
import { NEWEST_RELEASE } from '../support/n8n/release.cts';
import { SEED, seededRandom } from '../support/seed.cts';
import { playHosts } from '../support/services/hosts.cts';
import type { Hosts } from '../support/services/hosts.cts';
import { addFaults } from './faults.cts';
import type { Answers } from './faults.cts';
import { sampleHeap } from './heap.cts';
import type { Heap } from './heap.cts';
import { FILES, PLAIN_JOBS, plainJobs, plan } from './jobs.cts';
import { connectionsTo, filesBelow, holdingsOf } from './leftovers.cts';
import type { Holdings } from './leftovers.cts';
import { demands, informs, report } from './report.cts';
import type { Line } from './report.cts';
import { newTally, User } from './user.cts';
import type { Tally } from './user.cts';

/** Only a run as long as this is written down. */
const DOCUMENTED_FROM_MINUTES = 60;
/** How many users work side by side, each with one execution after another. */
const USERS = 5;
const LOGS_LAG_MS = 4000;
const GENERATION_MS = { from: 500, to: 6000 };
const MAX_HEAP_GROWTH = 0.03;
/** n8n tidies up a while after an execution; a connection that is not reused closes in seconds. */
const SETTLES_WITHIN_MS = 60_000;

const minutes = Number(process.argv[2] ?? 3);
const log = (line: string) => console.log(line);

interface Soaked {
	n8n: N8n;
	fake: FakeAimlapi;
	tally: Tally;
	answers: Answers;
	heap: Heap;
	before: Holdings;
	after: Holdings;
	connections: number;
	temporaryFiles: string[];
	storedFiles: string[];
}

async function main(): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), 'act-two-soak-'));
	const temporary = join(folder, 'tmp');
	mkdirSync(temporary);
	const inspector = await inspected();
	const hosts = await hostOfInputs(folder);
	const env = { ...inspector.env, ...hosts.env, TMPDIR: temporary };
	const n8n = await startN8n({ env, log });
	const random = seededRandom(SEED);
	const durationMs = () => GENERATION_MS.from + random() * (GENERATION_MS.to - GENERATION_MS.from);
	const fake = await startFakeAimlapi({ durationMs, logsLagMs: LOGS_LAG_MS });
	try {
		const lines = linesOf(await soak(n8n, fake, inspector, temporary));
		const section = report(introduction(), lines);
		log(section);
		for (const payments of paidBySeed(fake).values()) {
			if (payments.length > 1) log(`Paid twice: ${payments.map(describe).join('; ')}`);
		}
		if (minutes >= DOCUMENTED_FROM_MINUTES) writeSoak(section);
		if (lines.some(({ holds }) => holds === false)) process.exitCode = 1;
	} finally {
		await n8n.stop();
		await fake.close();
		await hosts.close();
		rmSync(folder, { recursive: true });
	}
}

async function soak(
	n8n: N8n,
	fake: FakeAimlapi,
	inspector: Inspected,
	temporary: string,
): Promise<Soaked> {
	const client = new N8nClient(n8n.url);
	await client.setUp();
	const tally = newTally();
	const credential = await client.createAimlapiCredential(fake);
	const user = new User(client, credential, LOGS_LAG_MS, tally);
	// Side by side as well: n8n opens its connections to the database as it comes to need them.
	await eachUser(async (number) => {
		for (const job of plainJobs(number * PLAIN_JOBS)) await user.do(job);
	});
	const ports = [fake.url, fake.cdnUrl].map((url) => Number(new URL(url).port));
	await settled(() => connectionsTo(n8n.pid, ports) === 0);
	const before = await holdingsOf(n8n.pid, inspector);

	const answers = addFaults(fake, seededRandom(SEED + 1));
	const loadMs = minutes * 60_000;
	const end = Date.now() + loadMs;
	let next = USERS * PLAIN_JOBS;
	const [heap] = await Promise.all([
		sampleHeap(inspector.liveMB, loadMs),
		eachUser(async () => {
			while (Date.now() < end) await user.do(plan(next++, SEED));
		}),
	]);

	let after = before;
	await settled(async () => {
		after = await holdingsOf(n8n.pid, inspector);
		return connectionsTo(n8n.pid, ports) === 0 && isNoMore(after, before);
	});
	const connections = connectionsTo(n8n.pid, ports);
	const temporaryFiles = filesBelow(temporary);
	await client.call('POST', '/executions/delete', { deleteBefore: new Date().toISOString() });
	const storage = join(n8n.userFolder, '.n8n', 'storage');
	await settled(() => filesBelow(storage).length === 0);
	const storedFiles = filesBelow(storage);
	return {
		...{ n8n, fake, tally, answers, heap, before, after },
		...{ connections, temporaryFiles, storedFiles },
	};
}

async function eachUser(work: (number: number) => Promise<void>): Promise<void> {
	await Promise.all(Array.from({ length: USERS }, async (_, number) => await work(number)));
}

function linesOf(soaked: Soaked): Line[] {
	const { n8n, fake, tally, answers, heap, before, after } = soaked;
	const { connections, temporaryFiles, storedFiles } = soaked;
	const { wanted, videos } = tally;
	const paid = paidBySeed(fake);
	const growth = heap.lastThird / heap.secondThird - 1;
	const percent = (share: number) => `${(share * 100).toFixed(1)}%`;
	const missing = [...wanted].filter((seed) => !videos.has(seed));
	const paidTwice = [...paid.values()].filter((payments) => payments.length > 1).length;
	const strange = [...videos].filter(
		([seed, id]) => !paid.get(seed)?.some(({ generationId }) => generationId === id),
	);
	const statuses = Object.entries(tally.executions).map(([status, count]) => `${count} ${status}`);
	const warnings = (n8n.log().match(/MaxListenersExceeded|[Uu]nhandled ?[Rr]ejection/g) ?? [])
		.length;
	return [
		informs('Executions', statuses.join(', ')),
		informs('Of these, stopped, and retries of failed ones', `${tally.stops}, ${tally.retries}`),
		informs('Answers of the API', answers.all),
		informs('Of these, faults', `${answers.faults} (${percent(answers.faults / answers.all)})`),
		informs('Creations accepted whose answer was lost', answers.lost),
		informs('Videos that came by Get Many Videos, Wait for Video or Get Video', tally.recovered),
		informs('Longest job', `${Math.round(tally.longestJobMs / 1000)} s`),
		demands(
			'Generations paid for, and wanted',
			`${fake.generations.length}, ${wanted.size}`,
			fake.generations.length === wanted.size,
		),
		demands('Generations paid for twice', paidTwice, paidTwice === 0),
		demands('Videos missing', missing.length, missing.length === 0),
		demands('Videos of another item', strange.length, strange.length === 0),
		demands('Connections left to the API', connections, connections === 0),
		...Object.entries(HOLDINGS).map(([key, what]) => {
			const [now, once] = [after, before].map((holdings) => holdings[key as keyof Holdings]);
			return demands(`${what}, before and after`, `${once}, ${now}`, now <= once);
		}),
		demands('Temporary files left', temporaryFiles.length, temporaryFiles.length === 0),
		demands(
			'Files left when all executions are deleted',
			storedFiles.length,
			storedFiles.length === 0,
		),
		demands('Warnings of leaks and unhandled rejections in n8n’s log', warnings, warnings === 0),
		demands(
			'Live heap, medians of the second and the last third',
			`${heap.secondThird.toFixed(1)} MB, ${heap.lastThird.toFixed(1)} MB (${percent(growth)})`,
			growth <= MAX_HEAP_GROWTH,
		),
		informs('Live heap over time, in MB', heap.samples.map((MB) => MB.toFixed(0)).join(' ')),
	];
}

const HOLDINGS: Record<keyof Holdings, string> = {
	timers: 'Timers',
	abortSignals: 'Abort signals',
	processListeners: 'Listeners of the process',
	openFiles: 'Open files',
};

const isNoMore = (after: Holdings, before: Holdings) =>
	Object.keys(HOLDINGS).every(
		(key) => after[key as keyof Holdings] <= before[key as keyof Holdings],
	);

/** The creations that were accepted, by the seed that names their item. */
function paidBySeed(fake: FakeAimlapi): Map<number, LoggedRequest[]> {
	const paid = new Map<number, LoggedRequest[]>();
	for (const request of fake.requests) {
		if (request.kind !== 'create' || request.generationId === undefined) continue;
		const { seed } = request.body as { seed: number };
		paid.set(seed, [...(paid.get(seed) ?? []), request]);
	}
	return paid;
}

/** The request ID tells the execution, the run, the item and the attempt. */
const describe = ({ at, clientRequestId, status }: LoggedRequest) =>
	`${new Date(at).toISOString()} ${clientRequestId} (${status ?? 'no answer'})`;

function introduction(): string {
	const machine = `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB`;
	return `Made by \`npm run soak -- ${minutes}\`, SEED=${SEED}: n8n ${NEWEST_RELEASE}, ${machine}. ${USERS} users work side by side for ${minutes} minutes, each with one execution after another: one item or several, files and links, Create Video and Wait or Create Video and then Wait for Video, Continue On Fail, Retry On Fail. A quarter of all answers of the API, a fake, is a fault. Some executions are stopped at random. What fails or is stopped is completed as a user would: by Retry, or by Get Many Videos and Wait for Video.`;
}

/** The character and the performance, under the name of a host of the internet. */
async function hostOfInputs(folder: string): Promise<Hosts> {
	const asset = (name: string, type: string) =>
		file(readFileSync(`test/support/fakeAimlapi/assets/${name}`), { type });
	const character = asset('character.png', 'image/png');
	const performance = asset('performance.mp4', 'video/mp4');
	return await playHosts(folder, {
		[FILES]: async (request, response) =>
			await (request.url === '/character.png' ? character : performance)(request, response),
	});
}

/** Waits until something is true, but not for ever: what is not then shows in the table. */
async function settled(isSo: () => boolean | Promise<boolean>): Promise<void> {
	for (const end = Date.now() + SETTLES_WITHIN_MS; !(await isSo()) && Date.now() < end; ) {
		await sleep(1000);
	}
}

// n8n ends with this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
