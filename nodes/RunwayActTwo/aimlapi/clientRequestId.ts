/**
 * The header `X-Client-Request-Id`, under which AIMLAPI's logs show a creation: its writer and its
 * reader. Pure but for the random part.
 */
import { createHash, randomBytes } from 'node:crypto';

/** Who sends a creation. */
interface RequestOrigin {
	/** Absent where an MCP Server Trigger runs a tool: then the time stands in its place. */
	executionId: string | undefined;
	runIndex: string;
	itemIndex: number;
	/** As n8n knows itself. */
	instanceId: string;
}

/**
 * A new ID for one POST, at most 128 of `A-Z a-z 0-9 . _ -`:
 * `n8n.<execution>.<run>.<item>.<random>.<instance>.<content>`.
 * @param content from contentDigest
 */
export function newClientRequestId(
	{ executionId, runIndex, itemIndex, instanceId }: RequestOrigin,
	content: string,
): string {
	const execution = (executionId ?? `t${Date.now()}`).replace(/[^\w-]/g, '_').slice(0, 40);
	const post = randomBytes(4).toString('hex');
	return ['n8n', execution, runIndex, itemIndex, post, instanceDigest(instanceId), content].join(
		'.',
	);
}

/** What a client request ID of this package tells; version 1.0.0 wrote the execution alone. */
export function readClientRequestId(
	id: string,
): { executionId?: string; instance?: string; content?: string } | undefined {
	const [, execution, instance, content] =
		/^n8n\.([\w-]*)\.\d+\.\d+\.[\da-f]+\.(?:([\da-f]{8})\.)?([\da-f]{16})$/.exec(id) ?? [];
	if (content === undefined) return undefined;
	return {
		...(execution !== '' && !/^t\d+$/.test(execution) && { executionId: execution }),
		...(instance !== undefined && { instance, content }),
	};
}

export function instanceDigest(instanceId: string): string {
	return digestOf([instanceId]).slice(0, 8);
}

/** The same for two requests that ask for the same video, whoever sends them. */
export function contentDigest(parts: string[]): string {
	return digestOf(parts).slice(0, 16);
}

/** SHA-256 in hex, of parts that cannot run into one another. */
export function digestOf(parts: Iterable<string>): string {
	const hash = createHash('sha256');
	for (const part of parts) hash.update(`${part.length}:`).update(part);
	return hash.digest('hex');
}

const SIGNATURES: Array<[signed: RegExp, volatile: RegExp]> = [
	[/^x-amz-signature$/i, /^x-amz-/i],
	[/^x-goog-signature$/i, /^x-goog-/i],
	[/^signature$/i, /^(signature|expires|awsaccesskeyid|googleaccessid|key-pair-id|policy)$/i],
	[/^sig$/i, /^(sig|s[vetpr]|spr|sk\w+)$/i],
	[/^_jwt$/, /^_jwt$/],
];

/** A link without the parts that a storage service signs anew each time. */
export function withoutSignature(link: string): string {
	const url = new URL(link);
	const names = [...url.searchParams.keys()];
	for (const [signed, volatile] of SIGNATURES) {
		if (!names.some((name) => signed.test(name))) continue;
		for (const name of names) if (volatile.test(name)) url.searchParams.delete(name);
	}
	return url.href;
}
