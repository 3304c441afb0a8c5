import { generateKeyPairSync, randomUUID, verify } from 'node:crypto';

const AUDIENCE = 'https://oauth2.googleapis.com/token';
const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const SCOPE = 'https://www.googleapis.com/auth/drive';
const LIFETIME_SECONDS = 3600;

interface Claims {
	iss?: string;
	aud?: string;
	scope?: string;
	iat?: number;
	exp?: number;
}

export interface TokenAnswer {
	status: number;
	body: Record<string, unknown>;
}

/**
 * A Google service account with a key of its own, and the token endpoint that knows its public half.
 * https://developers.google.com/identity/protocols/oauth2/service-account#httprest
 */
export class GoogleServiceAccount {
	readonly email = 'act-two@test.iam.gserviceaccount.com';
	/** PEM, as in the JSON file Google gives out. */
	readonly privateKey: string;
	private readonly publicKey: string;
	private readonly authorizations = new Set<string>();

	constructor() {
		const pair = generateKeyPairSync('rsa', {
			modulusLength: 2048,
			publicKeyEncoding: { type: 'spki', format: 'pem' },
			privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
		});
		this.privateKey = pair.privateKey;
		this.publicKey = pair.publicKey;
	}

	/** Exchanges a signed assertion for an access token. */
	exchange(form: URLSearchParams): TokenAnswer {
		if (form.get('grant_type') !== GRANT_TYPE) return refusal('unsupported_grant_type');
		const [header = '', payload = '', signature = ''] = (form.get('assertion') ?? '').split('.');
		const signed = Buffer.from(`${header}.${payload}`);
		if (!verify('RSA-SHA256', signed, this.publicKey, Buffer.from(signature, 'base64url'))) {
			return refusal('invalid_grant', 'Invalid JWT Signature.');
		}
		const { alg } = decode(header) as { alg?: string };
		const claims = decode(payload) as Claims;
		const now = Date.now() / 1000;
		const { iat = Infinity, exp = 0 } = claims;
		if (alg !== 'RS256' || claims.iss !== this.email || claims.aud !== AUDIENCE) {
			return refusal('invalid_grant', 'Invalid issuer, audience or algorithm.');
		}
		if (iat > now + 60 || exp < now || exp - iat > LIFETIME_SECONDS) {
			return refusal('invalid_grant', 'Token must be short-lived and within its time.');
		}
		if (!claims.scope?.split(' ').includes(SCOPE)) return refusal('invalid_scope');
		const token = `ya29.${randomUUID()}`;
		this.authorizations.add(`Bearer ${token}`);
		const body = { access_token: token, expires_in: LIFETIME_SECONDS - 1, token_type: 'Bearer' };
		return { status: 200, body };
	}

	/** Whether an Authorization header carries a token that was given out here. */
	admits(authorization = ''): boolean {
		return this.authorizations.has(authorization);
	}
}

function refusal(error: string, description?: string): TokenAnswer {
	return { status: 400, body: { error, error_description: description } };
}

function decode(part: string): unknown {
	return JSON.parse(Buffer.from(part, 'base64url').toString());
}
