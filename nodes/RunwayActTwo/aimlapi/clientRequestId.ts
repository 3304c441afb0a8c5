/** The header `X-Client-Request-Id`, under which AIMLAPI's logs show a creation: its writer and its reader. Pure. */

/**
 * `n8n.<execution>.<run>.<item>.<attempt>.<digest>`: the digest distinguishes instances, nodes and
 * requests. Without an execution the time stands in its place.
 */
export function clientRequestIdOf(
	executionId: string | undefined,
	runIndex: string,
	itemIndex: number,
	attempt: number,
	digest: string,
): string {
	const execution = (executionId ?? `t${Date.now()}`).replace(/[^\w-]/g, '_').slice(0, 40);
	return ['n8n', execution, runIndex, itemIndex, attempt, digest].join('.');
}

/** The n8n execution that a client request ID of this package names, if it is one. */
export function executionOf(clientRequestId: string): string | undefined {
	return /^n8n\.(?!t\d+\.)([\w-]+)\.\d+\.\d+\.\d+\.[\da-f]{16}$/.exec(clientRequestId)?.[1];
}
