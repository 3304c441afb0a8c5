import { own } from '../aimlapi/untrusted';
import type { HostResponse } from './linkRequest';

/** Of one link, in bytes, the first part included. */
const MAX_READ = 512_000;

/** Random access to the bytes of a file. */
export interface ByteSource {
	/** In bytes, where it is known. */
	size?: number;
	/** Gives fewer bytes at the end of the file. Rejects when they cannot be had. */
	read(offset: number, length: number): Promise<Buffer>;
}

export interface Range {
	offset: number;
	/** In bytes. */
	length: number;
}

/** What a 206 says it is, or undefined where it is not one part of a file (RFC 9110, 14.4). */
export function partOf({
	status,
	headers,
}: HostResponse): (Range & { size: number | undefined }) | undefined {
	const [, first, last, size] =
		/^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(String(own(headers, 'content-range'))) ?? [];
	if (status !== 206 || last === undefined) return undefined;
	return {
		offset: Number(first),
		length: Number(last) - Number(first) + 1,
		size: size === '*' ? undefined : Number(size),
	};
}

/** The bytes of a response that is exactly the part asked for, or what the file has of it. */
function bytesOf(response: HostResponse, { offset, length }: Range): Buffer | undefined {
	const part = partOf(response);
	if (part?.offset !== offset || part.length !== response.body.length) return undefined;
	const isEnd = part.size !== undefined && offset + part.length === part.size;
	return part.length === length || (part.length < length && isEnd) ? response.body : undefined;
}

/**
 * The bytes of a file at a host that serves ranges; undefined where `response` shows that it does not.
 * @param response the answer for `asked`, the start of the file
 * @param request asks for another part
 */
export function rangeSource(
	response: HostResponse,
	asked: Range,
	request: (range: Range) => Promise<HostResponse>,
): ByteSource | undefined {
	const start = bytesOf(response, asked);
	if (!start) return undefined;
	const size = partOf(response)?.size;
	let bytesLeft = MAX_READ - start.length;
	return {
		...(size !== undefined && { size }),
		read: async (offset, length) => {
			const end = Math.min(offset + length, size ?? Infinity);
			if (end <= Math.max(start.length, offset)) return start.subarray(offset, end);
			const range = { offset, length: end - offset };
			if (range.length > bytesLeft) throw new Error('Too much of the file was asked for');
			bytesLeft -= range.length;
			const bytes = bytesOf(await request(range), range);
			if (!bytes) throw new Error('The host did not send the part that was asked for');
			return bytes;
		},
	};
}
