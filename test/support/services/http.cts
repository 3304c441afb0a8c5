import { request as send } from 'node:http';
import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';

export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface Listening {
	port: number;
	/** Closes the server and what is still connected to it. */
	close(): Promise<void>;
}

/** Listens on loopback, on a free port. */
export async function listen(server: HttpServer): Promise<Listening> {
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	return {
		port: (server.address() as AddressInfo).port,
		close: async () => {
			const closed = new Promise((done) => server.close(done));
			server.closeAllConnections();
			await closed;
		},
	};
}

/** A handler for node:http; one that fails answers 500 instead of leaving the client waiting. */
export function serve(handler: Handler) {
	return (request: IncomingMessage, response: ServerResponse): void => {
		handler(request, response).catch((error: unknown) => {
			if (!response.headersSent) response.writeHead(500);
			response.end(String(error));
		});
	};
}

export function answerJson(response: ServerResponse, status: number, value: unknown): void {
	response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
	response.end(JSON.stringify(value));
}

/**
 * Passes every request on to a server on loopback, and its loss of a connection back.
 * @param base what is its URL at the moment
 */
export function forwardTo(base: () => string): Handler {
	return async (request, response) => {
		const { method, url = '/', headers } = request;
		const onward = send(new URL(url, base()), { method, headers });
		request.pipe(onward);
		try {
			const answer = await new Promise<IncomingMessage>((done, failed) => {
				onward.once('response', done).once('error', failed);
			});
			response.writeHead(answer.statusCode ?? 502, answer.headers);
			await pipeline(answer, response);
		} catch {
			request.socket.destroy();
		}
	};
}
