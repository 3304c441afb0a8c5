import { own, readAmount } from '../aimlapi/untrusted';
import type { ByteSource } from './inspection/bytes';
import { PART_BYTES } from './linkRequest';
import type { HostResponse } from './linkRequest';

const NOTHING = Buffer.alloc(0);

/** A file at a host, by whole parts of it. What the host does not give is empty. */
export function rangeSource(
	first: HostResponse,
	requestPart: (offset: number) => Promise<HostResponse>,
): ByteSource {
	const size = sizeOf(first);
	// A host without ranges sends the whole file: its beginning can be read all the same.
	const start = first.status === 200 ? first.body : partOf(first, 0);
	return {
		size,
		blockBytes: PART_BYTES,
		read: async (offset) => {
			if (offset === 0) return start ?? NOTHING;
			if (first.status === 200) return NOTHING;
			return partOf(await requestPart(offset), offset) ?? NOTHING;
		},
	};
}

/** In bytes, of the whole file. */
export function sizeOf({ status, headers, body, isWhole }: HostResponse): number | undefined {
	if (status === 206) return contentRange(headers)?.size;
	return readAmount(own(headers, 'content-length')) ?? (isWhole ? body.length : undefined);
}

/** Whether there is a file, without any bytes: also by RFC 9110, 15.5.17, where no range can be given. */
export function isEmpty(response: HostResponse): boolean {
	return response.status === 416
		? /^bytes \*\/0$/.test(String(own(response.headers, 'content-range')))
		: response.status === 200 && sizeOf(response) === 0;
}

/** The bytes of a 206 that says and has what was asked for, or what the file has of it. */
function partOf({ status, headers, body }: HostResponse, offset: number): Buffer | undefined {
	const { first, last, size = Infinity } = contentRange(headers) ?? {};
	const end = offset + body.length;
	const isAll = body.length === PART_BYTES || end >= size || size === Infinity;
	return status === 206 && first === offset && last === end - 1 && isAll ? body : undefined;
}

/** RFC 9110, 14.4; the size is absent where the host does not tell it. */
function contentRange(headers: HostResponse['headers']) {
	const [, first, last, size] =
		/^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(String(own(headers, 'content-range'))) ?? [];
	return first === undefined
		? undefined
		: { first: Number(first), last: Number(last), size: readAmount(size) };
}
