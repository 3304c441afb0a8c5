import {
	ENDPOINT_PATHS,
	isWorthRetrying,
	linkExpiry,
	mergeUsage,
	readGeneration,
	readIds,
	readPossibleIds,
	readUsage,
} from '../../../nodes/RunwayActTwo/aimlapi/contract';

const LINK = 'https://cdn.example.com/a.mp4';

describe('reading a response', () => {
	it.each([
		['the Runway URL’s array', [LINK]],
		['the universal URL’s object', { url: LINK }],
		['a list of objects', [{ url: LINK }]],
		['a bare string', LINK],
	])('finds the video in %s', (_, video) => {
		expect(readGeneration({ id: 'g', status: 'complete', video }, 'g')).toEqual({
			id: 'g',
			status: 'completed',
			phase: 'completed',
			videoUrl: LINK,
			usage: {},
		});
	});

	it.each(['waiting', 'active', 'queued', 'generating', 'Generating', 'undocumented'])(
		'%s is still running',
		(status) => {
			expect(readGeneration({ id: 'g', status, video: null }, 'g')?.phase).toBe('running');
		},
	);

	it.each(['completed', 'complete', 'succeeded', 'SUCCEEDED', 'Complete'])(
		'%s is given as completed',
		(status) => {
			expect(readGeneration({ id: 'g', status, video: [LINK] }, 'g')).toMatchObject({
				status: 'completed',
				phase: 'completed',
			});
		},
	);

	it('an undocumented status with a link is finished', () => {
		expect(readGeneration({ id: 'g', status: 'done', video: [LINK] }, 'g')?.phase).toBe(
			'completed',
		);
	});

	it('a link without a status is finished', () => {
		expect(readGeneration({ video: [LINK] }, 'g')).toMatchObject({
			status: 'completed',
			phase: 'completed',
		});
	});

	it.each(['error', 'failed', 'cancelled', 'canceled', 'expired', 'ERROR', 'moderated'])(
		'%s with an error is a failure',
		(status) => {
			const body = { id: 'g', status, error: { name: 'INTERNAL', message: 'broke' } };
			expect(readGeneration(body, 'g')).toMatchObject({
				phase: 'failed',
				failure: { name: 'INTERNAL', message: 'broke' },
			});
		},
	);

	it.each([
		['a text', 'broke', { message: 'broke' }],
		[
			'a list of details',
			{ detail: [{ loc: [], msg: 'No face', type: 'x' }] },
			{ message: 'No face' },
		],
		['nothing', null, { message: 'AIMLAPI gave no reason.' }],
		['a name', { name: 'SAFETY.TEXT' }, { name: 'SAFETY.TEXT', message: 'SAFETY.TEXT' }],
		[
			'something nested',
			{ error: { name: 'INTERNAL', message: 'b' } },
			{ name: 'INTERNAL', message: 'b' },
		],
	])('a failure whose error is %s has words', (_, error, failure) => {
		expect(readGeneration({ id: 'g', status: 'error', error }, 'g')?.failure).toEqual(failure);
	});

	it('an error beside a running status changes nothing', () => {
		const body = { id: 'g', status: 'generating', error: { message: 'slow' } };
		expect(readGeneration(body, 'g')?.phase).toBe('running');
	});

	it('a video that is there is given, whatever else is said', () => {
		const body = { id: 'g', status: 'completed', video: [LINK], error: { message: 'late' } };
		expect(readGeneration(body, 'g')).toMatchObject({ phase: 'completed', videoUrl: LINK });
	});

	it.each([
		null,
		[],
		'text',
		{},
		{ id: 'other', status: 'queued' },
		{ id: 'g' },
		{ id: 'g2', status: 'queued' },
	])('%j says nothing about the generation', (body) => {
		expect(readGeneration(body, 'g')).toBeUndefined();
	});

	it.each([
		[{ id: 7, status: 'queued' }, '7', undefined],
		[{ generation_id: 'a:runway/act_two', status: 'queued' }, 'a:runway/act_two', undefined],
		[{ id: 'internal', status: 'queued' }, 'g', 'g'],
		[{ id: 'a:runway/act_two', status: 'queued' }, 'a', undefined],
		[{ id: 'a', status: 'queued' }, 'a:runway/act_two', undefined],
	])('%j is about the generation asked for', (body, id, inferenceId) => {
		expect(readGeneration(body, id, inferenceId)?.id).toBe(id);
	});
});

it('both documented endpoints are known', () => {
	expect(ENDPOINT_PATHS).toEqual({
		runway: '/v2/generate/video/runway/generation',
		universal: '/v2/video/generations',
	});
});

describe('the IDs of a response', () => {
	it('are those in the documented places', () => {
		expect(readIds({ id: 'a', generation_id: 'b', task_id: 'c' })).toEqual(['a', 'b']);
	});

	it.each(['id', 'generation_id', 'generationId', 'task_id', 'taskId'])(
		'are possibly those under %s, also within another object',
		(key) => {
			expect(readPossibleIds({ [key]: 'a', other: 'x' })).toEqual(['a']);
			for (const wrapper of ['data', 'result', 'generation', 'task']) {
				expect(readPossibleIds({ [wrapper]: { [key]: 'a' }, other: { id: 'x' } })).toEqual(['a']);
			}
		},
	);
});

it.each(['data', 'result', 'generation', 'task'])('a generation is read from within %s', (key) => {
	expect(readGeneration({ [key]: { id: 'g', status: 'queued' } }, 'g')?.status).toBe('queued');
	expect(readGeneration({ [key]: { id: 'x', status: 'queued' } }, 'g')).toBeUndefined();
});

it.each<[body: object, status: string]>([
	[{ status: 'Cancelled' }, 'cancelled'],
	[{ status: 'expired' }, 'expired'],
	[{ status: 'completed', error: 'broke' }, 'error'],
	[{ status: 'Dreaming' }, 'Dreaming'],
	[{ status: 'Moderated', error: 'broke' }, 'Moderated'],
	[{ error: 'broke' }, 'error'],
	[{ status: 'QUEUED' }, 'queued'],
	[{ video: LINK }, 'completed'],
])('the status of %j is %s', (body, status) => {
	expect(readGeneration({ id: 'g', ...body }, 'g')?.status).toBe(status);
});

it('a completion with an error instead of a video has failed', () => {
	const body = { id: 'g', status: 'completed', error: 'broke' };
	expect(readGeneration(body, 'g')).toMatchObject({
		phase: 'failed',
		failure: { message: 'broke' },
	});
});

it('an ID in the header is the generation’s beside another in the body', () => {
	expect(readGeneration({ id: 'x', status: 'queued' }, 'g', 'h')).toBeUndefined();
	expect(readGeneration({ status: 'queued' }, 'g', 'h')).toBeUndefined();
	expect(readGeneration({ status: 'queued' }, 'g', 'g')?.status).toBe('queued');
	// An error alone counts only where the body itself names the generation.
	expect(readGeneration({ error: 'broke' }, 'g', 'g')).toBeUndefined();
});

it.each<[link: string, isOne: boolean]>([
	['http://example.com/a.mp4', true],
	['HTTPS://example.com/a.mp4', true],
	['a https://example.com/a.mp4', false],
	['xhttps://example.com/a.mp4', false],
	['https://', false],
	[`https://example.com/${'a'.repeat(8192 - 20)}`, true],
	[`https://example.com/${'a'.repeat(8192 - 19)}`, false],
])('%.40s is a link: %s', (link, isOne) => {
	const generation = readGeneration({ id: 'g', status: 'completed', video: link }, 'g');
	expect(generation?.videoUrl).toBe(isOne ? link : undefined);
});

it('has a cost only where one is told', () => {
	const body = { id: 'g', status: 'queued' };
	expect(readGeneration(body, 'g')?.usage).toEqual({});
	const usage = { usd_spent: 0.3 };
	expect(readGeneration({ ...body, meta: { usage } }, 'g')?.usage).toEqual({ costUsd: 0.3 });
});

describe('costs', () => {
	it.each([
		[
			{ credits_used: 650_000, usd_spent: 0.325 },
			{ creditsUsed: 650_000, costUsd: 0.325 },
		],
		[{ tokens_used: 50 }, { creditsUsed: 50 }],
		[null, {}],
		[{ credits_used: 'x' }, {}],
	])('%j', (usage, costs) => {
		expect(readUsage({ meta: { usage } })).toStrictEqual(costs);
	});

	it('the last report wins, except that a status check costs nothing', () => {
		expect(mergeUsage({ creditsUsed: 1, costUsd: 2 }, { creditsUsed: 3 })).toEqual({
			creditsUsed: 3,
			costUsd: 2,
		});
		expect(mergeUsage({ creditsUsed: 1 }, { creditsUsed: 0 })).toEqual({ creditsUsed: 1 });
		expect(mergeUsage(undefined, { creditsUsed: 0 })).toEqual({});
	});
});

it.each([
	['SAFETY.INPUT.IMAGE', false],
	['SAFETY', false],
	['INPUT_PREPROCESSING.INTERNAL', false],
	['ASSET.INVALID', false],
	['INTERNAL.BAD_OUTPUT.CODE01', true],
	['THIRD_PARTY.UNAVAILABLE', true],
	['INTERNAL', true],
	['INTERNAL_SERVER_ERROR', true],
	['VALIDATION', false],
	['INTERNALISED', false],
	['NOT_INTERNAL', false],
	['', false],
])('a generation that ended with “%s” is created again: %s', (name, again) => {
	expect(isWorthRetrying({ name, message: 'm' })).toBe(again);
});

it('the name may stand in the message', () => {
	expect(isWorthRetrying({ message: 'SAFETY.INPUT.IMAGE: moderated' })).toBe(false);
	expect(isWorthRetrying({ message: 'THIRD_PARTY.UNAVAILABLE' })).toBe(true);
});

it.each([
	'No face found',
	'AIMLAPI gave no reason.',
	'The reference video is too long: 31 seconds',
	'Unsupported format',
	'This violates our usage policies',
	'value is not a valid url',
])('“%s” is not paid for again, whatever the failure calls itself', (message) => {
	expect(isWorthRetrying({ message })).toBe(false);
	expect(isWorthRetrying({ name: 'INTERNAL', message })).toBe(message.startsWith('AIMLAPI'));
});

it.each([
	...['Safety first', 'moderated', 'policy', 'prohibited', 'NSFW', 'a face is missing', 'duration'],
	...['3 seconds', 'format', 'resolution', 'too long', 'too short', 'too large', 'too small'],
	...['invalid', 'unsupported'],
])('“%s” is about the inputs', (message) => {
	expect(isWorthRetrying({ name: 'INTERNAL', message })).toBe(false);
});

it.each(['the interface is down', 'too busy', 'broke'])('“%s” is not', (message) => {
	expect(isWorthRetrying({ name: 'INTERNAL', message })).toBe(true);
});

describe('odd responses', () => {
	it('an error without words is no error', () => {
		const body = { id: 'g', status: 'completed', video: [], error: { name: null, message: null } };
		expect(readGeneration(body, 'g')?.phase).toBe('completed');
		const odd = { id: 'g', status: 'dreaming', error: { name: null, detail: [] } };
		expect(readGeneration(odd, 'g')?.phase).toBe('running');
	});

	it('a failure that carries a video gives the video', () => {
		const body = { id: 'g', status: 'error', video: [LINK], error: { message: 'late' } };
		expect(readGeneration(body, 'g')).toMatchObject({
			status: 'completed',
			phase: 'completed',
			videoUrl: LINK,
		});
	});

	it('of several links the first one that can be used is taken', () => {
		const video = [null, { url: 'ftp://x' }, 'nonsense', { url: LINK }, 'https://example.com/b'];
		expect(readGeneration({ id: 'g', status: 'completed', video }, 'g')?.videoUrl).toBe(LINK);
	});

	it('what is wrapped in another object is read', () => {
		const body = { data: { id: 'g', status: 'completed', video: { url: LINK } } };
		expect(readGeneration(body, 'g')?.videoUrl).toBe(LINK);
		expect(readGeneration({ data: { ...body.data, id: 'other' } }, 'g')).toBeUndefined();
	});

	it.each([
		{ video: [[LINK]] },
		{ video: { url: [LINK] } },
		{ video: [` ${LINK}\n`] },
		...[{ videos: [LINK] }, { video_url: LINK }, { output: [{ url: LINK }] }, { url: LINK }],
		...[{ result: { video: { url: LINK } } }, { video: [], result: LINK }],
	])('a completed generation with %j gives its video', (parts) => {
		const read = readGeneration({ id: 'g', status: 'completed', ...parts }, 'g');
		expect(read).toMatchObject({ status: 'completed', phase: 'completed', videoUrl: LINK });
	});

	it('a link in a place of its own is no video before the generation is completed', () => {
		const body = { id: 'g', status: 'dreaming', output: [LINK] };
		expect(readGeneration(body, 'g')?.phase).toBe('running');
	});

	it('the links of the inputs are no video', () => {
		const body = { status: 'completed', character: { url: LINK }, reference: { url: LINK } };
		expect(readGeneration({ id: 'g', ...body }, 'g')?.videoUrl).toBeUndefined();
	});

	it.each([
		[{ status: 'generating' }, 'running', 'generating'],
		[{ status: 'completed', video: [LINK] }, 'completed', 'completed'],
		[{ status: 'failed', error: 'No face' }, 'failed', 'failed'],
	])('the status of a wrapper does not stand for %j in it', (data, phase, status) => {
		const body = { status: 'success', data: { id: 'g', ...data } };
		expect(readGeneration(body, 'g')).toMatchObject({ phase, status });
	});

	it('an error that names no generation is none of its', () => {
		expect(readGeneration({ error: { message: 'Insufficient balance' } }, 'g')).toBeUndefined();
		expect(readGeneration({ id: 'g', error: { message: 'broke' } }, 'g')?.phase).toBe('failed');
	});
});

describe('when a link expires', () => {
	it('stands in the documents’ example', () => {
		const link =
			'https://cdn.aimlapi.com/wolf/d462f7e3-bdc6-43ac-8c2a-ac2d61dea014.mp4?_jwt=eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJrZXlIYXNoIjoiNzZmNzY0NDRiZTViYWI2YyIsImJ1Y2tldCI6InJ1bndheS10YXNrLWFydGlmYWN0cyIsInN0YWdlIjoicHJvZCIsImV4cCI6MTc1NDc4NDAwMH0.c2ln';
		expect(linkExpiry(link)).toBe('2025-08-10T00:00:00.000Z');
	});

	it.each([
		'',
		'?_jwt=x',
		'?_jwt=a.b.c',
		'?_jwt=a',
		...['{"exp":1e300}', '{"exp":"1754784000"}', '{}'].map(
			(payload) => `?_jwt=a.${Buffer.from(payload).toString('base64url')}.c`,
		),
	])('is not told by %j', (query) => {
		expect(linkExpiry(`${LINK}${query}`)).toBeUndefined();
	});
});
