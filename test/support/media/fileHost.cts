import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export interface FileHost {
	url: string;
	/** Method, path and range of what was asked, in order. */
	requests: string[];
	authorizations: Array<string | undefined>;
	/** The most requests that were open at once. */
	busiest: number;
	close(): void;
}

/** A host of files on loopback that answers each path as it is told to. */
export async function startFileHost(answers: Record<string, Answer>): Promise<FileHost> {
	const host: FileHost = { url: '', requests: [], authorizations: [], busiest: 0, close: () => {} };
	let open = 0;
	const server = createServer((request, response) => {
		host.busiest = Math.max(host.busiest, ++open);
		response.once('close', () => open--);
		const range = request.headers.range ? ` ${request.headers.range}` : '';
		host.requests.push(`${request.method} ${request.url}${range}`);
		host.authorizations.push(request.headers.authorization);
		const path = new URL(request.url ?? '/', 'http://host').pathname;
		const answer = answers[path] ?? status(404);
		answer(request, response);
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	host.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	host.close = () => {
		server.closeAllConnections();
		server.close();
	};
	return host;
}

export const status =
	(code: number, headers: Record<string, string> = {}, body = ''): Answer =>
	(_, response) => {
		response.writeHead(code, headers);
		response.end(body);
	};

export const redirect = (location: string): Answer => status(302, { location });

export const stall: Answer = () => {};

export const reset: Answer = ({ socket }) => socket.destroy();

interface FileOptions {
	contentType?: string;
	/** Whether ranges are served; a host without them sends all of it. */
	ranges?: boolean;
	/** What HEAD is answered with, where it is not allowed. */
	headStatus?: number;
	/** A length told in place of the true one, to HEAD. */
	contentLength?: number;
}

/** A file, as a well-kept host serves it unless told otherwise. */
export const file =
	(
		content: Buffer,
		{ contentType = 'video/mp4', ranges = true, headStatus, contentLength }: FileOptions = {},
	): Answer =>
	({ method, headers }, response) => {
		if (method === 'HEAD') {
			response.writeHead(headStatus ?? 200, {
				'content-type': contentType,
				'content-length': contentLength ?? content.length,
			});
			response.end();
			return;
		}
		const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
		if (!ranges || from === undefined) {
			response.writeHead(200, { 'content-type': contentType, 'content-length': content.length });
			response.end(content);
			return;
		}
		const end = Math.min(Number(to) + 1, content.length);
		response.writeHead(206, {
			'content-type': contentType,
			'content-length': end - Number(from),
			'content-range': `bytes ${from}-${end - 1}/${content.length}`,
		});
		response.end(content.subarray(Number(from), end));
	};
