import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { listen, serve } from '../services/http.cts';
import type { Handler } from '../services/http.cts';

export interface FileRequest {
	method: string;
	path: string;
	headers: IncomingMessage['headers'];
}

export interface FileHost {
	url: string;
	/** In the order in which they arrived. */
	requests: FileRequest[];
	/** The methods with which a path was asked for. */
	methods(path: string): string[];
	/** Bytes sent so far, headers included. */
	bytesSent(): number;
	/** Resolves when a request for the path has arrived. */
	asked(path: string): Promise<void>;
	/** Resolves when no connection is open. */
	idle(): Promise<void>;
	close(): Promise<void>;
}

/** A host of files on loopback; paths without a handler are answered 404. */
export async function startFileHost(handlers: Record<string, Handler>): Promise<FileHost> {
	const requests: FileRequest[] = [];
	const open = new Set<Socket>();
	let bytesOfClosed = 0;

	const server = createServer(
		serve(async (request, response) => {
			const path = request.url ?? '';
			requests.push({ method: request.method ?? '', path, headers: request.headers });
			server.emit('asked');
			await (handlers[path] ?? status(404))(request, response);
		}),
	);
	server.on('connection', (socket) => {
		open.add(socket);
		socket.once('close', () => {
			open.delete(socket);
			bytesOfClosed += socket.bytesWritten;
			if (open.size === 0) server.emit('idle');
		});
	});
	const { port, close } = await listen(server);
	const methods = (path: string) =>
		requests.filter((request) => request.path === path).map(({ method }) => method);
	return {
		url: `http://127.0.0.1:${port}`,
		requests,
		methods,
		bytesSent: () => [...open].reduce((sum, { bytesWritten }) => sum + bytesWritten, bytesOfClosed),
		asked: async (path) => {
			while (methods(path).length === 0) await once(server, 'asked');
		},
		idle: async () => {
			if (open.size > 0) await once(server, 'idle');
		},
		close,
	};
}

interface FileOptions {
	type?: string;
	/** Whether it serves parts of the file (RFC 9110, 14). */
	ranges?: boolean;
	/** The status of an answer to HEAD. */
	headStatus?: number;
	headers?: Record<string, string>;
}

/** A file, served as the RFC says. */
export function file(
	content: Buffer,
	{ type, ranges = true, headStatus = 200, headers = {} }: FileOptions = {},
): Handler {
	return async (request, response) => {
		const common = { ...(type && { 'content-type': type }), ...headers };
		if (request.method === 'HEAD' && headStatus !== 200) {
			response.writeHead(headStatus).end();
			return;
		}
		const range = ranges ? wantedRange(request, content.length) : undefined;
		if (range === 'unsatisfiable') {
			response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
			return;
		}
		const part = range ? content.subarray(range.first, range.last + 1) : content;
		response.writeHead(range ? 206 : 200, {
			'content-length': part.length,
			...(ranges && { 'accept-ranges': 'bytes' }),
			...(range && { 'content-range': `bytes ${range.first}-${range.last}/${content.length}` }),
			...common,
		});
		response.end(request.method === 'HEAD' ? undefined : part);
	};
}

/** RFC 9110: a range counts for GET only, and one that begins behind the end cannot be satisfied. */
function wantedRange({ method, headers }: IncomingMessage, size: number) {
	const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') ?? [];
	if (method !== 'GET' || first === undefined) return undefined;
	if (Number(first) >= size) return 'unsatisfiable';
	return { first: Number(first), last: Math.min(Number(last || size), size - 1) };
}

/** Any answer, with as many bytes of body as its headers say or not. */
export const status =
	(code: number, headers: Record<string, string | number> = {}, body = ''): Handler =>
	async ({ method }, response) => {
		response.writeHead(code, headers);
		response.end(method === 'HEAD' ? undefined : body);
	};

/** A body whose length is not told. */
export const chunked =
	(content: Buffer, headers: Record<string, string> = {}): Handler =>
	async ({ method }, response) => {
		response.writeHead(200, { ...headers, 'transfer-encoding': 'chunked' });
		response.end(method === 'HEAD' ? undefined : content);
	};

/** One handler a request, in their order, the last for all that follow. */
export function inTurn(...handlers: Handler[]): Handler {
	let index = 0;
	return async (request, response) =>
		await handlers[Math.min(index++, handlers.length - 1)](request, response);
}

/** The location may hold raw bytes, each as a character. */
export const redirect = (location: string, code = 302): Handler => status(code, { location });

/** `head` for HEAD, `get` for all else. */
export const byMethod =
	(head: Handler, get: Handler): Handler =>
	async (request, response) =>
		await (request.method === 'HEAD' ? head : get)(request, response);

/** No answer ever comes. */
export const stall: Handler = async () => {};

/** The connection breaks before an answer. */
export const reset: Handler = async ({ socket }) => {
	socket.destroy();
};

/** A body without end, sent as fast as it is read, whatever was asked for. */
export const endless =
	(code: number, headers: Record<string, string | number>): Handler =>
	async ({ method }, response) => {
		response.writeHead(code, headers);
		if (method === 'HEAD') response.end();
		else await sendForever(response);
	};

async function sendForever(response: ServerResponse): Promise<void> {
	const chunk = Buffer.alloc(65_536);
	const chunks = function* () {
		for (;;) yield chunk;
	};
	// It ends with the connection.
	await pipeline(Readable.from(chunks()), response).catch(() => {});
}
