/** Matroska and WebM. Sources: RFC 9559, RFC 8794. */
import type { Reader } from './bytes';
import { unlistedCodec } from './codecs';
import { elementAt, elementsOf, numberIn, textIn } from './ebml';
import type { Element } from './ebml';
import { clusterSeconds, startTicks } from './matroskaClusters';
import { displayed, known, plays } from './mediaInfo';
import type { MediaInfo } from './mediaInfo';

const MAX_ELEMENTS = 400;

const EBML = 0x1a45dfa3;
const DOC_TYPE = 0x4282;
const SEGMENT = 0x18538067;
const INFO = 0x1549a966;
const TIMESTAMP_SCALE = 0x2ad7b1;
const DURATION = 0x4489;
const TRACKS = 0x1654ae6b;
const TRACK_ENTRY = 0xae;
const TRACK_NUMBER = 0xd7;
const TRACK_TYPE = 0x83;
const CODEC_ID = 0x86;
const CODEC_PRIVATE = 0x63a2;
const DEFAULT_DURATION = 0x23e383;
const VIDEO = 0xe0;
const PIXEL_WIDTH = 0xb0;
const PIXEL_HEIGHT = 0xba;
const CROPS = { top: 0x54bb, bottom: 0x54aa, left: 0x54cc, right: 0x54dd };
const DISPLAY_WIDTH = 0x54b0;
const DISPLAY_HEIGHT = 0x54ba;
const DISPLAY_UNIT = 0x54b2;
const PROJECTION = 0x7670;
const PROJECTION_ROLL = 0x7675;
const CLUSTER = 0x1f43b675;

const VIDEO_TRACK = 1;
const UNKNOWN_UNIT = 4;

interface Track {
	number: number;
	type: number;
	codec?: string;
	/** Of a frame, in seconds; NaN where it is not told. */
	frameSeconds: number;
	size: Pick<MediaInfo, 'width' | 'height'>;
}

interface Segment {
	/** Of a tick, in seconds. */
	scale: number;
	durationTicks: number;
	/** Absent while not all of them were read. */
	tracks?: Track[];
	/** Where the first cluster begins. */
	firstCluster?: number;
}

export function isMatroska(head: Buffer): boolean {
	return head.length >= 4 && head.readUInt32BE(0) === EBML;
}

export async function inspectMatroska(reader: Reader): Promise<MediaInfo> {
	const header = await elementAt(reader, 0);
	if (!header) return { kind: 'video', name: 'MKV', contentType: 'video/x-matroska' };
	const { elements } = await elementsOf(reader, header);
	const docType = elements.find(({ id }) => id === DOC_TYPE);
	const isWebm = docType !== undefined && (await textIn(reader, docType)).startsWith('webm');
	const container = isWebm
		? { name: 'WebM', contentType: 'video/webm' }
		: { name: 'MKV', contentType: 'video/x-matroska' };

	const segment = await readSegment(reader, header.end);
	const { tracks } = segment;
	if (!tracks || tracks.length === 0) return { kind: 'video', ...container };
	const pictures = tracks.filter(({ type }) => type === VIDEO_TRACK);
	if (pictures.length === 0) return { kind: 'audio', ...container, hasVideoTrack: false };
	const [picture] = pictures;
	return {
		kind: 'video',
		...container,
		hasVideoTrack: true,
		...picture.size,
		...known({ unlistedCodec: unlistedCodec(picture.codec) }),
		...(await durationOf(reader, segment, picture)),
	};
}

async function durationOf(reader: Reader, segment: Segment, picture: Track) {
	const { durationTicks, scale, firstCluster } = segment;
	if (durationTicks > 0) {
		// Some writers count from 0 where the clock of the recording begins later.
		const start = firstCluster === undefined ? 0 : await startTicks(reader, firstCluster);
		return plays([durationTicks * scale, (durationTicks - (start || 0)) * scale]);
	}
	return firstCluster === undefined
		? {}
		: await clusterSeconds(reader, firstCluster, scale, picture);
}

async function readSegment(reader: Reader, from: number): Promise<Segment> {
	const segment: Segment = { scale: 0.001, durationTicks: NaN };
	const { size = Infinity } = reader;
	let at = from;
	for (let count = 0; count < MAX_ELEMENTS && at < size; count++) {
		const element = await elementAt(reader, at);
		if (!element) break;
		at = element.end;
		if (element.id === SEGMENT) at = element.start;
		else if (element.id === INFO) await readInfo(reader, element, segment);
		else if (element.id === TRACKS) segment.tracks = await readTracks(reader, element);
		else if (element.id === CLUSTER) {
			segment.firstCluster ??= element.at;
			// Some writers put the tracks behind what they describe.
			if (segment.tracks) break;
		}
	}
	return segment;
}

async function readInfo(reader: Reader, info: Element, segment: Segment): Promise<void> {
	for (const element of (await elementsOf(reader, info)).elements) {
		if (element.id === TIMESTAMP_SCALE) segment.scale = (await numberIn(reader, element)) / 1e9;
		if (element.id === DURATION) segment.durationTicks = await floatIn(reader, element);
	}
}

/** @returns undefined unless all of them could be read */
async function readTracks(reader: Reader, list: Element): Promise<Track[] | undefined> {
	const { elements, isWhole } = await elementsOf(reader, list);
	const tracks: Track[] = [];
	for (const entry of elements)
		if (entry.id === TRACK_ENTRY) tracks.push(await readTrack(reader, entry));
	return isWhole && tracks.every(({ type }) => type > 0) ? tracks : undefined;
}

async function readTrack(reader: Reader, entry: Element): Promise<Track> {
	const track: Track = { number: NaN, type: NaN, frameSeconds: NaN, size: {} };
	for (const element of (await elementsOf(reader, entry)).elements) {
		switch (element.id) {
			case TRACK_NUMBER:
				track.number = await numberIn(reader, element);
				break;
			case TRACK_TYPE:
				track.type = await numberIn(reader, element);
				break;
			case CODEC_ID:
				track.codec = await textIn(reader, element);
				break;
			case CODEC_PRIVATE:
				// A codec of AVI is named in there.
				if (track.codec === 'V_MS/VFW/FOURCC')
					track.codec = (await reader.read(element.start + 16, 4)).toString('latin1');
				break;
			case DEFAULT_DURATION:
				track.frameSeconds = (await numberIn(reader, element)) / 1e9;
				break;
			case VIDEO:
				track.size = await readSize(reader, element);
		}
	}
	return track;
}

/** The size as displayed: cropped, stretched, and turned. */
async function readSize(reader: Reader, video: Element) {
	const { elements } = await elementsOf(reader, video);
	const valueOf = async (id: number, absent: number) => {
		const element = elements.find((candidate) => candidate.id === id);
		return element ? await numberIn(reader, element) : absent;
	};
	const { top, bottom, left, right } = CROPS;
	const width =
		(await valueOf(PIXEL_WIDTH, NaN)) - (await valueOf(left, 0)) - (await valueOf(right, 0));
	const height =
		(await valueOf(PIXEL_HEIGHT, NaN)) - (await valueOf(top, 0)) - (await valueOf(bottom, 0));
	const displayWidth = await valueOf(DISPLAY_WIDTH, NaN);
	const displayHeight = await valueOf(DISPLAY_HEIGHT, NaN);
	const isTold = (await valueOf(DISPLAY_UNIT, 0)) !== UNKNOWN_UNIT;
	const pixelAspect = isTold ? (displayWidth / displayHeight) * (height / width) : NaN;
	const projection = elements.find(({ id }) => id === PROJECTION);
	return displayed(width, height, pixelAspect, await isTurned(reader, projection));
}

async function isTurned(reader: Reader, projection: Element | undefined): Promise<boolean> {
	if (!projection) return false;
	const { elements } = await elementsOf(reader, projection);
	const roll = elements.find(({ id }) => id === PROJECTION_ROLL);
	return roll !== undefined && Math.abs(await floatIn(reader, roll)) === 90;
}

async function floatIn(reader: Reader, { start, end }: Element): Promise<number> {
	const bytes = await reader.read(start, Math.min(8, end - start));
	return bytes.length === 4
		? bytes.readFloatBE(0)
		: bytes.length === 8
			? bytes.readDoubleBE(0)
			: NaN;
}
