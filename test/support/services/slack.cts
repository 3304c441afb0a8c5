import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

import { answerJson } from './http.cts';
import { parseMultipart } from './multipart.cts';

export const SLACK_HOSTS = ['slack.com', 'files.slack.com'];

export interface SlackMessage {
	/** The channel's ID. */
	channel: string;
	text: string;
	ts: string;
}

export interface SlackFile {
	id: string;
	name: string;
	title: string;
	mimeType: string;
	bytes: Buffer;
	/** The ID of the channel it was shared in; without one, Slack keeps a file private. */
	channel?: string;
	comment?: string;
}

interface Upload {
	name: string;
	length: number;
	mimeType?: string;
	bytes?: Buffer;
}

type Arguments = Record<string, unknown>;

class SlackError extends Error {}

/**
 * Slack's Web API as far as n8n's Slack node uses it: messages and file uploads, with one channel
 * and one bot token. Wrong calls get Slack's own error codes. https://docs.slack.dev/reference/methods
 */
export class FakeSlack {
	readonly token = `xoxb-${randomUUID()}`;
	readonly channel = { id: 'C0ACTTWO01', name: 'videos' };
	readonly messages: SlackMessage[] = [];
	/** Where the buttons of each message with buttons lead, by their labels. */
	readonly questions: Array<{ text: string; buttons: Record<string, string> }> = [];
	/** Uploads that were completed, in order. */
	readonly files: SlackFile[] = [];
	private readonly uploads = new Map<string, Upload>();
	private readonly methods: Record<string, (given: Arguments) => object> = {
		'auth.test': () => ({ user: 'act-two', user_id: 'U0ACTTWO01', team: 'Test' }),
		'users.profile.get': () => ({ profile: { real_name: 'Act Two' } }),
		'conversations.list': () => ({ channels: [{ ...this.channel, is_channel: true }] }),
		'chat.postMessage': (given) => this.postMessage(given),
		'files.getUploadURLExternal': (given) => this.getUploadUrl(given),
		'files.completeUploadExternal': (given) => this.completeUpload(given),
	};

	readonly handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
		const url = new URL(request.url ?? '/', `https://${request.headers.host}`);
		const body = await buffer(request);
		if (url.hostname === 'files.slack.com') return this.receive(url, request, body, response);
		try {
			const { authorization } = request.headers;
			if (!authorization) throw new SlackError('not_authed');
			if (authorization !== `Bearer ${this.token}`) throw new SlackError('invalid_auth');
			const method = this.methods[url.pathname.replace('/api/', '')];
			if (!method) throw new SlackError('unknown_method');
			const given = { ...Object.fromEntries(url.searchParams), ...argumentsOf(request, body) };
			answerJson(response, 200, { ok: true, ...method(given) });
		} catch (error) {
			if (!(error instanceof SlackError)) throw error;
			answerJson(response, 200, { ok: false, error: error.message });
		}
	};

	private postMessage({ channel, text, blocks, attachments }: Arguments): object {
		const name = String(channel ?? '').replace(/^#/, '');
		const { id } = this.channel;
		if (name !== id && name !== this.channel.name) throw new SlackError('channel_not_found');
		if (!text && !blocks && !attachments) throw new SlackError('no_text');
		const message = { channel: id, text: String(text ?? ''), ts: (Date.now() / 1000).toFixed(6) };
		this.messages.push(message);
		const question = questionIn(blocks);
		if (question) this.questions.push(question);
		return { ...message, message: { type: 'message', text: message.text } };
	}

	private getUploadUrl({ filename, length }: Arguments): object {
		if (!filename || !(Number(length) > 0)) throw new SlackError('invalid_arguments');
		const id = `F${randomUUID().replaceAll('-', '').slice(0, 10).toUpperCase()}`;
		this.uploads.set(id, { name: String(filename), length: Number(length) });
		return { upload_url: `https://files.slack.com/upload/v1/${id}`, file_id: id };
	}

	/** The upload URL takes the bytes as they are or as a form's file. */
	private receive(
		url: URL,
		request: IncomingMessage,
		body: Buffer,
		response: ServerResponse,
	): void {
		const upload = this.uploads.get(url.pathname.replace('/upload/v1/', ''));
		const contentType = request.headers['content-type'] ?? '';
		const [file] = contentType.startsWith('multipart/')
			? parseMultipart(body, contentType)
			: [{ bytes: body, contentType }];
		if (!upload || request.method !== 'POST' || file?.bytes.length !== upload.length) {
			response.writeHead(400).end('The upload does not match what was announced');
			return;
		}
		upload.bytes = file.bytes;
		upload.mimeType = file.contentType;
		response.writeHead(200).end(`OK - ${file.bytes.length}`);
	}

	private completeUpload({ files, channel_id, channels, initial_comment }: Arguments): object {
		const channel = (channel_id ?? channels) as string | undefined;
		if (channel !== undefined && channel !== this.channel.id) {
			throw new SlackError('channel_not_found');
		}
		if (!Array.isArray(files) || files.length === 0) throw new SlackError('invalid_arguments');
		const completed = (files as Array<{ id: string; title?: string }>).map(({ id, title }) => {
			const upload = this.uploads.get(id);
			if (!upload?.bytes) throw new SlackError('file_not_found');
			return {
				id,
				name: upload.name,
				title: title ?? upload.name,
				mimeType: upload.mimeType ?? '',
				bytes: upload.bytes,
				channel,
				comment: initial_comment as string | undefined,
			};
		});
		for (const file of completed) {
			this.uploads.delete(file.id);
			this.files.push(file);
		}
		return {
			files: completed.map(({ id, name, title, mimeType, bytes }) => ({
				id,
				name,
				title,
				mimetype: mimeType,
				size: bytes.length,
				permalink: `https://test.slack.com/files/U0ACTTWO01/${id}/${name}`,
			})),
		};
	}
}

interface Block {
	text?: { text?: string };
	elements?: Array<{ type: string; url?: string; text: { text: string } }>;
}

/** The words and buttons of a message that asks for something. */
function questionIn(blocks: unknown): FakeSlack['questions'][number] | undefined {
	const parts = (typeof blocks === 'string' ? JSON.parse(blocks) : (blocks ?? [])) as Block[];
	const buttons = parts
		.flatMap(({ elements = [] }) => elements)
		.filter(({ type, url }) => type === 'button' && url !== undefined);
	if (buttons.length === 0) return undefined;
	return {
		text: parts.map(({ text }) => text?.text ?? '').join('\n'),
		buttons: Object.fromEntries(buttons.map(({ text, url }) => [text.text, url as string])),
	};
}

function argumentsOf(request: IncomingMessage, body: Buffer): Arguments {
	if (body.length === 0) return {};
	const text = body.toString();
	return request.headers['content-type']?.startsWith('application/json')
		? (JSON.parse(text) as Arguments)
		: Object.fromEntries(new URLSearchParams(text));
}
