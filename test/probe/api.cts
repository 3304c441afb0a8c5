import { Agent, request } from 'undici';

const CONNECT_TIMEOUT_MS = 15_000;
/** More than any answer of the API; a video is read in video.cts. */
const MAX_ANSWER_BYTES = 8 * 1024 ** 2;

export interface Answer {
	status: number;
	/** Names in lower case; several of one name are joined. */
	headers: Record<string, string>;
	text: string;
	/** Undefined when the text is not JSON. */
	json: unknown;
	/** From sending the request to the last byte of the answer, in milliseconds. */
	ms: number;
}

/** No answer, or none that ends: `message` says why, in Node's word. */
export class NoAnswer extends Error {}

export interface Question {
	method?: 'GET' | 'POST';
	/** Sent as JSON. */
	body?: object;
	headers?: Record<string, string>;
	/** Without it the request says nothing about who asks. */
	withKey?: boolean;
}

/** AIMLAPI, or whatever stands in its place: one request each, no redirect followed, no retry. */
export class Api {
	private readonly agent: Agent;

	/** @param timeoutMs for the whole of one request, the slowest answer included */
	constructor(
		readonly baseUrl: string,
		private readonly key: string,
		private readonly timeoutMs: number,
	) {
		this.agent = new Agent({
			connect: { timeout: CONNECT_TIMEOUT_MS },
			headersTimeout: timeoutMs,
			bodyTimeout: timeoutMs,
			maxResponseSize: MAX_ANSWER_BYTES,
		});
	}

	/** @throws NoAnswer */
	async ask(path: string, question: Question = {}): Promise<Answer> {
		const { method = 'GET', body, headers = {}, withKey = true } = question;
		const start = performance.now();
		try {
			const { statusCode, ...answer } = await request(this.baseUrl + path, {
				method,
				dispatcher: this.agent,
				signal: AbortSignal.timeout(this.timeoutMs),
				headers: {
					accept: 'application/json',
					...(withKey && { authorization: `Bearer ${this.key}` }),
					...(body && { 'content-type': 'application/json' }),
					...headers,
				},
				...(body && { body: JSON.stringify(body) }),
			});
			const text = await answer.body.text();
			return {
				status: statusCode,
				headers: Object.fromEntries(
					Object.entries(answer.headers).map(([name, value]) => [name, String(value)]),
				),
				text,
				json: parsed(text),
				ms: performance.now() - start,
			};
		} catch (error) {
			throw new NoAnswer(reasonOf(error));
		}
	}

	async close(): Promise<void> {
		await this.agent.destroy();
	}
}

export function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** Node's code of a failure, or its words where it has none. */
export function reasonOf(error: unknown): string {
	const { code, name, message } = error as { code?: unknown; name?: string; message?: string };
	if (name === 'TimeoutError') return 'no complete answer in time';
	return typeof code === 'string' ? code : (message ?? String(error));
}

/** A property of an answer, by its path; undefined where there is none. */
export function at(value: unknown, ...path: Array<string | number>): unknown {
	return path.reduce<unknown>(
		(inner, key) =>
			typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key)
				? (inner as Record<string | number, unknown>)[key]
				: undefined,
		value,
	);
}
