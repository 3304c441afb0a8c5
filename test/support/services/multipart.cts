export interface Part {
	name?: string;
	fileName?: string;
	contentType?: string;
	bytes: Buffer;
}

/**
 * Takes a multipart body apart, bytes untouched (RFC 2046).
 * @param contentType the request's own, which names the boundary
 * @throws Error when the body is not of that form
 */
export function parseMultipart(body: Buffer, contentType: string): Part[] {
	const boundary = /boundary="?([^";]+)/.exec(contentType)?.[1];
	if (!boundary) throw new Error(`No boundary in ${contentType}`);
	// The body's first delimiter has no line break before it.
	const whole = Buffer.concat([Buffer.from('\r\n'), body]);
	const delimiter = `\r\n--${boundary}`;
	const parts: Part[] = [];
	let start = whole.indexOf(delimiter);
	if (start < 0) throw new Error('The boundary is not in the body');
	for (;;) {
		start += delimiter.length;
		if (whole.subarray(start, start + 2).toString() === '--') return parts;
		const end = whole.indexOf(delimiter, start);
		if (end < 0) throw new Error('The last boundary is missing');
		parts.push(parsePart(whole.subarray(start + 2, end)));
		start = end;
	}
}

function parsePart(part: Buffer): Part {
	const end = part.indexOf('\r\n\r\n');
	const headers = part.subarray(0, end).toString();
	return {
		name: /;\s*name="([^"]*)"/i.exec(headers)?.[1],
		fileName: /;\s*filename="([^"]*)"/i.exec(headers)?.[1],
		contentType: /^content-type:\s*(.+)$/im.exec(headers)?.[1].trim(),
		bytes: part.subarray(end + 4),
	};
}
