/**
 * AI/ML API's contract as its documentation gives it, a third writing beside the node's and the fake
 * API's: neither imports it. Sources: the page of `runway/act_two` (2025-08 and 2026-08), the pages on
 * errors, request tracing and usage logs.
 */

/** The operation's body as the documentation's OpenAPI file has it. */
export const CREATION_SCHEMA = {
	type: 'object',
	required: ['model', 'character', 'reference'],
	properties: {
		model: { type: 'string', enum: ['runway/act_two'] },
		character: {
			oneOf: [
				{
					type: 'object',
					required: ['type', 'url'],
					properties: {
						type: { type: 'string', enum: ['image'] },
						url: { type: 'string', format: 'uri' },
					},
				},
				{
					type: 'object',
					required: ['type', 'url'],
					properties: {
						type: { type: 'string', enum: ['video'] },
						url: { type: 'string', format: 'uri' },
					},
				},
			],
		},
		reference: {
			type: 'object',
			required: ['type', 'url'],
			properties: {
				type: { type: 'string', enum: ['video'] },
				url: { type: 'string', format: 'uri' },
			},
		},
		frame_size: {
			type: 'string',
			default: '1280:720',
			enum: [
				'1280:720',
				'720:1280',
				'1104:832',
				'832:1104',
				'960:960',
				'1584:672',
				'848:480',
				'640:480',
			],
		},
		body_control: { type: 'boolean' },
		expression_intensity: { type: 'integer', minimum: 1, maximum: 5, default: 3 },
		seed: { type: 'integer', minimum: 0, maximum: 4_294_967_295 },
	},
};

/** The page's example of a request. */
export const CREATION_EXAMPLE = {
	model: 'runway/act_two',
	character: {
		type: 'image',
		url: 'https://raw.githubusercontent.com/aimlapi/api-docs/main/reference-files/mona_lisa_extended.jpg',
	},
	reference: {
		type: 'video',
		url: 'https://zovi0.github.io/public_misc/kling-video-v1.6-pro-text-to-video-dancing-woman-output.mp4',
	},
	frame_size: '1280:720',
	body_control: true,
	expression_intensity: 3,
};

export const ID = 'dbf7a50e-87b2-4ba5-921f-f02fdb8f7cc6';

export const VIDEO_URL =
	'https://cdn.aimlapi.com/wolf/d462f7e3-bdc6-43ac-8c2a-ac2d61dea014.mp4?_jwt=eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJrZXlIYXNoIjoiNzZmNzY0NDRiZTViYWI2YyIsImJ1Y2tldCI6InJ1bndheS10YXNrLWFydGlmYWN0cyIsInN0YWdlIjoicHJvZCIsImV4cCI6MTc1NDc4NDAwMH0._q7rh2fmm7a16k7UHAnDh3aUOIy-fT8NJO3hP-KT4_s';

/** What that link's token says. */
export const VIDEO_URL_EXPIRES_AT = '2025-08-10T00:00:00.000Z';

const META = { usage: { credits_used: 650_000, usd_spent: 0.325 } };

/** Answers to a creation, of this model and its neighbours on the gateway: the body, then the ID. */
export const CREATION_ANSWERS: Array<[what: string, body: object, id: string]> = [
	["the page's own", { id: ID, status: 'queued' }, ID],
	['with what it cost', { id: ID, status: 'queued', meta: META }, ID],
	['an ID with a slash', { id: `${ID}:runway/act_two`, status: 'queued' }, `${ID}:runway/act_two`],
	['a nanoid', { id: '-V1StGXR8_Z5jdHi6B-my', status: 'queued' }, '-V1StGXR8_Z5jdHi6B-my'],
	['under another name', { generation_id: ID }, ID],
];

/** Answers to a status check, and the status and the link that each means. */
export const STATUS_ANSWERS: Array<{ what: string; body: object; status: string; link?: string }> =
	[
		{ what: 'waiting', body: { id: ID, status: 'waiting' }, status: 'waiting' },
		{ what: 'active', body: { id: ID, status: 'active' }, status: 'active' },
		{ what: 'queued', body: { id: ID, status: 'queued' }, status: 'queued' },
		{ what: 'generating', body: { id: ID, status: 'generating' }, status: 'generating' },
		{
			what: "completed, as the Runway URL's page has it",
			body: { id: ID, status: 'completed', video: [VIDEO_URL] },
			status: 'completed',
			link: VIDEO_URL,
		},
		{
			what: "completed, as the universal URL's schema has it",
			body: { id: ID, status: 'completed', video: { url: VIDEO_URL }, error: null, meta: META },
			status: 'completed',
			link: VIDEO_URL,
		},
		{
			what: 'a failure with a name',
			body: {
				id: ID,
				status: 'error',
				video: null,
				error: { name: 'INTERNAL', message: 'No face' },
			},
			status: 'error',
		},
		{
			what: 'a failure with details',
			body: {
				id: ID,
				status: 'error',
				error: {
					detail: [{ loc: ['body'], msg: 'No face detected', type: 'face_detection_error' }],
				},
			},
			status: 'error',
		},
	];

/** A page of the usage logs. */
export const LOGS_ANSWER = {
	data: [
		{
			created: '2026-08-21T10:00:00.000Z',
			status: 'succeeded',
			origin: 'api',
			model: 'runway/act_two',
			cost: { usd: 0.325, credits: 650_000 },
			tokens: null,
			request_id: 'e1b1d1c1-0000-4000-8000-000000000000',
			inference_id: ID,
			client_request_id: 'n8n-1',
		},
	],
	pagination: { limit: 50, offset: 0, total: 1, has_more: false },
};

/** The body of an error of the API. */
export const ERROR_ANSWER = {
	message: 'Body validation error',
	path: '/v2/generate/video/runway/generation',
	requestId: 'e1b1d1c1-0000-4000-8000-000000000000',
	statusCode: 400,
	timestamp: '2025-08-09T12:00:00.000Z',
};
