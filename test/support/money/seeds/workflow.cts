import { getEventListeners } from 'node:events';

import type { NodeProcess, StartProcess } from '../loadNode.cts';
import { contextOf } from '../n8n.cts';
import { PERFORMANCE_LINK } from './files.cts';
import { CREATES } from './plan.cts';
import type { Operation, Plan } from './plan.cts';
import type { Execution, Item, Run, Told } from './told.cts';

const MAX_TRIES = 3;
const WAIT_BETWEEN_TRIES_MS = 1000;

/** n8n as it runs a workflow: its nodes one after the other, Retry On Fail, Stop, and Retry. */
export class Workflow {
	private process: NodeProcess;
	private started = 0;
	private readonly prefix: string;

	constructor(
		private readonly told: Told,
		private readonly start: StartProcess,
	) {
		this.process = start(told.world);
		this.prefix = this.process.apiKey.replace('key-', '');
	}

	/** From now on in another process: what the old one kept in memory is gone. */
	move(): void {
		this.process = this.start(this.told.world);
		this.told.processes++;
	}

	async execute(plan: Plan, firstItems: Item[]): Promise<void> {
		const { world, executions } = this.told;
		const { steps } = plan;
		const execution: Execution = {
			...{ plan, process: this.process, ids: [], runs: [], customData: new Map(), isOver: false },
			nodeContexts: steps.map(() => ({})),
		};
		executions.push(execution);
		let stop = new AbortController();
		if (plan.stopAfterMs !== undefined) {
			world.after(plan.stopAfterMs, () => {
				const run = execution.runs.at(-1);
				if (run && run.endedAt === undefined) run.stoppedAt = world.elapsed;
				stop.abort(new DOMException('Stopped', 'AbortError'));
			});
		}
		let items = firstItems;
		let step = 0;
		for (let retry = 0; ; retry++) {
			execution.ids.push(`${this.prefix}_${++this.started}`);
			for (; step < steps.length && items.length > 0; step++) {
				const { error, outputs } = await this.runNode(execution, step, items, stop);
				if (error || stop.signal.aborted) break;
				const good = outputs.filter(({ json }) => json.error === undefined);
				// A list is made once, as with n8n's Execute Once.
				items = steps[step + 1] === 'getMany' ? good.slice(0, 1) : good;
			}
			const hasFailed = step < steps.length && items.length > 0;
			if (!hasFailed || stop.signal.aborted || retry === plan.retries) break;
			await world.sleep(plan.retryAfterMs);
			// As n8n saves it and restores it.
			execution.nodeContexts = JSON.parse(JSON.stringify(execution.nodeContexts)) as never;
			if (plan.retriesElsewhere) {
				this.move();
				execution.process = this.process;
			}
			stop = new AbortController();
		}
		execution.isOver = true;
	}

	/** With its tries; as a tool of an agent, with its calls. */
	private async runNode(
		execution: Execution,
		step: number,
		items: Item[],
		stop: AbortController,
	): Promise<Run> {
		const { plan } = execution;
		for (let tries = 0; ; tries++) {
			const run = await this.tryNode(execution, step, items, stop, tries);
			const hasFailed =
				run.error !== undefined || run.outputs.some(({ json }) => json.error !== undefined);
			const isEnough = tries + 1 === MAX_TRIES || (!hasFailed && !plan.isTool);
			if (isEnough || !(plan.retryOnFail || plan.isTool)) return run;
			await this.told.world.sleep(WAIT_BETWEEN_TRIES_MS);
			if (plan.isTool && stop.signal.aborted) return run;
		}
	}

	private async tryNode(
		execution: Execution,
		step: number,
		items: Item[],
		{ signal }: AbortController,
		tries: number,
	): Promise<Run> {
		const { world, api, inFront, broken } = this.told;
		const { plan } = execution;
		const operation = plan.steps[step];
		const { execute, apiKey } = execution.process;
		api.newRun();
		const run: Run = { operation, items, startedAt: world.elapsed, outputs: [] };
		if (signal.aborted) run.stoppedAt = world.elapsed;
		execution.runs.push(run);
		const watched: Parameters<typeof contextOf>[2] = {
			told: api.told,
			send: async (request) => {
				if (request.method === 'POST' && !CREATES.has(operation)) {
					broken.add(`${operation} sent a POST`);
				}
				return await inFront.send(request);
			},
		};
		const context = contextOf(
			{
				id: execution.ids.at(-1) ?? '',
				apiKey,
				items: items.map(({ json }) => json),
				files: items.map(({ binary }) => binary),
				helpers: this.told.files.helpers,
				nodeContext: execution.nodeContexts[step],
				customData: execution.customData,
				isTool: plan.isTool,
				parameters: parametersOf(plan, operation),
				continueOnFail: plan.continueOnFail,
			},
			plan.isTool ? tries : 0,
			watched,
			signal,
			() => broken.add('a POST was sent after the execution was stopped'),
		);
		try {
			[run.outputs] = await execute(context);
		} catch (error) {
			run.error = error as Error;
		}
		run.endedAt = world.elapsed;
		const listeners = getEventListeners(signal, 'abort').length;
		if (listeners > 0) broken.add(`${listeners} listeners were left on the execution's signal`);
		return run;
	}
}

function parametersOf(plan: Plan, operation: Operation): Record<string, unknown> {
	const areFiles = plan.source.startsWith('files');
	return {
		operation,
		...(areFiles
			? { characterSource: 'file', characterBinaryPropertyName: 'character' }
			: { characterUrl: '={{ $json.character }}' }),
		...(areFiles
			? { referenceSource: 'file', referenceBinaryPropertyName: 'performance' }
			: { referenceUrl: PERFORMANCE_LINK }),
		generationId: '={{ $json.id }}',
		downloadVideo: plan.downloads,
		binaryPropertyName: 'data',
		returnAll: true,
		period: 'day',
		options: { ...plan.options, checkLinks: plan.source === 'links that are checked' },
	};
}
