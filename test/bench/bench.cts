import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';

import { N8nClient } from '../support/n8n/client.cts';
import { startN8n } from '../support/n8n/n8n.cts';
import { chart } from './comparison/chart.cts';
import { comparison } from './comparison/comparison.cts';
import { heldCosts } from './waiting/held.cts';
import { idleCost } from './waiting/idle.cts';
import { latenessTable } from './waiting/lateness.cts';
import { fakesProcess } from './shared/fakes.cts';
import { writeBenchmarks } from './shared/page.cts';
import { tables } from './tables.cts';
import type { Results } from './tables.cts';
import { weight } from './package/weight.cts';
import { NEWEST_RELEASE } from '../support/n8n/release.cts';

const { values: flags } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const log = (line: string) => console.log(line);

/** All figures from one run, which takes some 30 minutes. `--quick` shortens it and writes nothing. */
async function main(): Promise<void> {
	const weighed = weight();
	const lateness = await latenessTable();
	const n8n = await startN8n({ log });
	const fakes = fakesProcess();
	try {
		const client = new N8nClient(n8n.url);
		await client.setUp();
		const [compared, idle] = await Promise.all([
			comparison(client, fakes, flags.quick, log),
			idleCost(fakes, flags.quick ? 1 : 5),
		]);
		// Alone: it measures memory.
		const held = flags.quick ? [] : await heldCosts(fakes);
		const machine = `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}`;
		const results: Results = {
			n8n: NEWEST_RELEASE,
			machine,
			...compared,
			idle,
			held,
			lateness,
			weight: weighed,
		};
		log(tables(results));
		if (flags.quick) return;
		writeBenchmarks(tables(results));
		writeFileSync('docs/images/benchmarks.svg', chart(results));
	} finally {
		await n8n.stop();
		fakes.stop();
	}
}

// n8n and the fakes end with this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
