import { checkBaseUrl } from '../../../nodes/RunwayActTwo/aimlapi/baseUrl';

it.each([
	['https://api.aimlapi.com', 'https://api.aimlapi.com'],
	[' https://api.aimlapi.com/ ', 'https://api.aimlapi.com'],
	['\u200bhttps://api.aimlapi.com\ufeff\u200b ', 'https://api.aimlapi.com'],
	['https://api.aimlapi.com/v1', 'https://api.aimlapi.com'],
	['https://api.aimlapi.com/v2/', 'https://api.aimlapi.com'],
	['https://gateway.example.com/aimlapi/v1/', 'https://gateway.example.com/aimlapi'],
	['http://127.0.0.1:4010/', 'http://127.0.0.1:4010'],
	['http://localhost:4010', 'http://localhost:4010'],
	['http://127.255.100.10', 'http://127.255.100.10'],
	['http://[::1]:4010/v2', 'http://[::1]:4010'],
	['https://gateway.example.com/v1/aimlapi//', 'https://gateway.example.com/v1/aimlapi'],
	['https://gateway.example.com//v1//', 'https://gateway.example.com'],
	['https://gateway.example.com/v3', 'https://gateway.example.com/v3'],
])('the base URL %s is used as %s', (value, baseUrl) => {
	expect(checkBaseUrl(value)).toBe(baseUrl);
});

it.each([
	'',
	'api.aimlapi.com',
	'http://api.aimlapi.com',
	'https://user:secret@api.aimlapi.com',
	'https://user@api.aimlapi.com',
	'https://:secret@api.aimlapi.com',
	'ftp://localhost',
	'http://127.0.0.1.example.com',
	'http://a.localhost',
	'http://localhost.example.com',
	'http://128.0.0.1',
	'https://api.aimlapi.com/?key=secret',
	'https://api.aimlapi.com/#secret',
	5,
	undefined,
])('the base URL %s gets no key and is not repeated', (value) => {
	expect(() => checkBaseUrl(value)).toThrow(
		expect.objectContaining({
			message: "The 'Base URL' of the AIMLAPI credential is invalid",
			details: {
				message: "The 'Base URL' of the AIMLAPI credential is invalid",
				description:
					'Open the credential and enter an https URL without user name, query or fragment, e.g. https://api.aimlapi.com.',
			},
		}),
	);
});
