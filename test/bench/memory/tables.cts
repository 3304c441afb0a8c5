import { head, row } from '../tables.cts';
import { RELEASE } from '../../support/n8n/release.cts';

export interface Raised {
	/** The peak while it ran, over n8n idle before, in MB; the median. */
	peakMB: number;
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
	repetitions: number;
	/** What any manual run costs. */
	empty: Raised;
	/** So many videos, each of its own item. */
	downloads: Array<{ count: number; megabytes: number; httpRequest: Raised; getVideo: Raised }>;
	files: FileCost[];
	/** So many items at once, their inputs links. */
	many: { count: number; raised: Raised };
	/** So many items, each of which sends a file within its request. */
	uploads: { count: number; megabytes: number; fetched: Raised; created: Raised };
}

/** All results as a Markdown page. */
export function memoryTables(results: MemoryResults): string {
	const { repetitions, empty, downloads, files, many, uploads } = results;
	const over = ({ peakMB }: Raised) => megabytes(peakMB - empty.peakMB);
	return `# Memory

Made by \`npm run bench:memory\` in one run: n8n ${RELEASE} in its default binary mode, each measurement in a fresh n8n that ran the same workflow with a small file before, medians of ${repetitions}. A peak is that of n8n's process over what it held before. Those that are compared were taken by turns. The same measurement varies by 10 to 30 MB, a download by up to 70. Kept is what it still refers to after a garbage collection.

## Downloading

Get Video downloads its items' videos at once, HTTP Request stores one after another.

${head(['', 'Peak', 'Over an idle run', 'Kept'])}
${row(['A trigger alone', megabytes(empty.peakMB), '', megabytes(empty.keptMB)])}
${downloads
	.flatMap(({ count, megabytes: size, httpRequest, getVideo }) => {
		const what = count === 1 ? `a video of ${size} MB` : `${count} videos of ${size} MB`;
		return Object.entries({ 'HTTP Request': httpRequest, 'Get Video': getVideo }).map(
			([node, raised]) =>
				row([`${node}, ${what}`, megabytes(raised.peakMB), over(raised), megabytes(raised.keptMB)]),
		);
	})
	.join('\n')}

## A file sent within the request

${head(['', 'Peak', 'Without Create Video', 'Times the file', 'Kept'])}
${files.map(({ name, megabytes: size, fetched, created }) => row([`${name}, ${size} MB`, megabytes(created.peakMB), megabytes(fetched.peakMB), `${((created.peakMB - fetched.peakMB) / size).toFixed(1)} ×`, megabytes(created.keptMB)])).join('\n')}

## Many items at once

${head(['', 'Peak', 'Over the same without the node', 'Kept'])}
${row([`${many.count} items, inputs as links`, megabytes(many.raised.peakMB), over(many.raised), megabytes(many.raised.keptMB)])}
${row([`${uploads.count} items, each with a file of ${uploads.megabytes} MB`, megabytes(uploads.created.peakMB), megabytes(uploads.created.peakMB - uploads.fetched.peakMB), megabytes(uploads.created.keptMB)])}
`;
}

const megabytes = (value: number) => `${value.toFixed(1)} MB`;
