import type {
	IAuthenticate,
	Icon,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

import { VERSION_AND_SLASHES } from '../nodes/RunwayActTwo/aimlapi/baseUrl';

/** The service's own name. n8n's linter would write "AIMLAPI API" in a literal. */
const SERVICE_NAME = 'AIMLAPI';

/**
 * The AI/ML API key and where to send it. The type is not called `aimlApi`: AI/ML API's own package
 * defines that name, and in n8n the last definition of a credential type wins.
 */
export class AimlapiApi implements ICredentialType {
	name = 'aimlapiApi';

	displayName = SERVICE_NAME;

	icon: Icon = { light: 'file:../icons/aimlapi.svg', dark: 'file:../icons/aimlapi.dark.svg' };

	documentationUrl = 'https://docs.aimlapi.com/quickstart/setting-up';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			hint: 'Create a key at https://aimlapi.com/app/keys',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'https://api.aimlapi.com',
			placeholder: 'e.g. https://api.aimlapi.com',
			description:
				'Where requests and the API key are sent. Change it only if you use your own gateway.',
		},
	];

	/**
	 * A function, because n8n resolves the other form's expression again at every request, and fails to
	 * in workflows whose setting `binaryMode` is `combined`. Keys are pasted with spaces around them,
	 * with characters that show nothing, or with `Bearer ` in front.
	 */
	authenticate: IAuthenticate = async ({ apiKey }, requestOptions) => {
		const key = String(apiKey)
			.replace(/[\p{Cc}\p{Cf}]/gu, '')
			.trim()
			.replace(/^bearer\s+/i, '');
		return {
			...requestOptions,
			headers: { ...requestOptions.headers, Authorization: `Bearer ${key}` },
		};
	};

	test: ICredentialTestRequest = {
		request: {
			baseURL: `={{$credentials.baseUrl.replace(/[\\p{Cc}\\p{Cf}]/gu, "").trim().replace(${String(VERSION_AND_SLASHES)}, "")}}`,
			url: '/v2/billing',
			disableFollowRedirect: true,
		},
		rules: [
			{
				type: 'responseCode',
				properties: {
					value: 401,
					message:
						'AIMLAPI did not accept the API key. Check it, or create one at https://aimlapi.com/app/keys.',
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 403,
					message:
						"This API key is valid but isn't allowed to read the balance. It might still be able to create videos: save the credential and run the node to find out.",
				},
			},
		],
	};
}
