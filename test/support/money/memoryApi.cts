import type { Choices } from './choices.cts';
import type { World } from './world.cts';

/** What may become of a POST: whether it is paid for, and what the node sees. */
export const POST_OUTCOMES = [
	'accepted',
	'accepted, and the connection breaks',
	'accepted, and the response is HTTP 500',
	'accepted, and a page comes from in front',
	'accepted, and no response ever comes',
	'accepted, and the response comes after 40 s',
	'accepted, and it never ends',
	'accepted, and it ends without a video',
	'refused with HTTP 400',
	'refused with HTTP 429',
	'refused with HTTP 500',
	'never sent',
	'lost on the way',
	'answered by something in front',
] as const;

/** What the usage logs show of what was paid for. */
export const LOGS = [
	'show it',
	'show it after 20 s',
	'do not show it',
	'are barred',
	'fail',
] as const;

export interface Payment {
	id: string;
	clientRequestId: string;
	/** What was asked for. */
	content: string;
	at: number;
	ends: 'with a video' | 'without a video' | 'never';
	/** How long its video takes. */
	takesMs: number;
}

export interface Post {
	sentAt: number;
	content: string;
	clientRequestId: string;
}

/** As n8n's helper is asked. */
export interface Request {
	method: string;
	url: string;
	headers: Record<string, string>;
	body?: Buffer;
	timeout?: number;
}

const LATENCY_MS = 100;
const GENERATION_MS = 15_000;
const SLOW_MS = 40_000;
const LATE_ROWS_MS = 20_000;
const HOURS_IN = { h: 1, d: 24 };
/** Of one video, in US dollars. */
export const PRICE_USD = 0.3;

/** AIMLAPI in memory: answers after 200 ms of the world's time, and misbehaves as the choices say. */
export class MemoryApi {
	readonly payments: Payment[] = [];
	readonly posts: Post[] = [];
	/** The generations whose IDs the node was told. */
	readonly told = new Set<string>();
	/** When a response was given that refuses a creation for good. */
	readonly refusals: Array<{ at: number; content: string; clientRequestId: string }> = [];
	/** How often it said that there are too many requests. */
	throttled = 0;
	logs: (typeof LOGS)[number] | undefined;

	/** @param generationMs how long the next video takes */
	constructor(
		private readonly world: World,
		private readonly choices: Choices,
		private readonly generationMs: () => number = () => GENERATION_MS,
	) {}

	/** From now on the logs may be in another state. */
	newRun(): void {
		this.logs = undefined;
	}

	/** Answers as n8n's helper does with `ignoreHttpStatusErrors`; rejects with a network error. */
	async send({ method, url, headers, body, timeout = 300_000 }: Request): Promise<object> {
		const sentAt = this.world.elapsed;
		await this.world.sleep(LATENCY_MS);
		if (method === 'POST') return await this.create(headers, body as Buffer, timeout, sentAt);
		await this.world.sleep(LATENCY_MS);
		const { pathname, searchParams } = new URL(url);
		switch (pathname) {
			case '/v2/logs':
				return this.answerLogs(searchParams);
			case '/v1/models':
				return this.answer(200, CATALOGUE);
			case '/v2/billing':
				return this.answer(200, { current_balance: 12.5, currency: 'USD' });
			case '/models/metrics':
				return this.answer(200, METRICS);
			default:
				return this.retrieve(searchParams);
		}
	}

	/** Whether it is being generated at this moment. */
	isRunning({ ends, at, takesMs }: Payment): boolean {
		return ends === 'never' || this.world.elapsed < at + takesMs;
	}

	private async create(
		headers: Record<string, string>,
		body: Buffer,
		timeout: number,
		sentAt: number,
	) {
		const content = body.toString();
		const clientRequestId = headers['X-Client-Request-Id'];
		this.posts.push({ sentAt, content, clientRequestId });
		const outcome = this.choices.choose('POST', POST_OUTCOMES);
		const id = `generation-${this.payments.length + 1}`;
		if (outcome.startsWith('accepted')) {
			const ends = /never ends|without a video/.exec(outcome)?.[0];
			const endOf = { 'never ends': 'never', 'without a video': 'without a video' } as const;
			this.payments.push({
				...{ id, clientRequestId, content, at: this.world.elapsed, takesMs: this.generationMs() },
				ends: endOf[ends as keyof typeof endOf] ?? 'with a video',
			});
		}
		const { world } = this;
		await world.sleep(LATENCY_MS);
		switch (outcome) {
			case 'accepted':
			case 'accepted, and it never ends':
			case 'accepted, and it ends without a video':
				return this.answer(201, { id, status: 'queued' });
			case 'accepted, and the response comes after 40 s':
				await world.sleep(SLOW_MS);
				return this.answer(201, { id, status: 'queued' });
			case 'accepted, and no response ever comes':
				await world.sleep(timeout);
				throw networkError('ECONNABORTED');
			case 'accepted, and the connection breaks':
			case 'lost on the way':
				throw networkError('ECONNRESET');
			case 'never sent':
				throw networkError('ECONNREFUSED', 'connect');
			case 'accepted, and a page comes from in front':
			case 'answered by something in front':
				return PAGE_IN_FRONT;
			case 'accepted, and the response is HTTP 500':
			case 'refused with HTTP 500':
				return this.refuse(500);
			case 'refused with HTTP 429':
				this.throttled++;
				return this.refuse(429);
			case 'refused with HTTP 400':
				this.refusals.push({ at: world.elapsed, content, clientRequestId });
				return this.refuse(400);
		}
	}

	private retrieve(query: URLSearchParams) {
		const id = query.get('generation_id');
		const payment = this.payments.find((one) => one.id === id);
		if (!payment) return this.refuse(404);
		const status = this.isRunning(payment) ? { status: 'generating' } : endOf(payment);
		return this.answer(200, { id, ...status });
	}

	private answerLogs(query: URLSearchParams) {
		this.logs ??= this.choices.choose('logs', LOGS);
		if (this.logs === 'are barred') return this.refuse(403);
		if (this.logs === 'fail') return this.refuse(503);
		const { elapsed } = this.world;
		const zero = this.world.elsewhere() - elapsed;
		const lag = this.logs === 'show it after 20 s' ? LATE_ROWS_MS : 0;
		const [first, last] = windowOf(query, zero + elapsed);
		const shown = (this.logs === 'do not show it' ? [] : this.payments).filter(
			({ at }) => elapsed >= at + lag && zero + at >= first && zero + at <= last,
		);
		const [limit, offset] = ['limit', 'offset'].map((name) => Number(query.get(name)));
		const end = Math.max(0, shown.length - offset);
		const data = shown
			.slice(Math.max(0, end - limit), end)
			.map(({ id, clientRequestId, at }) => ({
				created: new Date(zero + at).toISOString(),
				status: 'succeeded',
				cost: { usd: PRICE_USD, credits: 2_000_000 * PRICE_USD },
				inference_id: id,
				client_request_id: clientRequestId,
			}))
			.reverse();
		const has_more = end > limit;
		return this.answer(200, {
			data,
			pagination: { limit, offset, total: shown.length, has_more },
		});
	}

	/** As AIMLAPI itself refuses a request. */
	refuse(statusCode: number, headers: object = {}) {
		const words = { message: `Answered ${statusCode}`, requestId: 'r-1', statusCode, path: '/' };
		return this.answer(statusCode, words, headers);
	}

	private answer(statusCode: number, body: object, more: object = {}) {
		const date = new Date(this.world.elsewhere()).toUTCString();
		const headers = { 'content-type': 'application/json', date, ...more };
		return { statusCode, headers, body: JSON.stringify(body) };
	}
}

export const PAGE_IN_FRONT = {
	statusCode: 502,
	headers: { 'content-type': 'text/html' },
	body: '<html>Bad gateway</html>',
};

const CATALOGUE = {
	object: 'list',
	data: [
		{
			id: 'runway/act_two',
			pricing: { kind: 'fixed', units: [{ price: PRICE_USD, unit: 'generation', per: 1 }] },
		},
	],
};

const METRICS = {
	window_seconds: 300,
	models: [{ alias: 'runway/act_two', metrics: { duration_ms: { p50: 45_000, p90: 90_000 } } }],
};

export const videoOf = (id: string): string => `https://cdn.example.com/${id}.mp4`;

const endOf = ({ id, ends }: Payment) =>
	ends === 'with a video'
		? { status: 'completed', video: [videoOf(id)] }
		: { status: 'error', error: { name: 'INTERNAL', message: 'Try again' } };

/** The first and the last moment that are asked for, in milliseconds since 1970. */
function windowOf(query: URLSearchParams, now: number): [first: number, last: number] {
	const [, count, unit] = /^(\d+)([hd])$/.exec(query.get('period') ?? '') ?? [];
	if (count !== undefined) return [now - Number(count) * HOURS_IN[unit as 'h'] * 3_600_000, now];
	return [Date.parse(query.get('start') ?? ''), Date.parse(query.get('end') ?? '')];
}

export const networkError = (code: string, syscall?: string) =>
	Object.assign(new Error(code), { code, ...(syscall && { syscall }) });
