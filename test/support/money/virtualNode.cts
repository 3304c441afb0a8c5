import { Readable } from 'node:stream';
import type { INodeExecutionData } from 'n8n-workflow';

import type { Request } from './memoryApi.cts';
import { contextOf } from './n8n.cts';
import type { Execution } from './n8n.cts';
import { World } from './world.cts';

/** Where the node's clock gets its sleep. */
let current: World;
jest.mock('n8n-workflow', () => {
	const sleep = async (ms: number, signal?: AbortSignal) => await current.sleepOfNode(ms, signal);
	return {
		...jest.requireActual<typeof import('n8n-workflow')>('n8n-workflow'),
		...{ sleep, sleepWithAbort: sleep },
	};
});

import { RunwayActTwo } from '../../../nodes/RunwayActTwo/RunwayActTwo.node';

export interface Answer {
	status: number;
	headers?: Record<string, string>;
	body?: unknown;
}

/** A generation that was paid for. */
export interface Paid {
	id: string;
	clientRequestId: string;
	ageMs: number;
}

/** What the API answers, each after 200 ms; all goes well unless told otherwise. */
export interface Api {
	create?: (id: string, body: Record<string, unknown>) => Answer | Promise<Answer>;
	retrieve?: (id: string, ageMs: number) => Answer | Promise<Answer>;
	logs?: (paid: Paid[], query: URLSearchParams) => Answer | Promise<Answer>;
	/** Of any other path. */
	other?: (path: string) => Answer;
}

export interface RunOf {
	outputs?: INodeExecutionData[];
	error?: Error & {
		description?: string;
		context?: Record<string, unknown>;
	};
}

const LATENCY_MS = 200;
const GENERATION_MS = 45_000;

export const running = (id: string): Answer => ({
	status: 200,
	body: { id, status: 'generating' },
});
export const done = (id: string): Answer => ({
	status: 200,
	body: { id, status: 'completed', video: ['https://cdn.example.com/v.mp4'] },
});
export const failed = (id: string): Answer => ({
	status: 200,
	body: { id, status: 'error', error: { name: 'INTERNAL', message: 'Sorry' } },
});

/** Files of every item, by the field they are in, in n8n's storage. */
type Files = Record<string, { bytes: Buffer; mimeType: string }>;

/** An execution that differs from the usual one. */
type Changes = Partial<Execution> & {
	/** In n8n's storage. */
	stored?: Files;
	/** Where n8n says that it is reached. */
	n8nUrl?: string;
	/** As a release of n8n that gives none. */
	hasNoSignal?: boolean;
	/** How the workflow was started. */
	mode?: string;
};

const withFiles = (files: Files) => (json: object) => ({
	json,
	binary: Object.fromEntries(
		Object.entries(files).map(([id, { mimeType }]) => [id, { id, mimeType, data: 'filesystem' }]),
	),
});

const helpersOf = (files: Files, n8nUrl: string) => ({
	assertBinaryData: (_: number, name: string) => ({ id: name, mimeType: files[name].mimeType }),
	getBinaryMetadata: async (id: string) =>
		await Promise.resolve({ fileSize: files[id].bytes.length }),
	getBinaryStream: async (id: string) => await Promise.resolve(Readable.from([files[id].bytes])),
	createBinarySignedUrl: ({ id }: { id: string }) => `${n8nUrl}/${id}`,
});

let accounts = 0;

/**
 * One account and the node that works with it, in virtual time: the source itself, where loadNode plays
 * what is published.
 */
export function virtualNode(api: Api = {}) {
	const world = new World();
	const apiKey = `virtual-${++accounts}`;
	let paid: Array<Omit<Paid, 'ageMs'> & { at: number }> = [];
	let creations = 0;
	const requests: Array<{ method: string; path: string; at: number }> = [];
	/** What a person who looks on is shown. */
	const shown: string[] = [];
	const hints: string[] = [];
	const logged: string[] = [];
	/** What n8n shows only at its level “debug”. */
	const debugged: string[] = [];
	const row = ({ id, clientRequestId, ageMs }: Paid) => ({
		created: new Date(world.now() - ageMs).toISOString(),
		...{ status: 'succeeded', inference_id: id, client_request_id: clientRequestId },
	});
	const page = (rows: object[], has_more = false): Answer => ({
		status: 200,
		body: { data: rows, pagination: { has_more } },
	});
	const answerTo = async ({ method, url, headers, body }: Request): Promise<Answer> => {
		const { pathname, searchParams } = new URL(url);
		const withAge = paid.map(({ at, ...one }) => ({ ...one, ageMs: world.elapsed - at }));
		if (method === 'POST') {
			const id = `g${creations++}`;
			paid.push({ id, clientRequestId: headers['X-Client-Request-Id'], at: world.elapsed });
			const content = JSON.parse(String(body)) as Record<string, unknown>;
			const answer = await (api.create ?? (() => ({ status: 201, body: { id } })))(id, content);
			if (answer.status >= 400 && answer.status < 500) paid = paid.filter((one) => one.id !== id);
			return answer;
		}
		if (pathname === '/v2/logs') {
			return await (api.logs ?? (() => page(withAge.map(row).reverse())))(withAge, searchParams);
		}
		const id = searchParams.get('generation_id');
		if (id === null)
			return (api.other ?? (() => ({ status: 404, body: { message: 'No' } })))(pathname);
		const ageMs = withAge.find((one) => one.id === id)?.ageMs ?? 0;
		const inTime = () => (ageMs < GENERATION_MS ? running(id) : done(id));
		return await (api.retrieve ?? inTime)(id, ageMs);
	};
	const send = async (request: Request) => {
		current = world;
		requests.push({
			method: request.method,
			path: new URL(request.url).pathname,
			at: world.elapsed,
		});
		await world.sleep(LATENCY_MS);
		const { status, headers = {}, body } = await answerTo(request);
		const text = JSON.stringify(body);
		const isFile = (request as { encoding?: string }).encoding === 'stream';
		return {
			statusCode: status,
			headers,
			body: isFile ? Readable.from([Buffer.from(text)]) : text,
		};
	};

	/** Begins a run; what n8n keeps of the execution is in it, for a run that follows. */
	const start = (
		{
			stored,
			n8nUrl = 'https://n8n.example.com',
			hasNoSignal = false,
			mode = 'manual',
			...changes
		}: Changes = {},
		signal = new AbortController().signal,
	) => {
		current = world;
		jest.spyOn(Date, 'now').mockImplementation(() => world.now());
		jest.spyOn(performance, 'now').mockImplementation(() => world.elapsed);
		jest.spyOn(Math, 'random').mockReturnValue(0.5);
		jest.spyOn(AbortSignal, 'timeout').mockImplementation(world.timeout);
		const execution: Execution = {
			...{ id: '1', apiKey, items: [{ character: 'https://example.com/0.jpg' }] },
			...{ nodeContext: {}, customData: new Map<string, string>(), isTool: false },
			helpers: { httpRequest: send as never },
			...changes,
		};
		const late = () =>
			requests.push({ method: 'POST after the stop', path: '', at: world.elapsed });
		const context = contextOf(
			execution,
			0,
			{ send, told: new Set() },
			hasNoSignal ? undefined : signal,
			late,
		);
		if (stored)
			Object.assign(context, { getInputData: () => execution.items.map(withFiles(stored)) });
		if (stored) Object.assign(context.helpers, helpersOf(stored, n8nUrl));
		Object.assign(context, {
			getMode: () => mode,
			logger: {
				...context.logger,
				...{ info: (line: string) => logged.push(line), warn: (line: string) => logged.push(line) },
				debug: (line: string) => debugged.push(line),
			},
			sendMessageToUI: (line: string) => shown.push(line),
			addExecutionHints: (...added: Array<{ message: string }>) =>
				hints.push(...added.map(({ message }) => message)),
		});
		const run: RunOf = {};
		void new RunwayActTwo().execute.call(context).then(
			([outputs]) => Object.assign(run, { outputs }),
			(error: Error) => Object.assign(run, { error }),
		);
		return { run, context, execution };
	};
	const over = ({ outputs, error }: RunOf) => outputs !== undefined || error !== undefined;
	/** Lets time pass until these runs are over. */
	const end = async (...runs: RunOf[]) => {
		if (!(await world.pass(() => runs.every(over), 7_200_000))) throw new Error('It does not end');
	};
	return {
		world,
		requests,
		shown,
		hints,
		logged,
		debugged,
		page,
		row,
		start,
		end,
		run: async (changes: Changes = {}): Promise<RunOf> => {
			const { run } = start(changes);
			await end(run);
			return run;
		},
		count: (path: string, method = 'GET') =>
			requests.filter((one) => one.path === path && one.method === method).length,
		get posts() {
			return requests.filter(({ method }) => method === 'POST').length;
		},
	};
}

/** Items with links of their own. */
export const items = (count: number) =>
	Array.from({ length: count }, (_, n) => ({ character: `https://example.com/${n}.jpg` }));
