import { randomUUID } from 'node:crypto';

export interface TokenAnswer {
	status: number;
	body: Record<string, unknown>;
}

/**
 * A Google account whose owner has allowed an OAuth client to use Drive, and the token endpoint that
 * renews access. https://developers.google.com/identity/protocols/oauth2/web-server#offline
 */
export class GoogleAccount {
	private readonly client = {
		clientId: `${randomUUID()}.apps.googleusercontent.com`,
		clientSecret: `GOCSPX-${randomUUID()}`,
	};
	private readonly refreshToken = `1//${randomUUID()}`;
	private readonly accessTokens = new Set<string>();

	/** What n8n's Google Drive OAuth2 credential holds an hour after signing in: access has expired. */
	get credential() {
		return {
			...this.client,
			oauthTokenData: {
				access_token: `ya29.${randomUUID()}`,
				refresh_token: this.refreshToken,
				token_type: 'Bearer',
			},
		};
	}

	/** Exchanges a refresh token for an access token. */
	exchange(form: URLSearchParams): TokenAnswer {
		if (form.get('grant_type') !== 'refresh_token') return refusal('unsupported_grant_type');
		const { clientId, clientSecret } = this.client;
		if (form.get('client_id') !== clientId || form.get('client_secret') !== clientSecret) {
			return refusal('invalid_client', 401);
		}
		if (form.get('refresh_token') !== this.refreshToken) return refusal('invalid_grant');
		const token = `ya29.${randomUUID()}`;
		this.accessTokens.add(token);
		const body = { access_token: token, expires_in: 3599, token_type: 'Bearer' };
		return { status: 200, body };
	}

	/** Whether an Authorization header carries a token that was given out here. */
	admits(authorization = ''): boolean {
		return this.accessTokens.has(authorization.replace(/^Bearer /, ''));
	}
}

function refusal(error: string, status = 400): TokenAnswer {
	return { status, body: { error } };
}
