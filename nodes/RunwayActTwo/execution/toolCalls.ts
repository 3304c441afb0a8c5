/** Where the checkpoints of a node's creations are kept, each as JSON under its key. */
export interface Entries {
	get(key: string): string | undefined;
	set(key: string, value: string): void;
	delete(key: string): void;
}

const KEPT_MS = 3_600_000;

/**
 * An MCP Server Trigger runs its tools before there is an execution, so what they created is kept in
 * this process, for callers that gave up too early and call again: each for an hour since its creation.
 * @param now milliseconds that never go back
 */
export function toolCalls(now: () => number): Entries {
	const calls = new Map<string, { writtenAt: number; value: string }>();
	return {
		get: (key) => {
			for (const [other, { writtenAt }] of calls) {
				if (now() - writtenAt > KEPT_MS) calls.delete(other);
			}
			return calls.get(key)?.value;
		},
		set: (key, value) => void calls.set(key, { writtenAt: now(), value }),
		delete: (key) => void calls.delete(key),
	};
}
