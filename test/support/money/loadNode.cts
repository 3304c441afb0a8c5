import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { relative, resolve } from 'node:path';

import { build } from 'esbuild';
import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { World } from './world.cts';

/** A change of the node's source: a fault put in on purpose. */
export interface Patch {
	/** Below nodes/RunwayActTwo. */
	file: string;
	from: string | RegExp;
	to: string;
}

export type Execute = (context: IExecuteFunctions) => Promise<INodeExecutionData[][]>;

/** Another process in this world's time: nothing that the node keeps in memory is there yet. */
export type StartProcess = (world: World) => NodeProcess;

export interface NodeProcess {
	execute: Execute;
	/** Of an account of its own: the node keeps its limits by account. */
	apiKey: string;
}

/** What one loaded node plays before it is loaded anew; V8 makes it fast only after some time. */
const PROCESSES_A_LOAD = 2000;

const NODE = resolve('nodes/RunwayActTwo');

/**
 * The real node as it is published, in virtual time. Nothing of it is replaced but the clock: n8n's
 * sleep, Date, performance and AbortSignal.timeout.
 * @throws Error when a patch finds nothing to change, so that it must be written anew
 */
export async function loadNode(patches: Patch[] = []): Promise<StartProcess> {
	const pending = new Set(patches);
	const { outputFiles } = await build({
		entryPoints: [resolve(NODE, 'RunwayActTwo.node.ts')],
		bundle: true,
		write: false,
		external: ['n8n-workflow'],
		platform: 'node',
		target: 'node20',
		plugins: [
			{
				name: 'patches',
				setup: ({ onLoad }) =>
					onLoad({ filter: /\.ts$/ }, ({ path }) => {
						let text = readFileSync(path, 'utf8');
						for (const patch of patches) {
							if (relative(NODE, path) !== patch.file) continue;
							const changed = text.replace(patch.from, patch.to);
							if (changed !== text) pending.delete(patch);
							text = changed;
						}
						return { contents: text, loader: 'ts' };
					}),
			},
		],
	});
	for (const { file, from } of pending) throw new Error(`${file} has no ${String(from)}`);
	const module = new Function(
		...['module', 'exports', 'require', 'Date', 'performance', 'Math', 'AbortSignal'],
		outputFiles[0].text,
	);

	const fromHere = createRequire(resolve('package.json'));
	const n8nWorkflow = fromHere('n8n-workflow') as object;
	let current: World;
	const ofWorld = (): Execute => {
		const sleep = async (ms: number, signal?: AbortSignal) => await current.sleepOfNode(ms, signal);
		const workflow = Object.create(n8nWorkflow, {
			sleep: { value: sleep, enumerable: true },
			sleepWithAbort: { value: sleep, enumerable: true },
		}) as object;
		const load = (name: string): unknown => (name === 'n8n-workflow' ? workflow : fromHere(name));
		const exported = { exports: {} as Record<string, unknown> };
		class WorldDate extends Date {
			static override now = () => current.now();
		}
		const performance = { now: () => current.elapsed };
		const math = Object.create(Math, { random: { value: () => 0.5 } }) as Math;
		const signals = { timeout: (ms: number) => current.timeout(ms) };
		module(exported, exported.exports, load, WorldDate, performance, math, signals);
		const Node = exported.exports.RunwayActTwo as new () => { execute: () => unknown };
		const node = new Node();
		return async (context) => (await node.execute.call(context as never)) as INodeExecutionData[][];
	};

	let execute: Execute | undefined;
	let processes = 0;
	return (world) => {
		current = world;
		if (!execute || processes % PROCESSES_A_LOAD === 0) execute = ofWorld();
		return { execute, apiKey: `key-${++processes}` };
	};
}
