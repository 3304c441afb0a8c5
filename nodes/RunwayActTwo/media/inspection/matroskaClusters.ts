/**
 * How long a Matroska file without a duration plays, as browsers record it: by its last cluster.
 * Source: RFC 9559, 5.1.3.
 */
import { placesOf, uint } from './bytes';
import type { Reader } from './bytes';
import { elementAt, elementsOf, numberIn, parseElement, vintLength } from './ebml';
import type { Element } from './ebml';
import { plays } from './mediaInfo';
import type { MediaInfo } from './mediaInfo';

/** How far from the end the last clusters are looked for, one after the other. In bytes. */
const TAILS = [64 * 1024, 512 * 1024, 1536 * 1024];
const MAX_ELEMENTS = 200_000;

const CLUSTER = '\x1f\x43\xb6\x75';
const CLUSTER_ID = 0x1f43b675;
const TIMESTAMP = 0xe7;
const SIMPLE_BLOCK = 0xa3;
const BLOCK_GROUP = 0xa0;
const BLOCK = 0xa1;
const BLOCK_DURATION = 0x9b;
/**
 * What may stand between clusters' headers: what they hold, also position, previous size, silent tracks,
 * encrypted, void, checksum; and beside them seek head, info, tracks, cues, chapters, tags, attachments.
 */
const BETWEEN_CLUSTERS = [
	...[TIMESTAMP, SIMPLE_BLOCK, BLOCK_GROUP, 0xa7, 0xab, 0x5854, 0xaf, 0xec, 0xbf],
	...[0x114d9b74, 0x1549a966, 0x1654ae6b, 0x1c53bb6b, 0x1043a770, 0x1254c367, 0x1941a469],
];

interface Picture {
	number: number;
	/** NaN where it is not told. */
	frameSeconds: number;
}

/** @param scale of a tick, in seconds */
export async function clusterSeconds(
	reader: Reader,
	firstCluster: number,
	scale: number,
	picture: Picture,
): Promise<Pick<MediaInfo, 'durationSeconds' | 'minDurationSeconds' | 'maxDurationSeconds'>> {
	if (reader.canReadAll) {
		const all = new Clusters(reader, picture.number);
		return all.seconds(await all.walk(firstCluster), scale, picture.frameSeconds);
	}
	const clusters = new Clusters(reader, picture.number, await startTicks(reader, firstCluster));
	for (const bytes of TAILS) {
		const { start, data } = await reader.readTail(bytes);
		const tried = new Set<number>();
		for (const at of placesOf(data, CLUSTER)) {
			if (start + at <= firstCluster || !isChain(data, at, tried)) continue;
			const isWhole = await clusters.walk(start + at);
			if (clusters.hasPictures) return clusters.seconds(isWhole, scale, picture.frameSeconds);
			break;
		}
	}
	return {};
}

/** When the first cluster begins; NaN where it could not be read. */
export async function startTicks(reader: Reader, firstCluster: number): Promise<number> {
	const cluster = await elementAt(reader, firstCluster);
	const timestamp = cluster && (await elementAt(reader, cluster.start));
	return timestamp?.id === TIMESTAMP ? await numberIn(reader, timestamp) : NaN;
}

class Clusters {
	private time = NaN;
	/** Of pictures alone, and of all tracks. */
	private lastPicture = NaN;
	private last = NaN;
	private step = 0;

	constructor(
		private readonly reader: Reader,
		private readonly picture: number,
		private start = NaN,
	) {}

	get hasPictures(): boolean {
		return !Number.isNaN(this.lastPicture);
	}

	/** Reads clusters one after the other. @returns whether the last ended where the file does */
	async walk(from: number): Promise<boolean> {
		const { size = Infinity } = this.reader;
		let at = from;
		for (let count = 0; at < size && count < MAX_ELEMENTS; count++) {
			const element = await elementAt(this.reader, at);
			if (!element) break;
			await this.add(element);
			at = element.id === CLUSTER_ID ? element.start : element.end;
		}
		return at === size;
	}

	/** @param isWhole whether the last of them was read */
	seconds(isWhole: boolean, scale: number, frameSeconds: number) {
		const start = this.start || 0;
		const picture = (this.lastPicture - start) * scale;
		if (!isWhole) return picture > 0 ? { minDurationSeconds: picture } : {};
		return plays([
			picture + (frameSeconds || 0),
			picture,
			picture + this.step * scale,
			(this.last - start) * scale,
			// A recording may begin late in a clock of its own.
			this.lastPicture * scale,
		]);
	}

	private async add(element: Element): Promise<void> {
		const { id, start } = element;
		if (id === TIMESTAMP) {
			this.time = await numberIn(this.reader, element);
			if (Number.isNaN(this.start)) this.start = this.time;
		} else if (id === SIMPLE_BLOCK) await this.addBlock(start, 0);
		else if (id === BLOCK_GROUP) {
			const { first } = await elementsOf(this.reader, element);
			const block = first(BLOCK);
			const ticks = await numberIn(this.reader, first(BLOCK_DURATION));
			if (block) await this.addBlock(block.start, ticks || 0);
		}
	}

	private async addBlock(at: number, duration: number): Promise<void> {
		const head = await this.reader.read(at, 12);
		const bytes = vintLength(head[0]);
		if (head.length < bytes + 2) return;
		const track = uint(head, 0, bytes) - 2 ** (7 * bytes);
		const time = this.time + head.readInt16BE(bytes);
		this.last = later(this.last, time + duration);
		if (track !== this.picture) return;
		if (time > this.lastPicture) this.step = Math.max(duration, time - this.lastPicture);
		this.lastPicture = later(this.lastPicture, time);
	}
}

const later = (known: number, time: number) => (known > time ? known : time);

/**
 * Whether elements of clusters follow one another from a place up to the end.
 * @param tried places from which they do not, which is not found out again
 */
function isChain(data: Buffer, from: number, tried: Set<number>): boolean {
	let at = from;
	while (at < data.length) {
		if (tried.has(at)) return false;
		tried.add(at);
		const element = parseElement(data, at);
		if (!element) return at > data.length - 12;
		const { id, start, end } = element;
		if (id === CLUSTER_ID) at = start;
		else if (BETWEEN_CLUSTERS.includes(id)) at = end;
		else return false;
	}
	return true;
}
