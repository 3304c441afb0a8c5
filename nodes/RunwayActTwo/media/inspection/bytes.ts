/** A file that can be read from any place. */
export interface ByteSource {
	/** In bytes, where it is known. */
	size?: number;
	/** How much is read at once, in bytes, from a multiple of that on; 16 kB unless set. */
	blockBytes?: number;
	/** May give fewer bytes at the end of the file. */
	read(offset: number, length: number): Promise<Buffer>;
}

/** What an inspection asks a source for at most, in bytes, unless told otherwise. */
export const MAX_INSPECTED_BYTES = 2 * 1024 * 1024;
const DEFAULT_BLOCK_BYTES = 16 * 1024;
/** So much of what was read is kept, for whoever goes back a little. */
const MAX_KEPT_BLOCKS = 32;

/** Reads a file in blocks, within a budget; past it everything is empty, so unknown. */
export class Reader {
	private readonly blocks = new Map<number, Promise<Buffer>>();
	private readonly blockBytes: number;

	constructor(
		private readonly source: ByteSource,
		private budget = MAX_INSPECTED_BYTES,
	) {
		this.blockBytes = source.blockBytes ?? DEFAULT_BLOCK_BYTES;
	}

	get size(): number | undefined {
		return this.source.size;
	}

	/** Whether all of the file may be read. */
	get canReadAll(): boolean {
		return this.size !== undefined && this.size <= this.budget;
	}

	/** @returns the bytes, fewer at the end of the file or of the budget */
	async read(offset: number, length: number): Promise<Buffer> {
		if (!Number.isSafeInteger(offset) || offset < 0 || !(length > 0)) return Buffer.alloc(0);
		const parts: Buffer[] = [];
		for (let at = offset, end = offset + length; at < end; ) {
			const start = at - (at % this.blockBytes);
			const block = await this.block(start);
			const part = block.subarray(at - start, Math.min(end - start, this.blockBytes));
			parts.push(part);
			if (block.length < this.blockBytes) break;
			at += part.length;
		}
		return parts.length === 1 ? parts[0] : Buffer.concat(parts);
	}

	/** The last bytes of the file; nothing where its size is unknown or they could not be read. */
	async readTail(length: number): Promise<{ start: number; data: Buffer }> {
		const { size = 0 } = this;
		const start = Math.max(0, size - length);
		const data = await this.read(start, size - start);
		return { start, data: data.length === size - start ? data : Buffer.alloc(0) };
	}

	private block(start: number): Promise<Buffer> {
		const known = this.blocks.get(start);
		if (known) return known;
		if (this.budget < this.blockBytes || start >= (this.size ?? Infinity)) {
			return Promise.resolve(Buffer.alloc(0));
		}
		this.budget -= this.blockBytes;
		const block = this.source.read(start, this.blockBytes);
		this.blocks.set(start, block);
		const [oldest] = this.blocks.keys();
		if (this.blocks.size > MAX_KEPT_BLOCKS) this.blocks.delete(oldest);
		return block;
	}
}

/** An unsigned number of up to 8 bytes, the highest first; NaN where the data end before it. */
export function uint(data: Buffer, at: number, bytes: number): number {
	if (at < 0 || at + bytes > data.length) return NaN;
	let value = 0;
	for (const byte of data.subarray(at, at + bytes)) value = value * 256 + byte;
	return value;
}

/** The places of a text in data, first to last. */
export function* placesOf(data: Buffer, text: string): Generator<number> {
	for (let at = data.indexOf(text, 0, 'latin1'); at >= 0; ) {
		yield at;
		at = data.indexOf(text, at + 1, 'latin1');
	}
}
