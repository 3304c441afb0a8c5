/** A file that can be read from any place. */
export interface ByteSource {
	/** In bytes, where it is known. */
	size?: number;
	/** May give fewer bytes at the end of the file. */
	read(offset: number, length: number): Promise<Buffer>;
}

/** What an inspection reads of a file at most, in bytes. */
export const MAX_INSPECTED_BYTES = 512 * 1024;
const BLOCK_BYTES = 16 * 1024;

/** Reads a file in blocks, each once, within a budget; past it everything is empty, so unknown. */
export class Reader {
	private readonly blocks = new Map<number, Promise<Buffer>>();
	private budget = MAX_INSPECTED_BYTES;

	constructor(private readonly source: ByteSource) {}

	get size(): number | undefined {
		return this.source.size;
	}

	/** @returns the bytes, fewer at the end of the file or of the budget */
	async read(offset: number, length: number): Promise<Buffer> {
		if (!Number.isSafeInteger(offset) || offset < 0) return Buffer.alloc(0);
		const parts: Buffer[] = [];
		for (let at = offset, end = offset + length; at < end; ) {
			const start = at - (at % BLOCK_BYTES);
			const block = await this.block(start);
			const part = block.subarray(at - start, Math.min(end - start, BLOCK_BYTES));
			parts.push(part);
			if (block.length < BLOCK_BYTES) break;
			at += part.length;
		}
		return parts.length === 1 ? parts[0] : Buffer.concat(parts);
	}

	private block(start: number): Promise<Buffer> {
		const known = this.blocks.get(start);
		if (known) return known;
		if (this.budget < BLOCK_BYTES) return Promise.resolve(Buffer.alloc(0));
		this.budget -= BLOCK_BYTES;
		const block = this.source.read(start, BLOCK_BYTES);
		this.blocks.set(start, block);
		return block;
	}
}
