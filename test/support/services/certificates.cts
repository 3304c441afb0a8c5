import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Certificate {
	/** Path of the PEM; it is its own authority, so this is also what a client has to trust. */
	file: string;
	certificate: string;
	key: string;
}

/**
 * A self-signed certificate for these host names, valid for a day, made by the openssl command: Node
 * can verify certificates but not make them.
 * @param folder where its files are written
 * @throws Error when openssl is missing, or with what it said
 */
export function makeCertificate(folder: string, hosts: string[]): Certificate {
	const file = join(folder, 'services.pem');
	const keyFile = join(folder, 'services.key');
	const names = hosts.map((host) => `DNS:${host}`).join(',');
	const key = [
		'-newkey',
		'ec',
		'-pkeyopt',
		'ec_paramgen_curve:P-256',
		'-nodes',
		'-keyout',
		keyFile,
	];
	const subject = ['-subj', '/CN=Test services', '-addext', `subjectAltName=${names}`];
	try {
		execFileSync('openssl', ['req', '-x509', '-days', '1', ...key, ...subject, '-out', file], {
			stdio: 'pipe',
		});
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
		throw new Error('These tests need the openssl command. Debian: apt-get install openssl');
	}
	return { file, certificate: readFileSync(file, 'utf8'), key: readFileSync(keyFile, 'utf8') };
}
