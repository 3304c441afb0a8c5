import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { ensureTool } from '../n8n/cache.cts';
import { packInto } from './packageFiles.cts';

const SCANNER = '@n8n/scan-community-package';
const VERSION = '0.32.0';

/** The scanner is made to fetch what is published; its check takes any folder. */
const SCRIPT = `
import { analyzePackage, SOURCE_FILE_PATTERNS } from '${SCANNER}/scanner/scanner.mjs';
const [packed, source] = process.argv.slice(2);
let passed = true;
for (const [what, result] of [
	['the packed package', await analyzePackage(packed)],
	['its source', await analyzePackage(source, SOURCE_FILE_PATTERNS)],
]) {
	passed &&= result.passed;
	console.log(what + ': ' + (result.passed ? 'nothing found' : result.details ?? result.message));
}
process.exit(passed ? 0 : 1);`;

async function main(): Promise<void> {
	const tool = await ensureTool(SCANNER, VERSION, console.log);
	const folder = mkdtempSync(join(tmpdir(), 'act-two-scan-'));
	try {
		const script = join(tool, 'scan.mjs');
		writeFileSync(script, SCRIPT);
		const args = [script, packInto(folder), resolve('.')];
		execFileSync(process.execPath, args, { stdio: 'inherit' });
	} finally {
		rmSync(folder, { recursive: true });
	}
}

main().catch((error: Error) => {
	console.error(error.message);
	process.exitCode = 1;
});
