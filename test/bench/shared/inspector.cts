import { WebSocket } from 'undici';

import { freePort } from '../../support/n8n/n8n.cts';

export interface Inspected {
	/** Environment that lets the process be inspected. */
	env: NodeJS.ProcessEnv;
	/** What the process still refers to after its garbage is collected: heap and buffers, in MB. */
	liveMB(): Promise<number>;
	/** What an expression gives in the process. */
	evaluate<T>(expression: string): Promise<T>;
	/** How many objects with a prototype the process still refers to; `prototype` is an expression. */
	countObjects(prototype: string): Promise<number>;
}

type Ask = <T>(method: string, params?: object) => Promise<T>;

interface Evaluated<T> {
	result: { objectId: string; value: T };
}

/**
 * Looks into a Node process by its inspector (https://chromedevtools.github.io/devtools-protocol/v8/).
 * Memory as the system counts it says little of growth: V8 puts collecting off while there is room.
 */
export async function inspected(): Promise<Inspected> {
	const port = await freePort();
	return {
		env: { NODE_OPTIONS: `--inspect=127.0.0.1:${port}` },
		liveMB: async () =>
			await connected(port, async (ask) => {
				// Twice: what has a finalizer is freed by the second only.
				await ask('HeapProfiler.collectGarbage');
				await ask('HeapProfiler.collectGarbage');
				const heap = await ask<{ usedSize: number; backingStorageSize?: number }>(
					'Runtime.getHeapUsage',
				);
				return (heap.usedSize + (heap.backingStorageSize ?? 0)) / 1e6;
			}),
		evaluate: async <T,>(expression: string) =>
			await connected(port, async (ask) => {
				const options = { expression, returnByValue: true };
				return (await ask<Evaluated<T>>('Runtime.evaluate', options)).result.value;
			}),
		countObjects: async (expression) =>
			await connected(port, async (ask) => {
				const found = await ask<Evaluated<never>>('Runtime.evaluate', { expression });
				const { objects } = await ask<{ objects: { objectId: string } }>('Runtime.queryObjects', {
					prototypeObjectId: found.result.objectId,
				});
				const { result } = await ask<Evaluated<number>>('Runtime.callFunctionOn', {
					objectId: objects.objectId,
					functionDeclaration: 'function () { return this.length; }',
					returnByValue: true,
				});
				return result.value;
			}),
	};
}

/** What the inspector holds for a connection goes with it. */
async function connected<T>(port: number, use: (ask: Ask) => Promise<T>): Promise<T> {
	const list = await fetch(`http://127.0.0.1:${port}/json`);
	const [{ webSocketDebuggerUrl }] = (await list.json()) as [{ webSocketDebuggerUrl: string }];
	const socket = new WebSocket(webSocketDebuggerUrl);
	await new Promise<void>((done, failed) => {
		socket.addEventListener('open', () => done());
		socket.addEventListener('error', () => failed(new Error('The inspector is not there')));
	});
	const answers = new Map<number, (result: unknown) => void>();
	socket.addEventListener('message', ({ data }) => {
		const { id, result } = JSON.parse(String(data)) as { id: number; result: unknown };
		answers.get(id)?.(result);
	});
	let asked = 0;
	const ask = async <R,>(method: string, params = {}) =>
		await new Promise<R>((done) => {
			answers.set(++asked, done as (result: unknown) => void);
			socket.send(JSON.stringify({ id: asked, method, params }));
		});
	try {
		return await use(ask);
	} finally {
		socket.close();
	}
}
