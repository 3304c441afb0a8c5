import { setTimeout as sleep } from 'node:timers/promises';

import type { N8nClient } from '../../support/n8n/client.cts';
import { ACT_TWO, actTwoWorkflow, TRIGGER } from '../../support/n8n/workflows.cts';
import { figuresOf } from './figures.cts';
import type { Ended, Figures } from './figures.cts';
import { DONE, loopWorkflow } from './loopWorkflow.cts';
import type { RemoteFake, FakeLog, Fakes, FakeSettings } from '../shared/fakes.cts';

export type Contender = 'node' | 'loop';

export interface Case {
	by: Contender;
	items: number;
	server: FakeSettings;
	/** Options of the node. */
	options?: Record<string, unknown>;
}

export interface Outcome {
	status: string;
	figures: Figures;
	log: FakeLog;
}

const MAX_RUN_MS = 30 * 60_000;
/** Rare enough that asking costs n8n nothing; the end is taken from n8n's own record. */
const ASK_EVERY_MS = 2000;

/** Runs one workflow of the node or the loop against a fake API of its own, both without the file. */
export async function runCase(
	client: N8nClient,
	fakes: Fakes,
	{ by, items, server, options = {} }: Case,
): Promise<Outcome> {
	const fake = await fakes.start(server);
	const given = Array.from({ length: items }, (_, item) => ({ item }));
	const workflow =
		by === 'node'
			? actTwoWorkflow(
					await client.createAimlapiCredential(fake),
					{ downloadVideo: false, options },
					given,
				)
			: loopWorkflow(fake.url, await headerAuth(client, fake), given);
	const id = await client.run(await client.createWorkflow(workflow), TRIGGER);
	const execution = await ended(client, id);
	const log = await fake.log();
	const doneNode = by === 'node' ? ACT_TWO : DONE;
	const figures = figuresOf(log, execution, items, doneNode, server);
	return { status: execution.status, figures, log };
}

async function headerAuth(client: N8nClient, { key }: RemoteFake): Promise<string> {
	const data = { name: 'Authorization', value: `Bearer ${key}` };
	return (await client.createCredential('Header Auth', 'httpHeaderAuth', data)).id;
}

async function ended(client: N8nClient, id: string): Promise<Ended> {
	for (const start = Date.now(); Date.now() - start < MAX_RUN_MS; await sleep(ASK_EVERY_MS)) {
		const execution = (await client.execution(id)) as Ended;
		const unfinished = ['new', 'running', 'waiting'].includes(execution.status);
		if (!unfinished && execution.stoppedAt) return execution;
	}
	throw new Error(`Execution ${id} did not end`);
}
