import { ALL_FORMATS, BufferSource, Input } from 'mediabunny';

/** When the picture of a file begins and ends, in seconds; undefined where mediabunny does not read it. */
export async function mediabunnyPlayed(
	content: Buffer,
): Promise<{ start: number; end: number } | undefined> {
	try {
		const input = new Input({ formats: ALL_FORMATS, source: new BufferSource(content) });
		const track = await input.getPrimaryVideoTrack();
		if (!track) return undefined;
		return { start: await track.getFirstTimestamp(), end: await track.computeDuration() };
	} catch {
		return undefined;
	}
}
