import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { pipeline } from 'node:stream';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';

import { BALANCE, catalogue, metrics } from './account.cts';
import type { CatalogueOptions, Durations } from './account.cts';
import { videoOf } from './bigVideo.cts';
import { documentAt } from './documents.cts';
import { apiError, EXPIRED_LINK, sendXml } from './faults.cts';
import type { Fault } from './faults.cts';
import { logsQueryErrors, MODEL, periodMs, validationErrors } from './validate.cts';

export const FAKE_KEY = 'fake-key';

const RUNWAY_PATH = '/v2/generate/video/runway/generation';
const UNIVERSAL_PATH = '/v2/video/generations';

/** The text: https://docs.aimlapi.com/errors-and-messages/errors-with-status-code-4xx */
const WRONG_KEY =
	'This request requires a valid API key. You can create a new API key on the Billing page: https://aimlapi.com/app/keys';

const UNNAMED_FAILURE = { name: 'INTERNAL', message: 'The generation did not succeed.' };

const ASSETS = join(__dirname, 'assets');

export type RequestKind =
	| 'create'
	| 'retrieve'
	| 'download'
	| 'billing'
	| 'logs'
	| 'catalogue'
	| 'metrics'
	| 'other';

export interface LoggedRequest {
	/** When it arrived, in milliseconds of the fake API's clock. */
	at: number;
	kind: RequestKind;
	path: string;
	authorization: string | undefined;
	/** The header `X-Client-Request-Id`, where it is within the documented alphabet and length. */
	clientRequestId?: string;
	body?: unknown;
	generationId?: string;
	/** The status in a retrieval's response. */
	generationStatus?: string;
	status?: number;
}

export interface FakeAimlapiOptions {
	port?: number;
	key?: string;
	/** How long a generation takes, in milliseconds. */
	durationMs?: number | ((index: number) => number);
	/** Ends every generation in `error` with this failure. */
	failure?: unknown;
	/** Statuses from so many milliseconds after creation on, in rising order; over `durationMs`. */
	statuses?: Array<[fromMs: number, status: string]>;
	/** How many generations may run at once; more are answered 429. */
	maxConcurrent?: number;
	/** How many requests the API takes in any one second; more are answered 429. */
	maxRequestsPerSecond?: number;
	/** Seconds in the Retry-After of a 429; no header when unset. */
	retryAfterSeconds?: number;
	/** Size of the video in bytes; the small one is padded within MP4 and streamed. */
	videoBytes?: number;
	/** The clock, in milliseconds since 1970. */
	now?: () => number;
	/** How long a video link lives, in seconds; 0 gives an expired one. */
	linkLifetimeSeconds?: number;
	/** How often the state of a generation is renewed, in milliseconds since its creation. */
	refreshMs?: number;
	/** Status while a generation runs. */
	runningStatus?: string;
	/** Status with the video. */
	completedStatus?: string;
	/** The ID of a generation, of whatever kind; a UUID unless set. */
	makeId?: (index: number) => string | number | bigint;
	/** The form of a status check's answer; as documented unless set. */
	shape?: (answer: Record<string, unknown>) => object;
	/** Where a creation's answer names the ID, besides the header `x-inference-id`. */
	idIn?: 'id' | 'generation_id' | 'header';
	/** What a generation costs: sent at the creation and in the logs. */
	usage?: { credits_used: number; usd_spent: number };
	/** How long after a creation the logs show it, in milliseconds; rows may overtake one another. */
	logsLagMs?: number | ((index: number) => number);
	/** Whether the logs show a generation only once it has ended. */
	logsAfterEnd?: boolean;
	/** Whether the rows of a page come in an order of their own, and not newest first. */
	logsShuffled?: boolean;
	/** What the model catalogue says; a price by the second unless set. */
	catalogue?: CatalogueOptions;
	/** How long generations took lately, in milliseconds; `none`: no success lately. */
	durations?: Durations | 'none';
	/** The answer about the balance; 12.5 US dollars unless set. */
	balance?: unknown;
}

const USAGE = { credits_used: 650_000, usd_spent: 0.325 };

interface Generation {
	id: string;
	clientRequestId?: string;
	createdAt: number;
	durationMs: number;
}

interface Rule {
	on: RequestKind;
	times: number;
	fault: Fault;
	match: (request: LoggedRequest) => boolean;
}

/**
 * A server that answers as AI/ML API documents it for `runway/act_two`, and misbehaves on request.
 * The API and the host of the videos are two origins, as in the real world.
 */
export class FakeAimlapi extends EventEmitter {
	readonly requests: LoggedRequest[] = [];
	readonly generations: Generation[] = [];
	readonly openSockets = new Set<Socket>();
	url = '';
	cdnUrl = '';
	private readonly rules: Rule[] = [];
	private readonly servers: Server[] = [];
	private readonly video = readFileSync(join(ASSETS, 'video.mp4'));
	private readonly secret = randomBytes(32);

	constructor(readonly options: FakeAimlapiOptions) {
		super();
	}

	get key(): string {
		return this.options.key ?? FAKE_KEY;
	}

	/** How many requests of a kind arrived. */
	count(kind: RequestKind): number {
		return this.requests.filter((request) => request.kind === kind).length;
	}

	/** The next `times` requests of a kind that `match` meet this fault. */
	fail(on: RequestKind, fault: Fault, times = 1, match: Rule['match'] = () => true): void {
		this.rules.push({ on, fault, times, match });
	}

	/**
	 * Waits until the log satisfies `condition`, looking at once and at every arrival and answer.
	 * Throws when that takes longer than `timeoutMs`.
	 */
	async until(condition: (fake: this) => boolean, timeoutMs = 5000): Promise<void> {
		const signal = AbortSignal.timeout(timeoutMs);
		while (!condition(this)) await once(this, 'logged', { signal });
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
			const url = new URL(request.url ?? '/', this.cdnUrl);
			const [head, payload, signature] = (url.searchParams.get('_jwt') ?? '').split('.');
			const { exp = 0 } = (parse(Buffer.from(payload ?? '', 'base64url').toString()) ?? {}) as {
				exp?: number;
			};
			const genuine = signature === this.sign(`${head}.${payload}`);
			if (!genuine || exp * 1000 <= this.now()) return sendXml(response, 403, EXPIRED_LINK);
			const id = decodeURIComponent(/^\/videos\/(.+)\.mp4$/.exec(url.pathname)?.[1] ?? '');
			if (!this.generations.some((generation) => generation.id === id)) {
				return sendXml(response, 404, '<Error><Code>NoSuchKey</Code></Error>');
			}
			const { length, stream } = videoOf(this.video, this.options.videoBytes);
			response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': length });
			// A client that leaves in the middle is no fault of the fake API's.
			pipeline(stream(), response, () => {});
		});
	};

	private log(request: IncomingMessage, kind: RequestKind, response: ServerResponse) {
		const entry: LoggedRequest = {
			at: this.now(),
			kind,
			path: request.url ?? '',
			authorization: request.headers.authorization,
			...clientRequestIdOf(request),
		};
		this.requests.push(entry);
		response.on('finish', () => {
			entry.status = response.statusCode;
			this.emit('answered', entry);
			this.emit('logged', entry);
		});
		this.emit('request', entry);
		this.emit('logged', entry);
		return entry;
	}

	private meet(
		entry: LoggedRequest,
		request: IncomingMessage,
		response: ServerResponse,
		proceed: () => void,
	): void {
		const rule = this.rules.find(
			({ on, times, match }) => on === entry.kind && times > 0 && match(entry),
		);
		if (!rule) return proceed();
		rule.times--;
		rule.fault({
			request,
			response,
			proceed,
			accept: () => {
				const refusal = this.refusalOf(entry);
				if (!refusal) this.accept(entry);
				return refusal === undefined;
			},
		});
	}

	private accept(entry: LoggedRequest): Generation {
		const { durationMs = 3000 } = this.options;
		const index = this.generations.length;
		const generation = {
			id: String(this.options.makeId?.(index) ?? randomUUID()),
			createdAt: this.now(),
			clientRequestId: entry.clientRequestId,
			durationMs: typeof durationMs === 'function' ? durationMs(index) : durationMs,
		};
		this.generations.push(generation);
		entry.generationId = generation.id;
		return generation;
	}

	private answer(entry: LoggedRequest, url: URL, response: ServerResponse): void {
		const send = (code: number, body: string, headers = {}) => {
			const { clientRequestId } = entry;
			response.writeHead(code, {
				'content-type': 'application/json',
				date: new Date(this.now()).toUTCString(),
				...(clientRequestId !== undefined && { 'x-client-request-id': clientRequestId }),
				...headers,
			});
			response.end(body);
		};
		const refuse = (code: number, message: string) => {
			const wait = code === 429 ? this.options.retryAfterSeconds : undefined;
			const headers = wait === undefined ? {} : { 'retry-after': String(wait) };
			send(code, apiError(url.pathname, code, message), headers);
		};

		const document = documentAt(url.pathname);
		if (document) return send(200, JSON.stringify(document));
		const refusal = this.refusalOf(entry);
		if (refusal) return refuse(...refusal);
		if (entry.kind === 'billing') {
			return send(200, JSON.stringify(this.options.balance ?? BALANCE));
		}
		if (entry.kind === 'catalogue') {
			return send(200, JSON.stringify(catalogue(url.searchParams, this.options.catalogue)));
		}
		if (entry.kind === 'metrics') {
			return send(200, JSON.stringify(metrics(url.searchParams, this.options.durations)));
		}
		if (entry.kind === 'create') {
			const { id } = this.accept(entry);
			return send(201, jsonOf(this.creationOf(id)), tracingHeaders(id, this.usage));
		}
		if (entry.kind === 'logs') return this.answerLogs(url, send, refuse);
		const id = url.searchParams.get('generation_id') ?? '';
		const generation = this.generations.find((candidate) => candidate.id === id);
		if (!generation) return refuse(404, 'Generation not found');
		const body = this.describe(generation, url.pathname === UNIVERSAL_PATH);
		entry.generationId = id;
		entry.generationStatus = body.status;
		const { shape = (answer) => answer } = this.options;
		return send(200, JSON.stringify(shape(body)), {
			'x-inference-id': encodeURI(id),
			'x-aimlapi-credits-used': '0',
		});
	}

	private get usage() {
		return this.options.usage ?? USAGE;
	}

	/** What a creation answers; an ID that is a number stays one. */
	private creationOf(id: string): object {
		const { idIn = 'id', makeId } = this.options;
		const made = makeId?.(this.generations.length - 1);
		const value = typeof made === 'number' || typeof made === 'bigint' ? made : id;
		const meta = { usage: this.usage };
		if (idIn === 'header') return { meta };
		return idIn === 'id' ? { id: value, status: 'queued', meta } : { generation_id: value, meta };
	}

	/** The usage logs, newest first; rows lag. */
	private answerLogs(
		url: URL,
		send: (code: number, body: string) => void,
		refuse: (code: number, message: string) => void,
	): void {
		const query = Object.fromEntries(url.searchParams);
		const errors = logsQueryErrors(query);
		if (errors.length > 0) return refuse(400, ['Query validation error', ...errors].join('\n'));
		const lastMinute = this.requests.filter(
			({ kind, at }) => kind === 'logs' && at > this.now() - 60_000,
		);
		if (lastMinute.length > 200) return refuse(429, 'Too Many Requests');
		const since = query.start ? Date.parse(query.start) : this.now() - periodMs(query.period);
		const until = query.end ? Date.parse(query.end) : Infinity;
		const limit = Number(query.limit ?? 50);
		const offset = Number(query.offset ?? 0);
		const rows = this.generations
			.filter(({ createdAt }) => createdAt >= since && createdAt <= until)
			.filter((generation) => this.isLogged(generation))
			.map((generation) => this.logRowOf(generation))
			.filter(({ status }) => query.status === undefined || query.status === status)
			.reverse();
		if (this.options.logsShuffled) {
			rows.sort((a, b) => a.inference_id.localeCompare(b.inference_id));
		}
		const data = rows.slice(offset, offset + limit);
		const has_more = rows.length > offset + limit;
		send(
			200,
			JSON.stringify({ data, pagination: { limit, offset, total: rows.length, has_more } }),
		);
	}

	private isLogged(generation: Generation): boolean {
		const { createdAt, durationMs } = generation;
		const { logsLagMs = 0, logsAfterEnd = false } = this.options;
		const lag =
			typeof logsLagMs === 'number' ? logsLagMs : logsLagMs(this.generations.indexOf(generation));
		return this.now() >= createdAt + lag + (logsAfterEnd ? durationMs : 0);
	}

	private logRowOf({ id, createdAt, durationMs, clientRequestId }: Generation) {
		const failed = this.options.failure !== undefined && this.now() >= createdAt + durationMs;
		return {
			created: new Date(createdAt).toISOString(),
			status: failed ? 'failed' : 'succeeded',
			origin: 'api',
			model: MODEL,
			cost: failed
				? { usd: 0, credits: 0 }
				: { usd: this.usage.usd_spent, credits: this.usage.credits_used },
			tokens: null,
			request_id: randomUUID(),
			inference_id: id,
			client_request_id: clientRequestId ?? null,
		};
	}

	/** Why a request is refused, as status and message; undefined when it is not. */
	private refusalOf(entry: LoggedRequest): [code: number, message: string] | undefined {
		if (entry.kind === 'other') return [404, 'Not Found'];
		if (entry.kind === 'catalogue' || entry.kind === 'metrics') return undefined;
		if (entry.authorization !== `Bearer ${this.key}`) return [401, WRONG_KEY];
		const { maxRequestsPerSecond = Infinity, maxConcurrent = Infinity } = this.options;
		const recent = this.requests.filter(
			({ kind, at }) => kind !== 'download' && at > entry.at - 1000,
		);
		if (recent.length > maxRequestsPerSecond) return [429, 'Too Many Requests'];
		if (entry.kind !== 'create') return undefined;
		const errors = validationErrors(entry.body);
		if (errors.length > 0) return [400, ['Body validation error', ...errors].join('\n')];
		return this.runningCount() >= maxConcurrent ? [429, 'Too Many Requests'] : undefined;
	}

	private now(): number {
		return (this.options.now ?? Date.now)();
	}

	private sign(text: string): string {
		return createHmac('sha256', this.secret).update(text).digest('base64url');
	}

	private runningCount(): number {
		const now = this.now();
		return this.generations.filter(({ createdAt, durationMs }) => now < createdAt + durationMs)
			.length;
	}

	private describe({ id, createdAt, durationMs }: Generation, universal: boolean) {
		const { refreshMs = 1 } = this.options;
		const elapsed = Math.floor((this.now() - createdAt) / refreshMs) * refreshMs;
		const early = elapsed < durationMs / 10 ? 'queued' : 'generating';
		const { failure, runningStatus = early, statuses = [] } = this.options;
		const plain =
			elapsed < durationMs ? runningStatus : failure === undefined ? 'completed' : 'error';
		const status = statuses.filter(([from]) => from <= elapsed).at(-1)?.[1] ?? plain;
		if (status === 'error')
			return { id, status, error: failure === undefined ? UNNAMED_FAILURE : failure };
		if (status !== 'completed') return { id, status, video: null, error: null };
		const expires = Math.floor(this.now() / 1000) + (this.options.linkLifetimeSeconds ?? 86_400);
		const payload = Buffer.from(JSON.stringify({ exp: expires })).toString('base64url');
		const token = `e30.${payload}`;
		const link = `${this.cdnUrl}/videos/${encodeURIComponent(id)}.mp4?_jwt=${token}.${this.sign(token)}`;
		return {
			id,
			status: this.options.completedStatus ?? 'completed',
			video: universal ? { url: link } : [link],
			error: null,
		};
	}
}

function kindOf(method: string | undefined, { pathname }: URL): RequestKind {
	if (pathname === '/v2/logs') return method === 'GET' ? 'logs' : 'other';
	if (pathname === '/v1/models') return method === 'GET' ? 'catalogue' : 'other';
	if (pathname === '/models/metrics') return method === 'GET' ? 'metrics' : 'other';
	if (pathname === '/v2/billing' || pathname === '/v1/billing/balance') return 'billing';
	if (pathname !== RUNWAY_PATH && pathname !== UNIVERSAL_PATH) return 'other';
	return method === 'POST' ? 'create' : method === 'GET' ? 'retrieve' : 'other';
}

/** Anything outside the documented alphabet and length is silently dropped. */
function clientRequestIdOf({ headers }: IncomingMessage): { clientRequestId?: string } {
	const value = headers['x-client-request-id'];
	return typeof value === 'string' && /^[\w.:-]{1,128}$/.test(value)
		? { clientRequestId: value }
		: {};
}

/** JSON in which a long number keeps all its digits. */
function jsonOf(value: object): string {
	const text = JSON.stringify(value, (_, part: unknown) =>
		typeof part === 'bigint' ? `bigint ${part}` : part,
	);
	return text.replace(/"bigint (\d+)"/g, '$1');
}

function tracingHeaders(id: string, usage: typeof USAGE): Record<string, string> {
	return {
		'x-inference-id': encodeURI(id),
		'x-aimlapi-credits-used': String(usage.credits_used),
		'x-aimlapi-usd-spent': String(usage.usd_spent),
	};
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** Starts the fake API on loopback, on a free port unless one is given. */
export async function startFakeAimlapi(options: FakeAimlapiOptions = {}): Promise<FakeAimlapi> {
	return await new FakeAimlapi(options).start();
}
