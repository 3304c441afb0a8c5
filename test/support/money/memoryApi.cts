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
const JSON_TYPE = { 'content-type': 'application/json' };

/** AIMLAPI in memory: answers after 200 ms of the world's time, and misbehaves as the choices say. */
export class MemoryApi {
	readonly payments: Payment[] = [];
	readonly posts: Post[] = [];
	/** The generations whose IDs the node was told. */
	readonly told = new Set<string>();
	/** When a response was given that refuses a creation for good. */
	readonly refusals: Array<{ at: number; content: string }> = [];
	/** How often it said that there are too many requests. */
	throttled = 0;
	logs: (typeof LOGS)[number] | undefined;

	constructor(
		private readonly world: World,
		private readonly choices: Choices,
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
		return pathname === '/v2/logs' ? this.answerLogs() : this.retrieve(searchParams);
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
				...{ id, clientRequestId, content, at: this.world.elapsed },
				ends: endOf[ends as keyof typeof endOf] ?? 'with a video',
			});
		}
		const { world } = this;
		await world.sleep(LATENCY_MS);
		switch (outcome) {
			case 'accepted':
			case 'accepted, and it never ends':
			case 'accepted, and it ends without a video':
				return created(id);
			case 'accepted, and the response comes after 40 s':
				await world.sleep(SLOW_MS);
				return created(id);
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
				return answer(502, { 'content-type': 'text/html' }, '<html>Bad gateway</html>');
			case 'accepted, and the response is HTTP 500':
			case 'refused with HTTP 500':
				return errorOf(500);
			case 'refused with HTTP 429':
				this.throttled++;
				return errorOf(429);
			case 'refused with HTTP 400':
				this.refusals.push({ at: world.elapsed, content });
				return errorOf(400);
		}
	}

	private retrieve(query: URLSearchParams) {
		const id = query.get('generation_id');
		const payment = this.payments.find((one) => one.id === id);
		if (!payment) return errorOf(404);
		const isRunning = payment.ends === 'never' || this.world.elapsed < payment.at + GENERATION_MS;
		const generation = isRunning ? { id, status: 'generating' } : { id, ...ENDS[payment.ends] };
		return answer(200, JSON_TYPE, JSON.stringify(generation));
	}

	private answerLogs() {
		this.logs ??= this.choices.choose('logs', LOGS);
		if (this.logs === 'are barred') return errorOf(403);
		if (this.logs === 'fail') return errorOf(503);
		const lag = this.logs === 'show it after 20 s' ? LATE_ROWS_MS : 0;
		const shown = this.logs === 'do not show it' ? [] : this.payments;
		const data = shown
			.filter(({ at }) => this.world.elapsed >= at + lag)
			.map(({ id, clientRequestId, at }) => ({
				created: new Date(this.world.now() - this.world.elapsed + at).toISOString(),
				status: 'succeeded',
				cost: { usd: 0.3, credits: 600_000 },
				inference_id: id,
				client_request_id: clientRequestId,
			}))
			.reverse();
		const pagination = { limit: 100, offset: 0, total: data.length, has_more: false };
		return answer(200, JSON_TYPE, JSON.stringify({ data, pagination }));
	}
}

const ENDS = {
	'with a video': { status: 'completed', video: ['https://cdn.example.com/video.mp4'] },
	'without a video': { status: 'error', error: { name: 'INTERNAL', message: 'Try again' } },
	never: {},
};

const answer = (statusCode: number, headers: object, body: string) => ({
	statusCode,
	headers,
	body,
});

const created = (id: string) => answer(201, JSON_TYPE, JSON.stringify({ id, status: 'queued' }));

const errorOf = (statusCode: number) =>
	answer(
		statusCode,
		JSON_TYPE,
		JSON.stringify({ message: `Answered ${statusCode}`, requestId: 'r-1', statusCode, path: '/' }),
	);

const networkError = (code: string, syscall?: string) =>
	Object.assign(new Error(code), { code, ...(syscall && { syscall }) });
