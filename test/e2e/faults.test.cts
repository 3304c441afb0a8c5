import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { FAULTS, meet, PHASES } from './faultMatrix.cts';
import { faultTables } from './faultsPage.cts';
import type { Seen } from './faultsPage.cts';
import { RELEASE } from '../support/n8n/release.cts';
import { startN8nSession } from '../support/n8n/session.cts';
import type { N8nSession } from '../support/n8n/session.cts';

/** n8n's database takes one writer at a time. */
const START_EVERY_MS = 300;
const DOCUMENT = 'docs/faults.md';

let session: N8nSession;
beforeAll(async () => {
	session = await startN8nSession();
}, 900_000);
afterAll(async () => await session?.n8n.stop());

it(`docs/faults.md tells what users of n8n ${RELEASE} see of each fault`, async () => {
	const cases = FAULTS.flatMap(({ name, fault, phases, refuses }) =>
		PHASES.filter(({ on, accepted }) => phases.includes(on) && !(accepted && refuses)).map(
			(phase) => ({ name, fault, phase }),
		),
	);
	const seen = await Promise.all(
		cases.map(async ({ name, fault, phase }, index): Promise<Seen> => {
			await sleep(index * START_EVERY_MS);
			const { seen: outcome, creations } = await meet(session.client, phase, fault);
			if (name !== 'HTTP 429' || phase.on !== 'create') expect(creations).toBe(1);
			return { fault: name, phase: phase.name, outcome };
		}),
	);
	const document = readFileSync(DOCUMENT, 'utf8');
	const updated = document.replace(/^## [^]*\|$/m, faultTables(seen));
	if (process.env.WRITE_DOCS) writeFileSync(DOCUMENT, updated);
	expect(process.env.WRITE_DOCS ? updated : document).toBe(updated);
}, 400_000);
