/**
 * How long a movie in fragments plays: by all of them, by an index, or by the last ones.
 * Source: ISO/IEC 14496-12, 8.8, 8.16.3.
 */
import { placesOf, uint } from './bytes';
import type { Reader } from './bytes';
import { boxAt, childrenOf, contentOf, parseBox } from './isoBoxes';
import type { Box } from './isoBoxes';
import { editStart } from './isoDuration';
import { plays } from './mediaInfo';
import type { MediaInfo } from './mediaInfo';
import { pictureTracks } from './isoMovie';
import type { Movie, Track } from './isoMovie';

/** How far from the end the last fragments are looked for, one after the other. In bytes. */
const TAILS = [64 * 1024, 512 * 1024];
const MAX_BOXES = 50_000;
const MAX_INDEX_BYTES = 256 * 1024;

interface Times {
	/** In the units of the track. */
	start?: number;
	end: number;
	/** How many fragments of it were read, since the jump to the last ones. */
	count: number;
}

type Fragmented = Pick<
	MediaInfo,
	'durationSeconds' | 'minDurationSeconds' | 'maxDurationSeconds' | 'isCutOff'
>;

/** @param at where the boxes after the movie's header begin */
export async function fragmentedSeconds(
	reader: Reader,
	movie: Movie,
	at: number,
): Promise<Fragmented> {
	const fragments = new Fragments(reader, movie);
	await fragments.walk(at);
	return fragments.isCutOff ? { isCutOff: true } : fragments.seconds();
}

class Fragments {
	isCutOff = false;
	private isWhole = false;
	private isJumpTried = false;
	private hasJumped = false;
	/** What an index of segments says, in seconds. */
	private indexedSeconds = 0;
	private readonly tracks: Track[];
	private readonly times = new Map<number, Times>();

	constructor(
		private readonly reader: Reader,
		private readonly movie: Movie,
	) {
		this.tracks = pictureTracks(movie);
		for (const { id, sampleUnits } of this.tracks) {
			const listed = sampleUnits > 0 ? { start: 0, end: sampleUnits } : { end: 0 };
			this.times.set(id, { ...listed, count: 0 });
		}
	}

	/** Reads fragment after fragment; of a file that is too long for that, the first and the last. */
	async walk(from: number): Promise<void> {
		const { size = Infinity } = this.reader;
		for (let at = from, count = 0; count < MAX_BOXES; count++) {
			if (at + 8 > size) {
				this.isWhole = true;
				return;
			}
			const box = await boxAt(this.reader, at);
			if (!box) return;
			if (box.end > size && /^(moof|mdat)$/.test(box.type)) {
				this.isWhole = box.end === Infinity;
				this.isCutOff = !this.isWhole;
				return;
			}
			at = box.end;
			if (box.type === 'sidx') at = await this.addIndex(box);
			else if (box.type === 'moof') {
				if (!(await this.add(box))) return;
				if (!this.reader.canReadAll) at = await this.jump(at);
			}
		}
	}

	/** As far as it was read to the end; else what it is at least. */
	seconds(): Fragmented {
		const { movie } = this;
		const header = movie.headerUnits / movie.timescale;
		const figures = this.tracks.flatMap((track) => {
			const { start = 0, end } = this.times.get(track.id) as Times;
			const seconds = (end - start) / track.timescale;
			return [seconds, end / track.timescale, Math.max(0, seconds - editStart(track))];
		});
		const read = plays([this.indexedSeconds, ...figures]);
		const times = [...this.times.values()];
		const isEndKnown = this.isWhole && (!this.hasJumped || times.every(({ count }) => count > 0));
		if (isEndKnown && read.durationSeconds !== undefined) return read;
		const told = movie.fragmentedUnits / movie.timescale;
		if (told > 0) return { durationSeconds: told };
		const { minDurationSeconds, durationSeconds = 0 } = read;
		const least = Math.max(header || 0, minDurationSeconds ?? durationSeconds);
		return least > 0 ? { minDurationSeconds: least } : {};
	}

	/** An index names the segments behind it and their durations. @returns where they end */
	private async addIndex(sidx: Box): Promise<number> {
		const data = await contentOf(this.reader, sidx, MAX_INDEX_BYTES);
		const bytes = data[0] === 1 ? 8 : 4;
		const count = uint(data, 14 + bytes * 2, 2);
		let [units, at] = [0, sidx.end + uint(data, 12 + bytes, bytes)];
		for (let entry = 0; entry < count; entry++) {
			const place = 16 + bytes * 2 + entry * 12;
			at += uint(data, place, 4) & 0x7fffffff;
			units += uint(data, place + 4, 4);
		}
		const isUsable = units > 0 && at <= (this.reader.size ?? Infinity);
		if (!isUsable) return sidx.end;
		this.indexedSeconds += units / uint(data, 8, 4);
		return at;
	}

	/** Takes in one fragment. @returns whether all of it could be read */
	private async add(moof: Box): Promise<boolean> {
		const { boxes, isWhole } = await childrenOf(this.reader, moof);
		for (const traf of boxes.filter(({ type }) => type === 'traf')) {
			if (!(await this.addRuns(traf))) return false;
		}
		return isWhole;
	}

	private async addRuns(traf: Box): Promise<boolean> {
		const { boxes, isWhole, first } = await childrenOf(this.reader, traf);
		const header = first('tfhd');
		if (!isWhole || !header) return isWhole;
		const data = await contentOf(this.reader, header, 32);
		const id = uint(data, 4, 4);
		const times = this.times.get(id);
		if (!times) return data.length >= 8;
		const flags = uint(data, 1, 3);
		const at = 8 + (flags & 1 ? 8 : 0) + (flags & 2 ? 4 : 0);
		const each = flags & 8 ? uint(data, at, 4) : (this.movie.sampleUnits.get(id) ?? NaN);

		const decodeTime = first('tfdt');
		// After a jump only a fragment that tells its time can be used.
		if (!decodeTime && this.hasJumped) return false;
		const told = await contentOf(this.reader, decodeTime, 12);
		let time = decodeTime ? uint(told, 4, told[0] === 1 ? 8 : 4) : times.end;
		times.start ??= time;
		for (const run of boxes.filter(({ type }) => type === 'trun')) {
			time += await runUnits(this.reader, run, each);
		}
		if (Number.isNaN(time)) return false;
		times.end = Math.max(times.end, time);
		times.count++;
		return true;
	}

	/** @returns where to go on: at the last fragments, where their place is known */
	private async jump(next: number): Promise<number> {
		if (this.isJumpTried) return next;
		this.isJumpTried = true;
		const to = (await this.indexedEnd()) ?? (await this.chainedEnd());
		if (to === undefined || to <= next) return next;
		this.hasJumped = true;
		for (const times of this.times.values()) times.count = 0;
		return to;
	}

	/** The last fragment of a picture that the index at the end of the file names. */
	private async indexedEnd(): Promise<number | undefined> {
		const { data: footer } = await this.reader.readTail(16);
		if (footer.toString('latin1', 4, 8) !== 'mfro') return undefined;
		const { start, data } = await this.reader.readTail(
			Math.min(uint(footer, 12, 4), MAX_INDEX_BYTES),
		);
		const mfra = parseBox(data, 0, start);
		if (mfra?.type !== 'mfra') return undefined;
		let last: number | undefined;
		for (const box of (await childrenOf(this.reader, mfra)).boxes) {
			if (box.type !== 'tfra') continue;
			const table = await contentOf(this.reader, box, MAX_INDEX_BYTES);
			if (!this.times.has(uint(table, 4, 4))) continue;
			const bytes = table[0] === 1 ? 8 : 4;
			const lengths = uint(table, 11, 1);
			const numbers = (lengths & 3) + ((lengths >> 2) & 3) + ((lengths >> 4) & 3) + 3;
			const entry = 16 + (uint(table, 12, 4) - 1) * (bytes * 2 + numbers);
			const offset = uint(table, entry + bytes, bytes);
			if (offset > (last ?? 0)) last = offset;
		}
		return last;
	}

	/** The first fragment near the end from which box follows box up to the end. */
	private async chainedEnd(): Promise<number | undefined> {
		for (const bytes of TAILS) {
			const { start, data } = await this.reader.readTail(bytes);
			const tried = new Set<number>();
			for (const place of placesOf(data, 'moof')) {
				if (isChain(data, place - 4, tried)) return start + place - 4;
			}
		}
		return undefined;
	}
}

/** @param tried places from which no chain leads to the end, which is not found out again */
function isChain(data: Buffer, from: number, tried: Set<number>): boolean {
	let at = from;
	for (let box = parseBox(data, at); box && box.end > at; box = parseBox(data, at)) {
		if (tried.has(at)) return false;
		tried.add(at);
		at = box.end;
	}
	return at === data.length;
}

/** The time of a run of samples, in the units of the track. */
async function runUnits(reader: Reader, run: Box, each: number): Promise<number> {
	const head = await contentOf(reader, run, 8);
	const [flags, count] = [uint(head, 1, 3), uint(head, 4, 4)];
	if (!(flags & 0x100)) return count * each;
	const first = run.start + 8 + (flags & 1 ? 4 : 0) + (flags & 4 ? 4 : 0);
	const fields = [0x100, 0x200, 0x400, 0x800].filter((flag) => flags & flag).length;
	const bytes = count * fields * 4;
	const data = await reader.read(first, Math.min(run.end - first, bytes));
	// A damaged file may speak of billions.
	if (data.length < bytes) return NaN;
	let units = 0;
	for (let sample = 0; sample < count; sample++) units += uint(data, sample * fields * 4, 4);
	return units;
}
