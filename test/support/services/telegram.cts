import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

import { answerJson } from './http.cts';
import { parseMultipart } from './multipart.cts';

export const TELEGRAM_HOSTS = ['api.telegram.org'];

/**
 * Telegram's Bot API as far as n8n's Telegram node uses it here: a file is fetched, a text or a video is
 * sent.
 * https://core.telegram.org/bots/api
 */
export class FakeTelegram {
	readonly token = `1234567:${randomUUID()}`;
	/** Videos and texts that were sent, in order. */
	readonly sent: Array<Buffer | string> = [];
	private readonly files = new Map<string, { path: string; bytes: Buffer }>();

	/** Keeps a file as if somebody had sent it. @returns its file ID */
	addFile(path: string, bytes: Buffer): string {
		const id = randomUUID();
		this.files.set(id, { path, bytes });
		return id;
	}

	readonly handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
		const { pathname, searchParams } = new URL(request.url ?? '/', 'https://api.telegram.org');
		const body = await buffer(request);
		const refuse = (error_code: number, description: string) =>
			answerJson(response, error_code, { ok: false, error_code, description });
		const answerSent = (content: Buffer | string) => {
			this.sent.push(content);
			answerJson(response, 200, { ok: true, result: { message_id: this.sent.length } });
		};
		const [, kind, path] = new RegExp(`^(/file)?/bot${this.token}/(.+)$`).exec(pathname) ?? [];
		if (path === undefined) return refuse(401, 'Unauthorized');
		if (kind === '/file') {
			const file = [...this.files.values()].find((candidate) => candidate.path === path);
			if (!file) return refuse(404, 'Not Found');
			response.end(file.bytes);
			return;
		}
		if (path === 'getFile') {
			const given = body.length > 0 ? (JSON.parse(body.toString()) as { file_id?: string }) : {};
			const id = given.file_id ?? searchParams.get('file_id') ?? '';
			const file = this.files.get(id);
			if (!file) return refuse(400, 'Bad Request: invalid file_id');
			const result = { file_id: id, file_size: file.bytes.length, file_path: file.path };
			return answerJson(response, 200, { ok: true, result });
		}
		if (path === 'sendMessage') {
			const { text } = JSON.parse(body.toString()) as { text?: string };
			if (!text) return refuse(400, 'Bad Request: message text is empty');
			return answerSent(text);
		}
		if (path !== 'sendVideo') return refuse(404, 'Not Found');
		const parts = parseMultipart(body, request.headers['content-type'] ?? '');
		const video = parts.find(({ contentType }) => contentType === 'video/mp4');
		if (!video) return refuse(400, 'Bad Request: there is no video in the request');
		answerSent(video.bytes);
	};
}
