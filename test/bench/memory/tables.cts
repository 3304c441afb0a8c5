import { head, row } from '../tables.cts';
import { NEWEST_RELEASE } from '../../support/n8n/release.cts';

export interface Raised {
	/** The peak while it ran, over n8n idle before, in MB; the median, and each repetition. */
	peakMB: number;
	peaksMB: number[];
	/** What n8n still refers to afterwards over before, in MB; the median. */
	keptMB: number;
}

export interface FileCost {
	name: string;
	megabytes: number;
	/** HTTP Request gets the file as binary data. */
	fetched: Raised;
	/** The same, and Create Video sends it. */
	created: Raised;
}

export interface MemoryResults {
	videoMegabytes: number;
	repetitions: number;
	downloads: Record<'empty' | 'httpRequest' | 'getVideo', Raised>;
	files: FileCost[];
}

/** All results as a Markdown page. */
export function memoryTables(results: MemoryResults): string {
	const { videoMegabytes, repetitions, downloads, files } = results;
	const { empty, httpRequest, getVideo } = downloads;
	const over = ({ peakMB }: Raised) => megabytes(peakMB - empty.peakMB);
	return `# Memory

Made by \`npm run bench:memory\` in one run: n8n ${NEWEST_RELEASE} with binary data in files, each measurement in a fresh n8n that ran the same workflow with a small file before, medians of ${repetitions}. A peak is that of n8n's process over what it held before. Kept is what it still refers to after a garbage collection.

## Downloading a video of ${videoMegabytes} MB

${head(['', 'Peak', 'Over an idle run', 'Kept'])}
${row(['A trigger alone', megabytes(empty.peakMB), '', megabytes(empty.keptMB)])}
${row(['HTTP Request', megabytes(httpRequest.peakMB), over(httpRequest), megabytes(httpRequest.keptMB)])}
${row(['Get Video', megabytes(getVideo.peakMB), over(getVideo), megabytes(getVideo.keptMB)])}

## A file sent within the request

${head(['', 'Peak', 'Without Create Video', 'Times the file', 'Kept'])}
${files.map(({ name, megabytes: size, fetched, created }) => row([`${name}, ${size} MB`, megabytes(created.peakMB), megabytes(fetched.peakMB), `${((created.peakMB - fetched.peakMB) / size).toFixed(1)} ×`, megabytes(created.keptMB)])).join('\n')}
`;
}

const megabytes = (value: number) => `${value.toFixed(1)} MB`;
