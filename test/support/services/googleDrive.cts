import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

import { matcherOf } from './driveQuery.cts';
import { GoogleAccount } from './googleAccount.cts';
import { answerJson } from './http.cts';
import { parseMultipart } from './multipart.cts';

export const GOOGLE_HOSTS = ['oauth2.googleapis.com', 'www.googleapis.com'];

export interface DriveFile {
	id: string;
	name: string;
	mimeType: string;
	/** IDs of folders; `root` is the account's own. */
	parents: string[];
	createdTime: string;
	modifiedTime: string;
	bytes: Buffer;
}

interface Metadata {
	name?: string;
	mimeType?: string;
	parents?: string[];
}

interface ResumableUpload {
	metadata: Metadata;
	received: Buffer;
}

const FOLDER = 'application/vnd.google-apps.folder';
const FILES_PATH = '/drive/v3/files';
const UPLOAD_PATH = '/upload/drive/v3/files';
const CHUNK_MULTIPLE = 256 * 1024;

class DriveError extends Error {
	constructor(
		readonly code: number,
		readonly reason: string,
		message: string,
	) {
		super(message);
	}
}

/**
 * Google Drive (API version 3) as far as n8n's Drive nodes use it: list, get, download, both forms
 * of upload, change of metadata; for one account, whose token endpoint it includes. Emits `listed` when
 * it has answered a files.list.
 * https://developers.google.com/workspace/drive/api/reference/rest/v3/files
 */
export class FakeGoogleDrive extends EventEmitter {
	readonly account = new GoogleAccount();
	readonly files = new Map<string, DriveFile>();
	/** What was uploaded, in order; not what a test put there itself. */
	readonly uploads: DriveFile[] = [];
	private readonly resumable = new Map<string, ResumableUpload>();

	/** Makes a folder in the root folder and returns its ID. */
	addFolder(name: string): string {
		return this.addFile({ name, mimeType: FOLDER, bytes: Buffer.alloc(0) }).id;
	}

	/** Puts a file there; the newest is listed first. */
	addFile(file: { name: string; mimeType: string; bytes: Buffer; folder?: string }): DriveFile {
		const { name, mimeType, bytes, folder = 'root' } = file;
		const now = new Date().toISOString();
		const id = `1${randomUUID().replaceAll('-', '')}`;
		const added = {
			id,
			name,
			mimeType,
			parents: [folder],
			createdTime: now,
			modifiedTime: now,
			bytes,
		};
		this.files.set(id, added);
		return added;
	}

	readonly handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
		const url = new URL(request.url ?? '/', `https://${request.headers.host}`);
		const body = await buffer(request);
		try {
			this.route(`${request.method} ${url.hostname}${url.pathname}`, url, request, body, response);
		} catch (error) {
			if (!(error instanceof DriveError)) throw error;
			const { code, reason, message } = error;
			const errors = [{ domain: 'global', reason, message }];
			answerJson(response, code, { error: { code, message, errors } });
		}
	};

	private route(
		call: string,
		url: URL,
		request: IncomingMessage,
		body: Buffer,
		response: ServerResponse,
	): void {
		if (call === 'POST oauth2.googleapis.com/token') {
			const answer = this.account.exchange(new URLSearchParams(body.toString()));
			return answerJson(response, answer.status, answer.body);
		}
		if (call === `PUT www.googleapis.com${UPLOAD_PATH}`) {
			return this.resume(url, request, body, response);
		}
		if (!this.account.admits(request.headers.authorization)) {
			throw new DriveError(401, 'authError', 'Request had invalid authentication credentials.');
		}
		if (call === `POST www.googleapis.com${UPLOAD_PATH}`) {
			return this.upload(url, request, body, response);
		}
		if (call === `GET www.googleapis.com${FILES_PATH}`) return this.list(url, response);

		const file = this.find(url.pathname.replace(`${FILES_PATH}/`, ''));
		if (request.method === 'PATCH') {
			const { name, mimeType } = JSON.parse(body.toString()) as Metadata;
			const parent = url.searchParams.get('addParents');
			if (parent) this.findFolder(parent);
			Object.assign(
				file,
				name && { name },
				mimeType && { mimeType },
				parent && { parents: [parent] },
			);
			file.modifiedTime = new Date().toISOString();
		} else if (request.method !== 'GET') {
			throw new DriveError(404, 'notFound', 'Not Found');
		} else if (url.searchParams.get('alt') === 'media') {
			response.writeHead(200, {
				'content-type': file.mimeType,
				'content-length': file.bytes.length,
			});
			response.end(file.bytes);
			return;
		}
		answerJson(response, 200, pick(file, url.searchParams.get('fields')));
	}

	private list(url: URL, response: ServerResponse): void {
		const {
			q = '',
			fields = '',
			pageSize = '100',
			pageToken = '0',
		} = Object.fromEntries(url.searchParams);
		const matches = matcherOf(q);
		if (!matches) throw new DriveError(400, 'invalid', `Invalid Value: q = ${q}`);
		const folder = /'([^']*)' in parents/.exec(q)?.[1];
		if (folder) this.findFolder(folder);
		response.once('finish', () => this.emit('listed'));
		const found = [...this.files.values()].reverse().filter(matches);
		const end = Number(pageToken) + Number(pageSize);
		answerJson(response, 200, {
			...(end < found.length && { nextPageToken: String(end) }),
			files: found
				.slice(Number(pageToken), end)
				.map((file) => pick(file, /files\(([^)]*)\)/.exec(fields)?.[1])),
		});
	}

	private upload(url: URL, request: IncomingMessage, body: Buffer, response: ServerResponse): void {
		const contentType = request.headers['content-type'] ?? '';
		const type = url.searchParams.get('uploadType');
		if (type === 'multipart') {
			const [metadata, data] = parseMultipart(body, contentType);
			const given = JSON.parse(metadata.bytes.toString()) as Metadata;
			const file = this.receive({ mimeType: data.contentType, ...given }, data.bytes);
			return answerJson(response, 200, pick(file));
		}
		if (type !== 'resumable') throw new DriveError(400, 'badRequest', 'Unknown uploadType');
		const id = randomUUID();
		const mimeType = request.headers['x-upload-content-type'] as string | undefined;
		const metadata = JSON.parse(body.toString()) as Metadata;
		for (const parent of metadata.parents ?? []) this.findFolder(parent);
		this.resumable.set(id, { metadata: { mimeType, ...metadata }, received: Buffer.alloc(0) });
		response.writeHead(200, {
			location: `https://www.googleapis.com${UPLOAD_PATH}?uploadType=resumable&upload_id=${id}`,
		});
		response.end();
	}

	/** The session's address is all the permission a chunk needs. */
	private resume(
		url: URL,
		request: IncomingMessage,
		chunk: Buffer,
		response: ServerResponse,
	): void {
		const id = url.searchParams.get('upload_id') ?? '';
		const upload = this.resumable.get(id);
		if (!upload) throw new DriveError(404, 'notFound', 'Upload not found');
		const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(request.headers['content-range'] ?? '');
		if (!range) throw new DriveError(400, 'badRequest', 'Content-Range is missing');
		const [first, last, total] = range.slice(1).map(Number);
		const final = last + 1 === total;
		if (
			first !== upload.received.length ||
			last - first + 1 !== chunk.length ||
			(!final && chunk.length % CHUNK_MULTIPLE > 0)
		) {
			throw new DriveError(400, 'badRequest', 'The chunk does not fit its Content-Range');
		}
		upload.received = Buffer.concat([upload.received, chunk]);
		if (!final) {
			response.writeHead(308, { range: `bytes=0-${last}` }).end();
			return;
		}
		this.resumable.delete(id);
		answerJson(response, 200, pick(this.receive(upload.metadata, upload.received)));
	}

	private receive({ name, mimeType, parents = ['root'] }: Metadata, bytes: Buffer): DriveFile {
		for (const parent of parents) this.findFolder(parent);
		const file = this.addFile({
			name: name ?? 'Untitled',
			mimeType: mimeType ?? 'application/octet-stream',
			bytes,
			folder: parents[0],
		});
		this.uploads.push(file);
		return file;
	}

	private find(id: string): DriveFile {
		const file = this.files.get(id);
		if (!file) throw new DriveError(404, 'notFound', `File not found: ${id}.`);
		return file;
	}

	private findFolder(id: string): void {
		if (id !== 'root') this.find(id);
	}
}

/** A file as the API tells it; by default only the fields that Google gives unasked. */
function pick(file: DriveFile, fields?: string | null): object {
	const { bytes, ...told } = file;
	const whole: Record<string, unknown> = {
		kind: 'drive#file',
		...told,
		trashed: false,
		size: String(bytes.length),
		webViewLink: `https://drive.google.com/file/d/${file.id}/view?usp=drivesdk`,
		webContentLink: `https://drive.google.com/uc?id=${file.id}&export=download`,
	};
	if (fields === '*') return whole;
	const names = (fields ?? 'kind,id,name,mimeType').split(',').map((field) => field.trim());
	return Object.fromEntries(names.map((name) => [name, whole[name]]));
}
