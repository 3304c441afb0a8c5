import { itemsOf } from '../support/n8n/client.cts';
import type { Execution, N8nClient } from '../support/n8n/client.cts';
import { ACT_TWO, actTwoWorkflow, TRIGGER } from '../support/n8n/workflows.cts';
import * as fault from '../support/fakeAimlapi/faults.cts';
import type { Fault } from '../support/fakeAimlapi/faults.cts';
import { startFakeAimlapi } from '../support/fakeAimlapi/server.cts';
import type { RequestKind } from '../support/fakeAimlapi/server.cts';

/** A creation without a response is given up after 2 minutes. */
const MAX_RUN_MS = 300_000;
/** Some 80 executions are under way at once. */
const POLL_EVERY_MS = 3000;

interface Phase {
	name: string;
	on: RequestKind;
	times: number;
	/** Seconds; how long the node waits for the video. */
	timeout: number;
	/** Whether the API accepts the creation that meets the fault. */
	accepted?: boolean;
	/** Whether the key may not read the usage logs. */
	logsBarred?: boolean;
}

export const PHASES: Phase[] = [
	{ name: 'Starting, not accepted', on: 'create', times: Infinity, timeout: 5 },
	{ name: 'Starting, accepted', on: 'create', times: 1, timeout: 120, accepted: true },
	{
		name: 'Starting, accepted, usage logs barred',
		on: 'create',
		times: 1,
		timeout: 120,
		accepted: true,
		logsBarred: true,
	},
	{ name: 'Waiting, passes', on: 'retrieve', times: 2, timeout: 120 },
	{ name: 'Waiting, lasts', on: 'retrieve', times: Infinity, timeout: 20 },
	{ name: 'Downloading, passes', on: 'download', times: 1, timeout: 120 },
	{ name: 'Downloading, lasts', on: 'download', times: Infinity, timeout: 120 },
];

/** Faults of the connection and of HTTP can meet every phase; those of the API's JSON only two. */
const API_PHASES: RequestKind[] = ['create', 'retrieve'];
const ALL_PHASES: RequestKind[] = [...API_PHASES, 'download'];

export const FAULTS: Array<{
	name: string;
	fault: Fault;
	phases: RequestKind[];
	/** Certainly refuses a creation. */
	refuses?: true;
}> = [
	{
		name: 'HTTP 400',
		fault: fault.status(400, 'Body validation error'),
		phases: API_PHASES,
		refuses: true,
	},
	{
		name: 'HTTP 401',
		fault: fault.status(401, 'No valid API key.'),
		phases: ALL_PHASES,
		refuses: true,
	},
	{ name: 'HTTP 403', fault: fault.status(403, 'No credits.'), phases: ALL_PHASES, refuses: true },
	{ name: 'HTTP 404', fault: fault.status(404, 'Not found'), phases: ALL_PHASES, refuses: true },
	{
		name: 'HTTP 429',
		fault: fault.status(429, 'Too Many Requests'),
		phases: ALL_PHASES,
		refuses: true,
	},
	{ name: 'HTTP 500', fault: fault.status(500), phases: ALL_PHASES },
	{ name: 'a web page (HTTP 502)', fault: fault.html(502), phases: ALL_PHASES },
	{ name: 'HTTP 503', fault: fault.status(503), phases: ALL_PHASES },
	{ name: 'HTTP 504', fault: fault.status(504), phases: ALL_PHASES },
	{ name: 'a redirect', fault: fault.redirect('http://127.0.0.1:9/'), phases: API_PHASES },
	{ name: 'a web page (HTTP 200)', fault: fault.html(200), phases: ALL_PHASES },
	{ name: 'broken JSON', fault: fault.body('{"id": "'), phases: API_PHASES },
	{ name: '`null`', fault: fault.body('null'), phases: API_PHASES },
	{ name: 'an empty response', fault: fault.body(''), phases: ALL_PHASES },
	{ name: 'no ID', fault: fault.body('{"video": []}'), phases: API_PHASES },
	{ name: 'connection reset', fault: fault.reset, phases: ALL_PHASES },
	{ name: 'cut short', fault: fault.truncated, phases: ALL_PHASES },
	{ name: 'no response', fault: fault.hang, phases: ALL_PHASES },
];

/** What the user sees of one fault in one phase, in a real n8n. */
export async function meet(
	client: N8nClient,
	{ on, times, timeout, accepted, logsBarred }: Phase,
	met: Fault,
) {
	const fake = await startFakeAimlapi({ durationMs: 500 });
	try {
		fake.fail(on, accepted ? fault.accepted(met) : met, times);
		if (logsBarred) fake.fail('logs', fault.status(403, 'Forbidden'), Infinity);
		const id = await client.createAimlapiCredential(fake);
		const options = { pollingInterval: 1, timeout };
		const workflow = await client.createWorkflow(
			actTwoWorkflow(id, { options, downloadVideo: on === 'download' }),
		);
		const executionId = await client.run(workflow, TRIGGER);
		const execution = await client.ended(executionId, MAX_RUN_MS, POLL_EVERY_MS);
		const known = fake.generations.map((generation) => generation.id);
		return { seen: seen(execution, known), creations: fake.count('create') };
	} finally {
		await fake.close();
	}
}

function seen(execution: Execution, generationIds: string[]): string {
	const { error, runData } = execution.data.resultData;
	if (error) {
		const message = generationIds.reduce((text, id) => text.replace(id, 'ID'), error.message);
		return `“${message}”`;
	}
	const [item] = itemsOf(execution, ACT_TWO);
	const [hint] = runData[ACT_TWO]?.at(-1)?.hints ?? [];
	const reason = /^Not downloaded: .*? \((.*?)\)\./.exec(hint?.message ?? '')?.[1];
	if (reason !== undefined) return `The link; hint: ${reason}`;
	return item?.json.status === 'completed' ? 'The video' : `Unexpected: ${JSON.stringify(item)}`;
}
