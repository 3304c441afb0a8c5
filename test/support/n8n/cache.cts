import { spawn } from 'node:child_process';
import {
	createWriteStream,
	existsSync,
	mkdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

import type { Release } from './release.cts';

export interface Installed {
	/** A Node >= 24, which both releases want. */
	node: string;
	/** n8n's command, a script for that Node. */
	n8n: string;
}

const MARKER = '.complete';
const PROGRESS_EVERY_MS = 10_000;

/** 1.123.81 takes xlsx from a host outside the npm registry; the registry has the version before. */
const OVERRIDES: Partial<Record<Release, Record<string, string>>> = {
	'1.123.81': { xlsx: '0.18.5' },
};

/** Outside the checkout, so that a fresh clone finds what an earlier one installed. */
function cacheFolder(): string {
	const base = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
	return process.env.ACT_TWO_CACHE ?? join(base, 'n8n-nodes-runway-act-two');
}

/**
 * Installs a release of n8n, and Node 24 where this Node is older, into the cache unless they are
 * there. What an interrupted install left is removed first.
 * @throws Error with the end of npm's output and the path of all of it
 */
export async function ensureN8n(
	release: Release,
	log: (line: string) => void = () => {},
): Promise<Installed> {
	const node = await ensureNode(log);
	const folder = join(cacheFolder(), `n8n-${release}`);
	await once(folder, async () => {
		log(`Installing n8n ${release}: some 3 GB, about 6 minutes, once only, in ${folder}`);
		const overrides = OVERRIDES[release];
		writeFileSync(
			join(folder, 'package.json'),
			JSON.stringify({ private: true, ...(overrides && { overrides }) }),
		);
		const install = ['install', `n8n@${release}`, '--ignore-scripts', '--no-audit', '--no-fund'];
		await npm(install, folder, {}, log);
		log('Building the database driver');
		const headers = dirname(dirname(node));
		const built = existsSync(join(headers, 'include', 'node'));
		await npm(
			['rebuild', 'sqlite3'],
			folder,
			{
				PATH: `${dirname(node)}${delimiter}${process.env.PATH}`,
				...(built && { npm_config_nodedir: headers }),
			},
			log,
		);
	});
	return { node, n8n: join(folder, 'node_modules', 'n8n', 'bin', 'n8n') };
}

/**
 * Installs a package from npm into the cache unless it is there.
 * @returns the folder to resolve it from
 */
export async function ensureTool(
	name: string,
	version: string,
	log: (line: string) => void,
): Promise<string> {
	const folder = join(cacheFolder(), `${name.replace(/\W+/g, '-')}-${version}`);
	await once(folder, async () => {
		log(`Installing ${name} ${version}`);
		writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }));
		const install = ['install', `${name}@${version}`, '--ignore-scripts'];
		await npm([...install, '--no-audit', '--no-fund'], folder, {}, log);
	});
	return folder;
}

async function ensureNode(log: (line: string) => void): Promise<string> {
	if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
	const name = `node-${process.platform}-${process.arch}`;
	const folder = join(cacheFolder(), 'node-24');
	await once(folder, async () => {
		log('Installing Node 24, which n8n wants');
		writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }));
		await npm(['install', `${name}@24`, '--no-audit', '--no-fund'], folder, {}, log);
	});
	return join(folder, 'node_modules', name, 'bin', 'node');
}

/** Runs `install` unless it has completed before; a marker is written last. */
async function once(folder: string, install: () => Promise<void>): Promise<void> {
	if (existsSync(join(folder, MARKER))) return;
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	await install();
	writeFileSync(join(folder, MARKER), new Date().toISOString());
}

async function npm(
	args: string[],
	cwd: string,
	env: NodeJS.ProcessEnv,
	log: (line: string) => void,
): Promise<void> {
	const logFile = join(cwd, 'install.log');
	const output = createWriteStream(logFile, { flags: 'a' });
	const started = Date.now();
	const progress = setInterval(() => {
		log(`  … ${Math.round((Date.now() - started) / 1000)} s`);
	}, PROGRESS_EVERY_MS);
	const child = spawn('npm', args, {
		cwd,
		// Of some 2000 packages, npm by default asks for each three times at most.
		env: { ...withoutNpmSettings(), npm_config_fetch_retries: '5', ...env },
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const stop = () => child.kill('SIGTERM');
	process.once('exit', stop);
	child.stdout.pipe(output);
	child.stderr.pipe(output);
	const code = await new Promise<number | null>((done, failed) => {
		child.once('error', failed);
		child.once('close', done);
	});
	clearInterval(progress);
	process.off('exit', stop);
	output.end();
	if (code !== 0) {
		const end = readFileSync(logFile, 'utf8').split('\n').slice(-15).join('\n');
		throw new Error(`npm ${args[0]} did not finish:\n${end}\nAll of it: ${logFile}`);
	}
}

/** The settings of the npm that runs this script (ignore-scripts among them) are not the child's. */
function withoutNpmSettings(): NodeJS.ProcessEnv {
	const entries = Object.entries(process.env).filter(
		([name]) =>
			!/^npm_(config_(ignore_scripts|save_exact|local_prefix|prefix)|package_|lifecycle_)/i.test(
				name,
			),
	);
	return Object.fromEntries(entries);
}
