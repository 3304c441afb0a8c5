import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';

import { apiError } from './faults.cts';
import type { Fault } from './faults.cts';
import { objectionsTo } from './validate.cts';

export const STANDIN_KEY = 'standin-key';

const RUNWAY_PATH = '/v2/generate/video/runway/generation';
const UNIVERSAL_PATH = '/v2/video/generations';

const ASSETS = join(__dirname, 'assets');

export type RequestKind = 'create' | 'retrieve' | 'download' | 'billing' | 'other';

export interface LoggedRequest {
	at: number;
	kind: RequestKind;
	path: string;
	authorization: string | undefined;
	body?: unknown;
	generationId?: string;
	/** The status a retrieval told. */
	generationStatus?: string;
	status?: number;
}

export interface StandinOptions {
	port?: number;
	key?: string;
	/** How long a generation takes, in milliseconds. */
	durationMs?: number | ((index: number) => number);
	/** Ends every generation in `error` with this failure. */
	failure?: { name: string; message: string };
	/** How many generations may run at once; more are answered 429. */
	maxConcurrent?: number;
	/** How long a video link lives, in seconds; 0 gives an expired one. */
	linkLifetimeSeconds?: number;
	/** Status told while a generation runs. */
	runningStatus?: string;
}

interface Generation {
	id: string;
	createdAt: number;
	durationMs: number;
}

interface Rule {
	on: RequestKind;
	times: number;
	fault: Fault;
}

/**
 * A server that answers as AI/ML API documents it for `runway/act_two`, and misbehaves on request.
 * The API and the host of the videos are two origins, as in the real world.
 */
export class Standin extends EventEmitter {
	readonly requests: LoggedRequest[] = [];
	readonly generations: Generation[] = [];
	readonly openSockets = new Set<Socket>();
	url = '';
	cdnUrl = '';
	private readonly rules: Rule[] = [];
	private readonly servers: Server[] = [];
	private readonly video = readFileSync(join(ASSETS, 'video.mp4'));

	constructor(readonly options: StandinOptions) {
		super();
	}

	get key(): string {
		return this.options.key ?? STANDIN_KEY;
	}

	/** How many requests of a kind arrived. */
	count(kind: RequestKind): number {
		return this.requests.filter((request) => request.kind === kind).length;
	}

	/** The next `times` requests of a kind meet this fault. */
	fail(on: RequestKind, fault: Fault, times = 1): void {
		this.rules.push({ on, fault, times });
	}

	async start(): Promise<this> {
		this.url = await this.listen(this.serveApi, this.options.port ?? 0);
		this.cdnUrl = await this.listen(this.serveCdn, 0);
		return this;
	}

	async close(): Promise<void> {
		for (const socket of this.openSockets) socket.destroy();
		await Promise.all(
			this.servers.map(async (server) => await new Promise((done) => server.close(done))),
		);
	}

	private async listen(
		serve: (request: IncomingMessage, response: ServerResponse) => void,
		port: number,
	): Promise<string> {
		const server = createServer(serve);
		server.on('connection', (socket) => {
			this.openSockets.add(socket);
			socket.on('close', () => this.openSockets.delete(socket));
		});
		this.servers.push(server);
		await new Promise<void>((done, failed) => {
			server.once('error', failed);
			server.listen(port, '127.0.0.1', done);
		});
		return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	}

	private readonly serveApi = (request: IncomingMessage, response: ServerResponse): void => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const url = new URL(request.url ?? '/', this.url);
			const entry = this.log(request, kindOf(request.method, url), response);
			if (chunks.length > 0) entry.body = parse(Buffer.concat(chunks).toString());
			this.meet(entry, request, response, () => this.answer(entry, url, response));
		});
	};

	private readonly serveCdn = (request: IncomingMessage, response: ServerResponse): void => {
		const entry = this.log(request, 'download', response);
		this.meet(entry, request, response, () => {
			const token = new URL(request.url ?? '/', this.cdnUrl).searchParams.get('_jwt') ?? '';
			const payload = parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
			const expires = (payload as { exp?: number } | undefined)?.exp ?? 0;
			if (expires * 1000 <= Date.now()) {
				response.writeHead(403, { 'content-type': 'application/xml' });
				response.end('<Error><Code>AccessDenied</Code></Error>');
				return;
			}
			response.writeHead(200, {
				'content-type': 'video/mp4',
				'content-length': this.video.length,
			});
			response.end(this.video);
		});
	};

	private log(request: IncomingMessage, kind: RequestKind, response: ServerResponse) {
		const entry: LoggedRequest = {
			at: Date.now(),
			kind,
			path: request.url ?? '',
			authorization: request.headers.authorization,
		};
		this.requests.push(entry);
		response.on('finish', () => {
			entry.status = response.statusCode;
			this.emit('answered', entry);
		});
		this.emit('request', entry);
		return entry;
	}

	private meet(
		entry: LoggedRequest,
		request: IncomingMessage,
		response: ServerResponse,
		proceed: () => void,
	): void {
		const rule = this.rules.find(({ on, times }) => on === entry.kind && times > 0);
		if (!rule) return proceed();
		rule.times--;
		rule.fault({ request, response, proceed, accept: () => this.accept(entry) });
	}

	private accept(entry: LoggedRequest): Generation {
		const { durationMs = 3000 } = this.options;
		const index = this.generations.length;
		const generation = {
			id: randomUUID(),
			createdAt: Date.now(),
			durationMs: typeof durationMs === 'function' ? durationMs(index) : durationMs,
		};
		this.generations.push(generation);
		entry.generationId = generation.id;
		return generation;
	}

	private answer(entry: LoggedRequest, url: URL, response: ServerResponse): void {
		const send = (code: number, body: string) => {
			response.writeHead(code, { 'content-type': 'application/json' });
			response.end(body);
		};
		const refuse = (code: number, message: string) =>
			send(code, apiError(url.pathname, code, message));

		if (entry.kind === 'other') return refuse(404, 'Not Found');
		if (entry.authorization !== `Bearer ${this.key}`) {
			return refuse(
				401,
				'This request requires a valid API key. You can create one on the key page.',
			);
		}
		if (entry.kind === 'billing') {
			return send(200, JSON.stringify({ current_balance: 12.5, currency: 'USD' }));
		}
		if (entry.kind === 'create') {
			const objections = objectionsTo(entry.body);
			if (objections.length > 0) {
				return refuse(400, `Body validation error ${objections.join('; ')}`);
			}
			if (this.runningCount() >= (this.options.maxConcurrent ?? Infinity)) {
				return refuse(429, 'Too Many Requests');
			}
			const { id } = this.accept(entry);
			return send(201, JSON.stringify({ id, status: 'queued' }));
		}
		const id = url.searchParams.get('generation_id') ?? '';
		const generation = this.generations.find((candidate) => candidate.id === id);
		if (!generation) return refuse(404, 'Generation not found');
		const told = this.tell(generation, url.pathname === UNIVERSAL_PATH);
		entry.generationId = id;
		entry.generationStatus = told.status;
		return send(200, JSON.stringify(told));
	}

	private runningCount(): number {
		const now = Date.now();
		return this.generations.filter(({ createdAt, durationMs }) => now < createdAt + durationMs)
			.length;
	}

	private tell({ id, createdAt, durationMs }: Generation, universal: boolean) {
		const elapsed = Date.now() - createdAt;
		if (elapsed < durationMs) {
			const early = elapsed < durationMs / 10 ? 'queued' : 'generating';
			return { id, status: this.options.runningStatus ?? early, video: null, error: null };
		}
		if (this.options.failure) return { id, status: 'error', error: this.options.failure };
		const expires = Math.floor(Date.now() / 1000) + (this.options.linkLifetimeSeconds ?? 86_400);
		const payload = Buffer.from(JSON.stringify({ exp: expires })).toString('base64url');
		const link = `${this.cdnUrl}/standin/${id}.mp4?_jwt=e30.${payload}.c2lnbmF0dXJl`;
		return {
			id,
			status: 'completed',
			video: universal ? { url: link } : [link],
			error: null,
			meta: { usage: { credits_used: 50 } },
		};
	}
}

function kindOf(method: string | undefined, { pathname }: URL): RequestKind {
	if (pathname === '/v2/billing' || pathname === '/v1/billing/balance') return 'billing';
	if (pathname !== RUNWAY_PATH && pathname !== UNIVERSAL_PATH) return 'other';
	return method === 'POST' ? 'create' : method === 'GET' ? 'retrieve' : 'other';
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** Starts the stand-in on loopback, on a free port unless one is given. */
export async function startStandin(options: StandinOptions = {}): Promise<Standin> {
	return await new Standin(options).start();
}
