import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What goes into the copy; `files` in package.json decides what npm takes of it. */
const PARTS = ['dist', 'index.js', 'package.json', 'README.md', 'LICENSE.md', 'CHANGELOG.md'];

export interface Manifest {
	name: string;
	version: string;
	description: string;
	homepage: string;
	[field: string]: unknown;
}

export interface PackedVersion {
	manifest: Manifest;
	tarball: Buffer;
	/** Digests as npm computes them: base64 with its algorithm, and hexadecimal SHA-1. */
	integrity: string;
	shasum: string;
}

/**
 * Packs the built package with `npm pack`, as publishing does, under another version.
 * @param folder where the copy and the tarball are written
 * @param change what else that version has of its own, given the copy's folder
 * @throws Error with npm's output when it does not pack
 */
export async function packVersion(
	folder: string,
	version: string,
	change: (copy: string) => void = () => {},
): Promise<PackedVersion> {
	const copy = mkdtempSync(join(folder, `${version}-`));
	for (const part of PARTS) cpSync(part, join(copy, part), { recursive: true });
	const manifest = { ...readManifest(copy), version };
	writeFileSync(join(copy, 'package.json'), JSON.stringify(manifest, null, '\t'));
	change(copy);

	const [{ filename, integrity, shasum }] = JSON.parse(await runNpm(['pack', '--json'], copy));
	const tarball = readFileSync(join(copy, filename));
	return { manifest, tarball, integrity, shasum };
}

/** Of the package as it stands. */
export function readManifest(folder = '.'): Manifest {
	return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** The host that npm and n8n install from unless told otherwise, as this npm has it built in. */
export async function defaultRegistryHost(folder: string): Promise<string> {
	return new URL((await runNpm(['config', 'get', 'registry'], folder)).trim()).host;
}

/** npm with its built-in settings only: none of the user's, nor those of an npm that runs the tests. */
async function runNpm(args: string[], cwd: string): Promise<string> {
	const home = join(cwd, '.home');
	mkdirSync(home, { recursive: true });
	const noGlobal = `--globalconfig=${join(home, 'none')}`;
	const env = { PATH: process.env.PATH, HOME: home };
	return (await run('npm', [...args, noGlobal], { cwd, env })).stdout;
}
