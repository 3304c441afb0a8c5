import { ensureN8n } from './cache.cts';
import type { Release } from './release.cts';

/** Installs the releases of n8n that are named, unless they are there. */
async function main(releases: string[]): Promise<void> {
	for (const release of releases) await ensureN8n(release as Release);
}

void main(process.argv.slice(2));
