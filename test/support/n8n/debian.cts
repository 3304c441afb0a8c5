import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const REDIS = '/usr/bin/redis-server';
const POSTGRES = '/usr/lib/postgresql';
const PACKAGES = ['redis-server', 'postgresql'];

export interface Databases {
	/** The command redis-server. */
	redis: string;
	/** The folder with initdb and postgres. */
	postgres: string;
}

/**
 * Finds Redis and PostgreSQL where Debian's packages put them, and installs the packages when one is
 * missing and this is root on Debian.
 * @throws Error that names the packages when they cannot be installed here
 */
export function ensureDatabases(log: (line: string) => void = () => {}): Databases {
	const there = find();
	if (there) return there;
	installDebianPackages(PACKAGES, 'Queue mode needs Redis and PostgreSQL', log);
	const installed = find();
	if (!installed) throw new Error(`${REDIS} or ${POSTGRES} is missing after the installation`);
	return installed;
}

/**
 * Installs Debian packages.
 * @param need what they are for, as a sentence without its full stop
 * @throws Error that says so and names them when this is not root on Debian
 */
export function installDebianPackages(
	packages: string[],
	need: string,
	log: (line: string) => void = () => {},
): void {
	const names = packages.join(' ');
	if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) {
		throw new Error(`${need}. On Debian, as root: apt-get install ${names}`);
	}
	log(`Installing ${names}`);
	const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
	execFileSync('apt-get', ['update', '--quiet'], { env });
	execFileSync('apt-get', ['install', '--yes', '--no-install-recommends', ...packages], { env });
}

function find(): Databases | undefined {
	if (!existsSync(REDIS) || !existsSync(POSTGRES)) return undefined;
	const newest = readdirSync(POSTGRES)
		.sort((a, b) => Number(b) - Number(a))
		.map((version) => join(POSTGRES, version, 'bin'))
		.find((folder) => existsSync(join(folder, 'initdb')));
	return newest === undefined ? undefined : { redis: REDIS, postgres: newest };
}
