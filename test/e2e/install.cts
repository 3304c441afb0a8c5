import { ensureN8n } from '../support/n8n/cache.cts';
import { RELEASE } from '../support/n8n/release.cts';

/** Before the test files start side by side, so that only one of them would install. */
export default async function install(): Promise<void> {
	await ensureN8n(RELEASE, (line) => process.stdout.write(`${line}\n`));
}
