import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** What a fault may do: answer in its own way, and say whether a creation is accepted all the same. */
export interface FaultContext {
	request: IncomingMessage;
	response: ServerResponse;
	/** The answer that would have been given, also when a fault accepts the creation first. */
	proceed: () => void;
	/** Accepts the creation without answering; false when the API would have refused it. */
	accept: () => boolean;
}

export type Fault = (context: FaultContext) => void;

/** The documented error body. */
export function apiError(path: string, statusCode: number, message: string): string {
	const timestamp = new Date().toISOString();
	return JSON.stringify({ message, path, requestId: randomUUID(), statusCode, timestamp });
}

/** An API error of any status. */
export const status =
	(code: number, message = 'Something wrong with the server', headers = {}): Fault =>
	({ request, response }) => {
		response.writeHead(code, { 'content-type': 'application/json', ...headers });
		response.end(apiError(request.url ?? '', code, message));
	};

/** A gateway's page. */
export const html =
	(code = 502): Fault =>
	({ response }) => {
		response.writeHead(code, { 'content-type': 'text/html' });
		response.end('<html><body><h1>Bad gateway</h1></body></html>');
	};

/** Any body with status 200. */
export const body =
	(text: string, code = 200): Fault =>
	({ response }) => {
		response.writeHead(code, { 'content-type': 'application/json' });
		response.end(text);
	};

export const redirect =
	(location: string): Fault =>
	({ response }) => {
		response.writeHead(302, { location });
		response.end();
	};

/** The connection breaks before an answer. */
export const reset: Fault = ({ request }) => {
	request.socket.destroy();
};

/** No answer ever comes. */
export const hang: Fault = () => {};

/** The creation is accepted, then `fault` is the answer: what makes a second POST cost twice. */
export const accepted =
	(fault: Fault): Fault =>
	(context) => {
		if (context.accept()) fault(context);
		else context.proceed();
	};

/** Bytes that announce more than is sent. */
export const truncated: Fault = ({ response }) => {
	response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': '100000' });
	response.write(Buffer.alloc(1000), () => response.destroy());
};

/** The normal answer, but only after `ms` milliseconds. */
export const delay =
	(ms: number): Fault =>
	({ request, proceed }) => {
		const timer = setTimeout(proceed, ms);
		request.socket.once('close', () => clearTimeout(timer));
	};

/** One space every `everyMs` milliseconds, without end: what outlives a timeout of idle time. */
export const trickle =
	(everyMs = 100): Fault =>
	({ response }) => {
		response.writeHead(200, { 'content-type': 'application/json' });
		const timer = setInterval(() => response.write(' '), everyMs);
		response.once('close', () => clearInterval(timer));
	};

export const EXPIRED_LINK = '<Error><Code>AccessDenied</Code></Error>';

/** The answer of a video's host that is not the video. */
export function sendXml(response: ServerResponse, code: number, xml: string): void {
	response.writeHead(code, { 'content-type': 'application/xml' });
	response.end(xml);
}

/** A link that expired between the poll and the download. */
export const expiredLink: Fault = ({ response }) => sendXml(response, 403, EXPIRED_LINK);
