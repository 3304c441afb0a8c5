import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

import type { FileContent } from '../aimlapi/contract';
import { own } from '../aimlapi/untrusted';

type Stream = Awaited<ReturnType<IExecuteFunctions['helpers']['getBinaryStream']>>;

const CHUNK_BYTES = 64 * 1024;

/** Whether an expression gave a file of n8n's: an object with a MIME type, and its content or its ID. */
function isBinaryFile(value: unknown): value is IBinaryData {
	return (
		typeof own(value, 'mimeType') === 'string' &&
		(typeof own(value, 'id') === 'string' || typeof own(value, 'data') === 'string')
	);
}

/**
 * The file that a field names: an n8n binary object, the name of one of the item's files, or a path in
 * its JSON, where workflows with the setting `binaryMode: combined` keep them. `$binary` gives objects
 * without their content (n8n-workflow, workflow-data-proxy.js), so these are found by all the rest.
 * @returns “several” when different files have all the rest in common
 */
export function findFile(
	context: IExecuteFunctions,
	itemIndex: number,
	value: unknown,
): IBinaryData | 'several' | undefined {
	if (isBinaryFile(value)) return value;
	const files = filesOf(context, itemIndex);
	if (typeof value === 'object' && value !== null) {
		if (typeof own(value, 'mimeType') !== 'string') return undefined;
		const parts = Object.entries(value);
		const [found, ...others] = Object.values(files).filter((file) =>
			parts.every(([key, part]) => own(file, key) === part),
		);
		const isOne = others.every(({ id, data }) => id === found.id && data === found.data);
		return isOne ? found : 'several';
	}
	const name = String(value);
	const { json } = context.getInputData()[itemIndex];
	const inJson = name.split('.').reduce<unknown>((part, key) => own(part, key), json);
	// n8n's forms number the files of a field that takes several.
	return [own(files, name), inJson, own(files, `${name}_0`)].find(isBinaryFile);
}

/** The names of an item's files. */
export function fileNames(context: IExecuteFunctions, itemIndex: number): string[] {
	return Object.keys(filesOf(context, itemIndex));
}

function filesOf(context: IExecuteFunctions, itemIndex: number): Record<string, IBinaryData> {
	const { binary, json } = context.getInputData()[itemIndex];
	const candidates = [json, json._files, binary].flatMap((files) => Object.entries(files ?? {}));
	return Object.fromEntries(
		candidates.filter((entry): entry is [string, IBinaryData] => isBinaryFile(entry[1])),
	);
}

/** Base64 may be broken into lines, as databases and mails do it; n8n's own decoder skips that. */
const withoutSpace = (base64: string): string =>
	/\s/.test(base64) ? base64.replace(/\s+/g, '') : base64;

/** In bytes. @throws n8n's error when the file is gone */
export async function fileSize(
	{ helpers }: IExecuteFunctions,
	{ id, data }: IBinaryData,
): Promise<number> {
	return id
		? (await helpers.getBinaryMetadata(id)).fileSize
		: Buffer.byteLength(withoutSpace(data), 'base64');
}

/**
 * A file, streamed from n8n's storage: what lies between the parts read is passed over and never held.
 * `close` ends the stream.
 */
export function fileSource(
	{ helpers }: IExecuteFunctions,
	{ id, data }: IBinaryData,
	size: number,
): FileContent {
	if (!id) {
		const base64 = withoutSpace(data);
		return {
			size,
			read: async (offset, length) => {
				const [first, end] = [Math.floor(offset / 3) * 4, Math.ceil((offset + length) / 3) * 4];
				const content = Buffer.from(base64.slice(first, end), 'base64');
				return content.subarray(offset % 3, (offset % 3) + length);
			},
			close: () => {},
		};
	}
	let stream: Stream | undefined;
	let chunks: AsyncIterator<Buffer> | undefined;
	let position = 0;
	let pending = Buffer.alloc(0);
	const open = async () => {
		stream?.destroy();
		stream = await helpers.getBinaryStream(id, CHUNK_BYTES);
		chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
		position = 0;
		pending = Buffer.alloc(0);
	};
	return {
		size,
		read: async (offset, length) => {
			if (!chunks || offset < position) await open();
			const parts: Buffer[] = [];
			const end = offset + length;
			while (position < end) {
				if (pending.length === 0) {
					const next = await (chunks as AsyncIterator<Buffer>).next();
					if (next.done) break;
					pending = next.value;
				}
				const skipped = Math.min(pending.length, Math.max(0, offset - position));
				const taken = Math.min(pending.length - skipped, end - position - skipped);
				parts.push(pending.subarray(skipped, skipped + taken));
				pending = pending.subarray(skipped + taken);
				position += skipped + taken;
			}
			return parts.length === 1 ? parts[0] : Buffer.concat(parts);
		},
		close: () => stream?.destroy(),
	};
}
