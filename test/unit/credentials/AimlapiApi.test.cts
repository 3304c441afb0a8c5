import { AimlapiApi } from '../../../credentials/AimlapiApi.credentials';
import { checkBaseUrl } from '../../../nodes/RunwayActTwo/aimlapi/baseUrl';

const credential = new AimlapiApi();

it.each([
	'key',
	' key\n',
	'Bearer key',
	'bearer  key',
	'\u200bkey\ufeff',
	'k\u00ade\u200by',
	'\u200b Bearer key',
])('the key “%s” is sent as it was meant', async (apiKey) => {
	const authenticate = credential.authenticate as (
		data: object,
		request: object,
	) => Promise<{ headers: object }>;
	const { headers } = await authenticate({ apiKey }, { headers: { accept: 'a' } });
	expect(headers).toEqual({ accept: 'a', Authorization: 'Bearer key' });
});

it.each([
	'https://api.aimlapi.com',
	' https://api.aimlapi.com/v1/ ',
	'\u200bhttps://api.aimlapi.com/\ufeff\u200b ',
	'https://gateway.example.com/aimlapi/v2',
])('the test of the credential asks where the node does: %s', (baseUrl) => {
	const expression = String(credential.test.request.baseURL).slice('={{'.length, -'}}'.length);
	// eslint-disable-next-line @typescript-eslint/no-implied-eval
	const evaluate = new Function('$credentials', `return ${expression}`) as (data: object) => string;
	expect(evaluate({ baseUrl })).toBe(checkBaseUrl(baseUrl));
});
