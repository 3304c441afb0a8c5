/** Matroska and WebM. Sources: RFC 9559, RFC 8794. */
import type { Reader } from './bytes';
import { unlistedCodec } from './codecs';
import { elementAt, elementsOf, floatIn, numberIn, textIn } from './ebml';
import type { Element } from './ebml';
import { clusterSeconds, startTicks } from './matroskaClusters';
import { displayed, plays } from './mediaInfo';
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
const CODEC_OF_AVI = 'V_MS/VFW/FOURCC';

interface Track {
	number: number;
	type: number;
	codec: string;
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
	const { first } = await elementsOf(reader, header);
	const container = (await textIn(reader, first(DOC_TYPE))).startsWith('webm')
		? { name: 'WebM', contentType: 'video/webm' }
		: { name: 'MKV', contentType: 'video/x-matroska' };

	const segment = await readSegment(reader, header?.end ?? 0);
	const { tracks = [] } = segment;
	if (tracks.length === 0) return { kind: 'video', ...container };
	const picture = tracks.find(({ type }) => type === VIDEO_TRACK);
	if (!picture) return { kind: 'audio', ...container };
	return {
		kind: 'video',
		...container,
		...picture.size,
		unlistedCodec: unlistedCodec(picture.codec),
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
	const { first } = await elementsOf(reader, info);
	segment.scale = (await numberIn(reader, first(TIMESTAMP_SCALE), 1e6)) / 1e9;
	segment.durationTicks = await floatIn(reader, first(DURATION));
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
	const { first } = await elementsOf(reader, entry);
	const codec = await textIn(reader, first(CODEC_ID));
	return {
		number: await numberIn(reader, first(TRACK_NUMBER)),
		type: await numberIn(reader, first(TRACK_TYPE)),
		codec: codec === CODEC_OF_AVI ? await fourCcIn(reader, first(CODEC_PRIVATE)) : codec,
		frameSeconds: (await numberIn(reader, first(DEFAULT_DURATION))) / 1e9,
		size: await readSize(reader, first(VIDEO)),
	};
}

/** The name of a codec of AVI, in a BITMAPINFOHEADER. */
async function fourCcIn(reader: Reader, header: Element | undefined): Promise<string> {
	return (await textIn(reader, header)).slice(16, 20);
}

/** The size as displayed: cropped, stretched, and turned. */
async function readSize(reader: Reader, video: Element | undefined) {
	const { first } = await elementsOf(reader, video);
	const valueOf = async (id: number, absent?: number) => await numberIn(reader, first(id), absent);
	const crop = async (one: number, other: number) =>
		(await valueOf(one, 0)) + (await valueOf(other, 0));
	const width = (await valueOf(PIXEL_WIDTH)) - (await crop(CROPS.left, CROPS.right));
	const height = (await valueOf(PIXEL_HEIGHT)) - (await crop(CROPS.top, CROPS.bottom));
	const display = (await valueOf(DISPLAY_WIDTH)) / (await valueOf(DISPLAY_HEIGHT));
	const isTold = (await valueOf(DISPLAY_UNIT)) !== UNKNOWN_UNIT;
	const projection = await elementsOf(reader, first(PROJECTION));
	const roll = await floatIn(reader, projection.first(PROJECTION_ROLL));
	return displayed(width, height, isTold ? display * (height / width) : NaN, Math.abs(roll) === 90);
}
