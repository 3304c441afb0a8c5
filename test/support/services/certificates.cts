import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

export interface Certificate {
	/** PEM; it is its own authority, so this is also what a client has to trust. */
	certificate: string;
	/** PEM, PKCS #8. */
	key: string;
}

const DAY_MS = 86_400_000;
const ECDSA_WITH_SHA256 = '2a8648ce3d040302';
const COMMON_NAME = '550403';
const SUBJECT_ALTERNATIVE_NAME = '551d11';

/**
 * A self-signed certificate for these host names, valid from yesterday until tomorrow. Node can
 * verify certificates but not make them; this is the little of X.509 version 3 (RFC 5280) it takes.
 */
export function makeCertificate(hosts: string[]): Certificate {
	const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
	const algorithm = sequence(oid(ECDSA_WITH_SHA256));
	const name = sequence(
		der(0x31, sequence(oid(COMMON_NAME), der(0x0c, Buffer.from('Test services')))),
	);
	const names = sequence(...hosts.map((host) => der(0x82, Buffer.from(host))));
	const serial = randomBytes(16);
	serial[0] = 1;
	const toBeSigned = sequence(
		der(0xa0, der(0x02, Buffer.from([2]))),
		der(0x02, serial),
		algorithm,
		name,
		sequence(utcTime(Date.now() - DAY_MS), utcTime(Date.now() + DAY_MS)),
		name,
		publicKey.export({ type: 'spki', format: 'der' }),
		der(0xa3, sequence(sequence(oid(SUBJECT_ALTERNATIVE_NAME), der(0x04, names)))),
	);
	const signature = der(0x03, Buffer.from([0]), sign('sha256', toBeSigned, privateKey));
	const certificate = sequence(toBeSigned, algorithm, signature);
	const lines = certificate.toString('base64').replace(/.{64}/g, '$&\n').trim();
	return {
		certificate: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
		key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
	};
}

/** One ASN.1 value in DER: tag, length, content. */
function der(tag: number, ...contents: Buffer[]): Buffer {
	const content = Buffer.concat(contents);
	const { length } = content;
	const header =
		length < 0x80
			? [tag, length]
			: length < 0x100
				? [tag, 0x81, length]
				: [tag, 0x82, length >> 8, length & 0xff];
	return Buffer.concat([Buffer.from(header), content]);
}

function sequence(...contents: Buffer[]): Buffer {
	return der(0x30, ...contents);
}

function oid(hex: string): Buffer {
	return der(0x06, Buffer.from(hex, 'hex'));
}

function utcTime(at: number): Buffer {
	const digits = new Date(at).toISOString().replace(/\D/g, '').slice(2, 14);
	return der(0x17, Buffer.from(`${digits}Z`));
}
