/** How long a movie without fragments plays. Source: ISO/IEC 14496-12, 8.2, 8.6. */
import { plays } from './mediaInfo';
import type { MediaInfo } from './mediaInfo';
import { pictureTracks } from './isoMovie';
import type { Movie, Track } from './isoMovie';

type Played = Pick<MediaInfo, 'durationSeconds' | 'minDurationSeconds' | 'maxDurationSeconds'>;

/** By the edits of its tracks, their headers, the samples they list, and the movie's header. */
export function playedSeconds(movie: Movie): Played {
	const figures = pictureTracks(movie).flatMap((track) => [
		...editedSeconds(track, movie),
		track.headerUnits / movie.timescale,
	]);
	return plays([...figures, movie.headerUnits / movie.timescale]);
}

/** In seconds: what its edits show of its media, and what they say that they show. */
function editedSeconds(track: Track, { timescale }: Movie): number[] {
	const media = mediaSeconds(track);
	if (track.edits.length === 0) return [media];
	let [shown, said, blank] = [0, 0, 0];
	for (const { units, mediaTime } of track.edits) {
		const seconds = units / timescale;
		if (mediaTime < 0) {
			blank += seconds;
			continue;
		}
		const rest = Math.max(0, media - mediaTime / track.timescale);
		const edit = seconds === 0 ? rest : seconds;
		said += edit;
		shown += Number.isNaN(rest) ? edit : Math.min(edit, rest);
	}
	return [said, shown, said + blank];
}

/** Of a track's media, all of it. */
function mediaSeconds({ sampleUnits, mediaUnits, timescale }: Track): number {
	return (sampleUnits > 0 ? sampleUnits : mediaUnits) / timescale;
}

/** Where in a track's media its first edit begins. */
export function editStart({ edits, timescale }: Track): number {
	const start = edits.find(({ mediaTime }) => mediaTime >= 0)?.mediaTime ?? 0;
	return start > 0 ? start / timescale : 0;
}
