import { declaredFailure } from '../../../nodes/RunwayActTwo/aimlapi/failure';

const said = (message: string) => ({ message, requestId: 'r-1', statusCode: 0 });
const OUT_OF_CREDITS = "You've run out of credits. Please top up your balance.";

describe('declares to n8n why a request failed', () => {
	it.each([
		['a key that does not work', 401, said('valid API key'), { cause: 'credential-invalid' }],
		['credits that are used up', 403, said(OUT_OF_CREDITS), { cause: 'quota-exhausted' }],
		['a limit of requests', 429, said('Too Many Requests'), { cause: 'rate-limited' }],
		...[502, 503, 504].map((status): [string, number, object, object] => [
			...(['an API that is down', status, said('unavailable')] as const),
			{ cause: 'temporarily-unavailable' },
		]),
	])('%s', (_what, status, body, failure) => {
		expect(declaredFailure(status, body, false)).toEqual(failure);
	});

	it('with the time to wait, where the API says one and waiting helps', () => {
		const limited = declaredFailure(429, said('Too Many Requests'), true, 7000);
		expect(limited).toEqual({ cause: 'rate-limited', retryAfterMs: 7000 });
		expect(declaredFailure(401, said('no'), false, 7000)).toEqual({ cause: 'credential-invalid' });
		expect(declaredFailure(503, said('no'), false, 7000)).toEqual({
			...{ cause: 'temporarily-unavailable', retryAfterMs: 7000 },
		});
	});
});

describe('declares nothing that the response does not prove', () => {
	it.each([
		['403 for another reason', 403, said('not allowed for this key')],
		['403 for other credits', 403, said('overrun out of credits')],
		['credits in another refusal', 400, said(OUT_OF_CREDITS)],
		['a wrong field', 400, said('Body validation error')],
		['an error of the server', 500, said('Something wrong')],
		['a success that cannot be read', 200, said('ok')],
		['401 of something in front', 401, { message: 'Unauthorized' }],
		['503 of something in front', 503, undefined],
		['429 as a text', 429, 'Too Many Requests'],
	])('%s', (_what, status, body) => {
		expect(declaredFailure(status, body, false)).toBeUndefined();
	});

	it('an API that is down when a creation was sent: it may have been accepted', () => {
		expect(declaredFailure(503, said('unavailable'), true)).toBeUndefined();
	});
});
