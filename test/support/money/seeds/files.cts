import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';

import type { IBinaryData, IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';

import { pathOf } from '../../media/corpus.cts';
import { networkError, videoOf } from '../memoryApi.cts';
import type { World } from '../world.cts';
import type { Draw } from './draw.cts';
import type { Plan } from './plan.cts';

type Helpers = IExecuteFunctions['helpers'];

const CHARACTER = readFileSync(pathOf('picture.png'));
const PERFORMANCE = readFileSync(pathOf('hevc.mp4'));
const VIDEO = PERFORMANCE;

const HOST = 'https://media.example.com';
const SIGNED = '/rest/binary-data/signed?token=';
const LATENCY_MS = 50;
/** What a host may do instead of giving its file. */
export const HOST_FAULTS = [
	'a host answers HTTP 503',
	'a host answers HTTP 403',
	'a host breaks the connection',
	'a host never answers',
	'a file ends early',
] as const;

export const characterOf = (picture: number): string => `${HOST}/picture-${picture}.png`;
export const PERFORMANCE_LINK = `${HOST}/performance.mp4`;

/** A character of its own, and still a PNG: what follows its end is nobody's business. */
const characterFile = (picture: number) => marked(CHARACTER, `picture-${picture}.`);
const marked = (file: Buffer, mark: string) => Buffer.concat([file, Buffer.from(`\n${mark}`)]);

/** n8n's storage of files, and the hosts of links and videos, in memory and in the world's time. */
export class Files {
	/** What went wrong with hosts. */
	readonly faults = new Set<string>();
	private readonly stored = new Map<string, Buffer>();

	constructor(
		private readonly world: World,
		private readonly draw: Draw,
		private readonly plan: Plan,
	) {}

	/** The files of an item, as an earlier node left them. */
	ofItem(picture: number): { character: IBinaryData; performance: IBinaryData } {
		return {
			character: this.store(characterFile(picture), 'character.png', 'image/png'),
			performance: this.store(PERFORMANCE, 'performance.mp4', 'video/mp4'),
		};
	}

	/** Which picture a creation asks for. */
	pictureOf(creation: string): string {
		const { url } = (JSON.parse(creation) as { character: { url: string } }).character;
		const [, id] = url.split(SIGNED) as [string, string?];
		const [, data] = url.split(';base64,') as [string, string?];
		const named = id === undefined && data === undefined ? url : end(this.contentOf({ id, data }));
		return /picture-\d+\.(?=(png)?$)/.exec(named)?.[0] ?? 'none';
	}

	/** Whether a downloaded file is this generation's video. */
	isVideoOf(file: IBinaryData, generation: string): boolean {
		return end(this.contentOf(file)).endsWith(`\n${videoOf(generation)}`);
	}

	/** What n8n gives a node. */
	get helpers(): Partial<Helpers> {
		const helpers = {
			httpRequest: async (options: IHttpRequestOptions) => await this.request(options),
			getBinaryMetadata: async (id: string) =>
				await Promise.resolve({ fileSize: this.contentOf({ id }).length }),
			getBinaryStream: async (id: string) =>
				await Promise.resolve(streamOf(this.contentOf({ id }))),
			prepareBinaryData: async (from: Buffer | Readable, name: string, mimeType: string) =>
				this.store(Buffer.concat(await Readable.from(from).toArray()), name, mimeType),
			createBinarySignedUrl: ({ id = '' }: IBinaryData) =>
				`${this.plan.isPublic ? 'https://n8n.example.com' : 'http://localhost:5678'}${SIGNED}${id}`,
		};
		return helpers as unknown as Partial<Helpers>;
	}

	private contentOf({ id, data }: Partial<IBinaryData>): Buffer {
		const stored = id === undefined ? Buffer.from(data ?? '', 'base64') : this.stored.get(id);
		if (!stored) throw new Error('No such file');
		return stored;
	}

	private store(content: Buffer, fileName: string, mimeType: string): IBinaryData {
		if (this.plan.source === 'files in memory') {
			return { data: content.toString('base64'), fileName, mimeType };
		}
		const id = `filesystem-v2:${this.stored.size}`;
		this.stored.set(id, content);
		return { id, data: 'filesystem-v2', fileName, mimeType };
	}

	/** As n8n's helper asks a host for a stream. */
	private async request({ abortSignal, ...options }: IHttpRequestOptions): Promise<object> {
		const signal = abortSignal as AbortSignal | undefined;
		await this.world.sleep(LATENCY_MS, signal);
		const whole = fileAt(options.url);
		const fault = this.draw.chance(this.plan.faults.host) ? this.draw.one(HOST_FAULTS) : undefined;
		if (fault) this.faults.add(fault);
		if (fault === 'a host breaks the connection') throw networkError('ECONNRESET');
		if (fault === 'a host never answers') {
			await this.world.sleep(options.timeout ?? 300_000, signal);
			throw networkError('ECONNABORTED');
		}
		const status = /\d+/.exec(fault ?? '')?.[0];
		if (status !== undefined) return answer(Number(status), Buffer.from('No'), {});
		const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(String(options.headers?.range)) ?? [];
		const start = Number(from ?? 0);
		const content = whole.subarray(start, to === undefined ? undefined : Number(to) + 1);
		const type = options.url.endsWith('.png') ? 'image/png' : 'video/mp4';
		const headers = {
			'content-type': type,
			'content-length': String(content.length),
			...(to !== undefined && {
				'content-range': `bytes ${start}-${start + content.length - 1}/${whole.length}`,
			}),
		};
		const given =
			options.method === 'HEAD' ? 0 : fault === 'a file ends early' ? 1000 : content.length;
		return answer(to === undefined ? 200 : 206, content.subarray(0, given), headers);
	}
}

function fileAt(url: string): Buffer {
	const [, picture] = /picture-(\d+)\.png$/.exec(url) ?? [];
	if (picture !== undefined) return characterFile(Number(picture));
	return url === PERFORMANCE_LINK ? PERFORMANCE : marked(VIDEO, url);
}

const end = (file: Buffer): string => file.subarray(-80).toString('latin1');

const streamOf = (content: Buffer) => Readable.from(content, { objectMode: false });

const answer = (statusCode: number, content: Buffer, headers: object) => ({
	statusCode,
	headers,
	body: streamOf(content),
});
