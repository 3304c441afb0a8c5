import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';

export interface PackageFile {
	/** Within the package, with `/`. */
	path: string;
	text: string;
}

/** What `npm pack` makes of the built package, as someone who installs it gets it. */
export function packedFiles(): PackageFile[] {
	const folder = mkdtempSync(join(tmpdir(), 'act-two-packed-'));
	try {
		return filesIn(packInto(folder));
	} finally {
		rmSync(folder, { recursive: true });
	}
}

/** Packs the built package and unpacks it in a folder; returns the folder of its files. */
export function packInto(folder: string): string {
	const pack = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder];
	const tarball = execFileSync('npm', pack, { encoding: 'utf8' }).trim();
	execFileSync('tar', ['xzf', join(folder, tarball), '-C', folder]);
	return join(folder, 'package');
}

function filesIn(folder: string): PackageFile[] {
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name))
		.map((file) => ({
			path: relative(folder, file).split(sep).join('/'),
			text: readFileSync(file, 'utf8'),
		}));
}
