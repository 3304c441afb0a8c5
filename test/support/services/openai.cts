import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

import { answerJson, listen, serve } from './http.cts';

/**
 * What the model does next: call a tool with these arguments, its first one unless named, or say
 * something.
 */
export type Turn =
	| { call: Record<string, unknown>; tool?: string }
	| { say: (toolResult: string) => string };

export interface ModelTool {
	name: string;
	description?: string;
	/** JSON schema of the arguments. */
	parameters: Record<string, unknown>;
}

export interface ModelRequest {
	api: 'chat completions' | 'responses';
	/** The request's body: all that was fed to the model. */
	body: string;
	tools: ModelTool[];
	/** What the tools called so far returned, in order. */
	toolResults: string[];
}

interface ChatBody {
	messages: Array<{ role: string; content: unknown }>;
	tools?: Array<{ function: ModelTool }>;
}

interface ResponsesBody {
	input: Array<{ type?: string; output?: unknown }>;
	tools?: ModelTool[];
}

export const MODEL = 'gpt-4.1-mini';

/**
 * A chat model behind OpenAI's two interfaces, chat completions and responses, that follows a
 * script instead of thinking. https://platform.openai.com/docs/api-reference
 */
export class FakeOpenAi {
	readonly key = `sk-${randomUUID()}`;
	readonly requests: ModelRequest[] = [];
	/** The turns still to come; each request for an answer takes the first. */
	script: Turn[] = [];
	/** With `/v1`, as n8n's OpenAI credential wants it. */
	url = '';

	readonly handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
		const body = await text(request);
		const refuse = (status: number, message: string) =>
			answerJson(response, status, { error: { message, type: 'invalid_request_error' } });
		if (request.headers.authorization !== `Bearer ${this.key}`) {
			return refuse(401, 'Incorrect API key provided.');
		}
		const call = `${request.method} ${request.url}`;
		if (call === 'GET /v1/models') {
			return answerJson(response, 200, { object: 'list', data: [{ id: MODEL, object: 'model' }] });
		}
		const chat = call === 'POST /v1/chat/completions';
		if (!chat && call !== 'POST /v1/responses') return refuse(404, `Unknown request: ${call}`);

		if ((JSON.parse(body) as { stream?: boolean }).stream) {
			return refuse(400, 'This model does not stream.');
		}
		const read = chat ? readChat(body) : readResponses(body);
		this.requests.push({ body, ...read });
		const turn = this.script.shift();
		if (!turn) return refuse(400, 'The script has no more turns.');
		if ('say' in turn) {
			const said = turn.say(read.toolResults.at(-1) ?? '');
			return answerJson(response, 200, chat ? chatText(said) : responsesText(said));
		}
		// n8n's MCP Client puts its own name before that of a tool.
		const tool = read.tools.find(({ name }) => name.endsWith(turn.tool ?? ''));
		if (!tool) return refuse(400, 'There is no such tool to call.');
		const given = JSON.stringify(turn.call);
		answerJson(response, 200, chat ? chatCall(tool.name, given) : responsesCall(tool.name, given));
	};
}

/** Starts the model on plain HTTP, which the credential's base URL allows. */
export async function startOpenAi(): Promise<{
	openai: FakeOpenAi;
	close(): Promise<void>;
}> {
	const openai = new FakeOpenAi();
	const { port, close } = await listen(createServer(serve(openai.handle)));
	openai.url = `http://127.0.0.1:${port}/v1`;
	return { openai, close };
}

function readChat(body: string): Omit<ModelRequest, 'body'> {
	const { messages, tools = [] } = JSON.parse(body) as ChatBody;
	return {
		api: 'chat completions',
		tools: tools.map((tool) => tool.function),
		toolResults: messages
			.filter(({ role }) => role === 'tool')
			.map(({ content }) => plain(content)),
	};
}

function readResponses(body: string): Omit<ModelRequest, 'body'> {
	const { input, tools = [] } = JSON.parse(body) as ResponsesBody;
	return {
		api: 'responses',
		tools,
		toolResults: input
			.filter(({ type }) => type === 'function_call_output')
			.map(({ output }) => plain(output)),
	};
}

function plain(content: unknown): string {
	return typeof content === 'string' ? content : JSON.stringify(content);
}

function chatText(content: string): object {
	return completion({ role: 'assistant', content }, 'stop');
}

function chatCall(name: string, given: string): object {
	const call = {
		id: `call_${randomUUID()}`,
		type: 'function',
		function: { name, arguments: given },
	};
	return completion({ role: 'assistant', content: null, tool_calls: [call] }, 'tool_calls');
}

function completion(message: object, finishReason: string): object {
	return {
		id: `chatcmpl-${randomUUID()}`,
		object: 'chat.completion',
		created: Math.floor(Date.now() / 1000),
		model: MODEL,
		choices: [{ index: 0, message, finish_reason: finishReason }],
		usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
	};
}

function responsesText(said: string): object {
	const content = [{ type: 'output_text', text: said, annotations: [] }];
	return answer({ id: `msg_${randomUUID()}`, type: 'message', role: 'assistant', content });
}

function responsesCall(name: string, given: string): object {
	const ids = { id: `fc_${randomUUID()}`, call_id: `call_${randomUUID()}` };
	return answer({ ...ids, type: 'function_call', name, arguments: given });
}

function answer(output: object): object {
	return {
		id: `resp_${randomUUID()}`,
		object: 'response',
		created_at: Math.floor(Date.now() / 1000),
		model: MODEL,
		status: 'completed',
		output: [{ ...output, status: 'completed' }],
		usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
	};
}
