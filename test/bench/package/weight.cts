import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const RUNS = 25;

/** What a fresh process with n8n-workflow loaded, as n8n has it, still needs to load the package. */
const LOAD = `
require('n8n-workflow');
globalThis.gc();
const memory = process.memoryUsage().rss;
const start = performance.now();
const { RunwayActTwo, AimlapiApi } = require('./index.js');
new RunwayActTwo();
new AimlapiApi();
const ms = performance.now() - start;
globalThis.gc();
console.log(JSON.stringify({ ms, MB: (process.memoryUsage().rss - memory) / 1e6 }));
`;

export interface Weight {
	packedKB: number;
	unpackedKB: number;
	runtimeDependencies: number;
	/** Medians of fresh processes. */
	loadMs: number;
	loadMB: number;
}

/** The built package: its size as published, and what loading it adds to n8n's start. */
export function weight(): Weight {
	const [{ size, unpackedSize }] = JSON.parse(
		execFileSync('npm', ['pack', '--dry-run', '--json'], { encoding: 'utf8', stdio: 'pipe' }),
	) as Array<{ size: number; unpackedSize: number }>;
	const { dependencies = {} } = JSON.parse(readFileSync('package.json', 'utf8')) as {
		dependencies?: object;
	};
	const loads = Array.from({ length: RUNS }, () => {
		const printed = execFileSync(process.execPath, ['--expose-gc', '--eval', LOAD]);
		return JSON.parse(printed.toString()) as { ms: number; MB: number };
	});
	return {
		packedKB: size / 1000,
		unpackedKB: unpackedSize / 1000,
		runtimeDependencies: Object.keys(dependencies).length,
		loadMs: median(loads.map(({ ms }) => ms)),
		loadMB: median(loads.map(({ MB }) => MB)),
	};
}

export function median(numbers: number[]): number {
	return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
}
