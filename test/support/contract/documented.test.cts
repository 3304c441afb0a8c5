import { request } from 'undici';

import { classifyCreation } from '../../../nodes/RunwayActTwo/aimlapi/classify';
import {
	ENDPOINT_PATHS,
	linkExpiry,
	readGeneration,
} from '../../../nodes/RunwayActTwo/aimlapi/contract';
import { classifyLogs } from '../../../nodes/RunwayActTwo/aimlapi/logs';
import { ACT_TWO } from '../../../nodes/RunwayActTwo/aimlapi/model';
import { toResponse } from '../../../nodes/RunwayActTwo/aimlapi/outcome';
import { startFakeAimlapi } from '../fakeAimlapi/server.cts';
import type { FakeAimlapi } from '../fakeAimlapi/server.cts';
import { validationErrors } from '../fakeAimlapi/validate.cts';
import {
	CREATION_ANSWERS,
	CREATION_EXAMPLE,
	CREATION_SCHEMA,
	ERROR_ANSWER,
	ID,
	LOGS_ANSWER,
	STATUS_ANSWERS,
	VIDEO_URL,
	VIDEO_URL_EXPIRES_AT,
} from './documented.cts';

const { properties, required } = CREATION_SCHEMA;

const answer = (body: object, status = 200) =>
	toResponse(status, { 'content-type': 'application/json' }, JSON.stringify(body), 0);

describe('the node agrees with the documentation', () => {
	it('on the model, its frame sizes, its numbers and their defaults', () => {
		const { minimum, maximum } = properties.expression_intensity;
		expect(ACT_TWO.id).toBe(properties.model.enum[0]);
		expect(ACT_TWO.frameSizes.map(({ value }) => value).sort()).toEqual(
			[...properties.frame_size.enum].sort(),
		);
		expect(ACT_TWO.defaultFrameSize).toBe(properties.frame_size.default);
		expect(ACT_TWO.expressionIntensity).toMatchObject({ min: minimum, max: maximum, default: 3 });
		const { seed } = properties;
		expect(ACT_TWO.seed).toEqual({ min: seed.minimum, max: seed.maximum });
	});

	it.each(CREATION_ANSWERS)('on the answer to a creation: %s', (_what, body, id) => {
		expect(classifyCreation(answer(body, 201), ACT_TWO)).toMatchObject({
			kind: 'accepted',
			created: { id },
		});
	});

	it.each(STATUS_ANSWERS)('on the answer to a status check: $what', ({ body, status, link }) => {
		const generation = readGeneration(body, ID);
		expect(generation).toMatchObject({ id: ID, status });
		expect(generation?.videoUrl).toBe(link);
	});

	it("on a link's end", () => {
		expect(linkExpiry(VIDEO_URL)).toBe(VIDEO_URL_EXPIRES_AT);
	});

	it('on the usage logs', () => {
		expect(classifyLogs(answer(LOGS_ANSWER))).toMatchObject({
			kind: 'page',
			hasMore: false,
			rows: [
				{
					status: 'succeeded',
					usage: { creditsUsed: 650_000, costUsd: 0.325 },
					inferenceId: ID,
					clientRequestId: 'n8n-1',
				},
			],
		});
	});
});

describe('the fake API agrees with the documentation', () => {
	let fake: FakeAimlapi;
	beforeAll(async () => {
		fake = await startFakeAimlapi({ durationMs: 0 });
	});
	afterAll(async () => await fake.close());

	const call = async (path: string, body?: object) => {
		const {
			statusCode,
			headers,
			body: text,
		} = await request(fake.url + path, {
			method: body ? 'POST' : 'GET',
			headers: {
				authorization: `Bearer ${fake.key}`,
				'content-type': 'application/json',
				'x-client-request-id': 'n8n-1',
			},
			...(body && { body: JSON.stringify(body) }),
		});
		return { statusCode, headers, json: (await text.json()) as Record<string, unknown> };
	};

	/** The names in an answer, of objects and the first entry of lists, as `a.b`. */
	const shapeOf = (value: unknown, path = ''): string[] => {
		if (Array.isArray(value)) return shapeOf(value[0], `${path}[]`);
		if (typeof value !== 'object' || value === null) return [path];
		return Object.entries(value).flatMap(([key, inner]) => shapeOf(inner, `${path}.${key}`));
	};

	it('takes the example, and each value that the schema lists', () => {
		expect(validationErrors(CREATION_EXAMPLE)).toEqual([]);
		for (const frame_size of properties.frame_size.enum) {
			expect(validationErrors({ ...CREATION_EXAMPLE, frame_size })).toEqual([]);
		}
		for (const name of ['expression_intensity', 'seed'] as const) {
			const { minimum, maximum } = properties[name];
			for (const value of [minimum, maximum]) {
				expect(validationErrors({ ...CREATION_EXAMPLE, [name]: value })).toEqual([]);
			}
			for (const value of [minimum - 1, maximum + 1, minimum + 0.5, String(minimum), null]) {
				expect(validationErrors({ ...CREATION_EXAMPLE, [name]: value })).toHaveLength(1);
			}
		}
		for (const { properties: kind } of properties.character.oneOf) {
			const character = { type: kind.type.enum[0], url: 'https://example.com/c' };
			expect(validationErrors({ ...CREATION_EXAMPLE, character })).toEqual([]);
		}
	});

	it.each(required)('refuses a request without %s', (name) => {
		expect(validationErrors({ ...CREATION_EXAMPLE, [name]: undefined })).not.toEqual([]);
	});

	it.each([
		['a field that is not in the schema', { prompt: 'dance' }],
		['a frame size that is not in the schema', { frame_size: '1920:1080' }],
		['an image as the reference', { reference: { type: 'image', url: 'https://example.com/a' } }],
		['a URL that is none', { character: { type: 'image', url: 'c.png' } }],
		['another model', { model: 'runway/gen4_turbo' }],
	])('refuses %s', (_what, change) => {
		expect(validationErrors({ ...CREATION_EXAMPLE, ...change })).not.toEqual([]);
	});

	it.each(Object.values(ENDPOINT_PATHS))('answers at %s in the documented shapes', async (path) => {
		const created = await call(path, CREATION_EXAMPLE);
		expect(created.statusCode).toBe(201);
		expect(created.headers).toHaveProperty('x-inference-id', created.json.id);
		expect(shapeOf(CREATION_ANSWERS[1][1])).toEqual(shapeOf(created.json));

		const { json } = await call(`${path}?generation_id=${String(created.json.id)}`);
		const documented = STATUS_ANSWERS.flatMap(({ body }) => shapeOf(body));
		for (const name of shapeOf(json)) expect(documented).toContain(name);
		expect(json).toMatchObject({ id: created.json.id, status: 'completed' });
	});

	it('answers an error and the usage logs in the documented shapes', async () => {
		const path = ENDPOINT_PATHS.runway;
		const { statusCode, json } = await call(path, { ...CREATION_EXAMPLE, seed: -1 });
		expect(statusCode).toBe(400);
		expect(shapeOf(json)).toEqual(shapeOf(ERROR_ANSWER));
		await call(path, CREATION_EXAMPLE);
		const logs = await call('/v2/logs?limit=50');
		expect(shapeOf(logs.json)).toEqual(shapeOf(LOGS_ANSWER));
	});
});
