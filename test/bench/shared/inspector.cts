import { WebSocket } from 'undici';

import { freePort } from '../../support/n8n/n8n.cts';

export interface Inspected {
	/** Environment that lets the process be inspected. */
	env: NodeJS.ProcessEnv;
	/** What the process still refers to after its garbage is collected: heap and buffers, in MB. */
	liveMB(): Promise<number>;
}

/**
 * Looks into a Node process by its inspector (https://chromedevtools.github.io/devtools-protocol/v8/).
 * Memory as the system counts it says little of growth: V8 puts collecting off while there is room.
 */
export async function inspected(): Promise<Inspected> {
	const port = await freePort();
	return {
		env: { NODE_OPTIONS: `--inspect=127.0.0.1:${port}` },
		liveMB: async () => {
			const list = await fetch(`http://127.0.0.1:${port}/json`);
			const [{ webSocketDebuggerUrl }] = (await list.json()) as [{ webSocketDebuggerUrl: string }];
			const socket = new WebSocket(webSocketDebuggerUrl);
			await new Promise<void>((done, failed) => {
				socket.addEventListener('open', () => done());
				socket.addEventListener('error', () => failed(new Error('The inspector is not there')));
			});
			const ask = async (id: number, method: string) =>
				await new Promise<unknown>((done) => {
					socket.addEventListener('message', ({ data }) => {
						const answer = JSON.parse(String(data)) as { id: number; result: unknown };
						if (answer.id === id) done(answer.result);
					});
					socket.send(JSON.stringify({ id, method }));
				});
			try {
				// Twice: what has a finalizer is freed by the second only.
				await ask(1, 'HeapProfiler.collectGarbage');
				await ask(2, 'HeapProfiler.collectGarbage');
				const heap = (await ask(3, 'Runtime.getHeapUsage')) as {
					usedSize: number;
					backingStorageSize?: number;
				};
				return (heap.usedSize + (heap.backingStorageSize ?? 0)) / 1e6;
			} finally {
				socket.close();
			}
		},
	};
}
