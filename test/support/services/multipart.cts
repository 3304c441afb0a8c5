export interface Part {
	contentType?: string;
	bytes: Buffer;
}

/**
 * Takes a multipart body of any kind apart, bytes untouched (RFC 2046). Node's own `formData()` reads
 * multipart/form-data only; Google Drive's uploads are multipart/related.
 * @param contentType the request's own, which names the boundary
 * @throws Error when the body is not of that form
 */
export function parseMultipart(body: Buffer, contentType: string): Part[] {
	const boundary = /boundary="?([^";]+)/.exec(contentType)?.[1];
	if (!boundary) throw new Error(`No boundary in ${contentType}`);
	// As latin1, one character is one byte. The first delimiter has no line break before it.
	const sections = `\r\n${body.toString('latin1')}`.split(`\r\n--${boundary}`);
	if (!sections.at(-1)?.startsWith('--')) throw new Error('The last boundary is missing');
	return sections.slice(1, -1).map((section) => {
		const end = section.indexOf('\r\n\r\n');
		return {
			contentType: /^content-type:\s*(.+)$/im.exec(section.slice(0, end))?.[1].trim(),
			bytes: Buffer.from(section.slice(end + 4), 'latin1'),
		};
	});
}
