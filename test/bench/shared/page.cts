import { readFileSync, writeFileSync } from 'node:fs';

const DOCUMENT = 'docs/benchmarks.md';
/** What comes before this heading is the benchmarks' part, from it on the soak's. */
export const SOAK_HEADING = '## Soak';

const parts = (): [benchmarks: string, soak: string] => {
	const page = readFileSync(DOCUMENT, 'utf8');
	const at = page.indexOf(SOAK_HEADING);
	return at < 0 ? [`${page}\n`, ''] : [page.slice(0, at), page.slice(at)];
};

export function writeBenchmarks(page: string): void {
	const [, soak] = parts();
	writeFileSync(DOCUMENT, soak === '' ? page : `${page}\n${soak}`);
}

export function writeSoak(section: string): void {
	const [benchmarks] = parts();
	writeFileSync(DOCUMENT, benchmarks + section);
}
