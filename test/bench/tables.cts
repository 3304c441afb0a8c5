import type { Alone, Compared, ComparedRun } from './comparison/comparison.cts';
import type { HeldCost } from './waiting/held.cts';
import type { IdleCost } from './waiting/idle.cts';
import type { LatenessRow } from './waiting/lateness.cts';
import type { Weight } from './package/weight.cts';

export interface Results {
	n8n: string;
	machine: string;
	compared: Compared[];
	alone: Alone[];
	idle: IdleCost;
	held: HeldCost[];
	lateness: LatenessRow[];
	weight: Weight;
}

/** All results as a Markdown page, ratios first. */
export function tables({
	n8n,
	machine,
	compared,
	alone,
	idle,
	held,
	lateness,
	weight,
}: Results): string {
	const comparedRows = compared.flatMap(({ name, runs }) =>
		runs.map((run) => row([name, run.by, ...cells(run)])),
	);
	return `# Benchmarks

Written by \`npm run bench\` in one run: n8n ${n8n}, ${machine}. The API is a fake API on the same machine.

## The node and the loop

The loop is what you would build without the node: HTTP Request (POST), Wait 10 s, HTTP Request (GET), IF completed, else back to Wait. Generations take 45 to 54 s. Neither fetches the file.

Time is the wall time over the longest generation, or over what the server's limits make unavoidable. Refused is the share of requests that got HTTP 429 after the first 10 s.

${head(['', '', 'Time', 'Wall time', 'Status checks', 'Most requests in a second', 'Refused', 'POSTs per item', 'Node runs', 'Execution data', 'Items without video'])}
${comparedRows.join('\n')}

## One generation

${head(['Generation', 'Runs', 'Time', 'Shortest possible', 'Late by', 'Status checks'])}
${alone.map((one) => row([one.name, one.runs, times(one.ratio), times(one.leastRatio), seconds(one.latenessSeconds), one.polls.toFixed(1)])).join('\n')}

Tried and left out: timing the status checks by how long earlier generations took. In virtual time, around 45 s and over lengths that vary by 10%, it takes 9 checks instead of 18 and is late by 0.5 s instead of 0.75 s; over lengths that vary by 30%, 12 instead of 17 and 0.85 s instead of 0.9 s. A generation that ends sooner than any before it would be noticed up to twice as late.

## Status checks and lateness

In virtual time, averaged over generations whose length is within 5% of each.

${head(['Generation', 'Adaptive: late by', 'Status checks', 'Every 10 s: late by', 'Status checks', 'Every 2 s: late by', 'Status checks'])}
${lateness.map((one) => row([`${one.generationSeconds} s`, ...[one.adaptive, one.every10s, one.every2s].flatMap((way) => [`${seconds(way.seconds)} (${((way.seconds / one.generationSeconds) * 100).toFixed(1)}%)`, way.polls.toFixed(0)])])).join('\n')}

## Cost of waiting

Waiting for ${idle.generations} generations takes n8n ${idle.addedPercentOfCore.toFixed(1)}% of one core more than idling (${idle.waitingPercentOfCore.toFixed(1)}% and ${idle.idlePercentOfCore.toFixed(1)}%). Memory in use, minute by minute: ${idle.memoryMB.map((MB) => MB.toFixed(0)).join(', ')} MB.

## Executions held

200 videos, each wanted by an execution of its own that a webhook starts. Live memory is what n8n refers to while they are generated, peak memory the most it holds; both over what it was before. Most of the peak is what n8n itself takes for an execution: in a run of 29 November 2026, 200 executions with n8n's Wait node alone peaked at 2230 MB, and with Create Video and Wait at 2403 MB.

${head(['', 'Executions at once', 'Live memory', 'Peak memory'])}
${held.map((one) => row([one.by, one.executionsAtOnce, `${one.liveMB.toFixed(0)} MB`, `${one.peakMB.toFixed(0)} MB`])).join('\n')}

## Weight

The package is ${weight.packedKB.toFixed(1)} kB packed and ${weight.unpackedKB.toFixed(0)} kB unpacked, with ${weight.runtimeDependencies} runtime dependencies. Loading it takes ${weight.loadMs.toFixed(1)} ms and ${weight.loadMB.toFixed(1)} MB.
`;
}

function cells(figures: ComparedRun): string[] {
	return [
		figures.status === 'success' ? times(figures.ratio) : 'ended with an error',
		seconds(figures.wallSeconds),
		shortest(figures.polls),
		shortest(figures.requestsInBusiestSecond),
		`${(figures.refusedShare * 100).toFixed(1)}%`,
		figures.postsPerItem.toFixed(2),
		shortest(figures.nodeRuns),
		`${(figures.executionBytes / 1000).toFixed(1)} kB`,
		String(figures.missingItems),
	];
}

export const row = (columns: unknown[]) => `| ${columns.join(' | ')} |`;
export const head = (columns: string[]) => `${row(columns)}\n${row(columns.map(() => '---'))}`;
const shortest = (value: number) => String(Number(value.toFixed(1)));
const times = (ratio: number) => `${ratio.toFixed(3)} ×`;
const seconds = (value: number) => `${value.toFixed(1)} s`;
