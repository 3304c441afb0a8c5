import { once } from 'node:events';

import * as fault from '../support/fakeAimlapi/faults.cts';
import type { Fault } from '../support/fakeAimlapi/faults.cts';
import { runInEngine } from './engine.cts';
import { closeFakeAimlapi, setup, VIDEO_BYTES } from './setup.cts';

afterEach(closeFakeAimlapi);

describe('values that cannot be used', () => {
	it.each([
		['Operation', { operation: '__CUSTOM_API_CALL__' }],
		['Seed', { options: { seed: -1 } }],
		['Seed', { options: { seed: 1.5 } }],
		['Expression Intensity', { options: { expressionIntensity: '={{ 6 }}' } }],
		['Body Control', { options: { bodyControl: 'yes' } }],
		['Timeout', { options: { timeout: 0 } }],
		['Polling Interval', { options: { pollingInterval: 'soon' } }],
		['Frame Size', { frameSize: '={{ "1:1" }}' }],
		['Character Type', { characterType: '={{ "text" }}' }],
		['Character URL', { characterUrl: '={{ "" }}' }],
		['Character URL', { characterUrl: 'http://localhost/a.jpg' }],
		['Reference Video URL', { referenceUrl: 'https://drive.google.com/file/d/1/view' }],
		['Put Output File in Field', { binaryPropertyName: ' ' }],
		['Max Concurrent Generations', { options: { maxConcurrentGenerations: 0 } }],
	])('%s is named and nothing is sent', async (field, parameters) => {
		const scenario = await setup({ parameters: parameters as never });
		const { error } = await runInEngine(scenario).done;
		expect(error?.message).toContain(field);
		expect(error?.description).toContain('item 0');
		expect(scenario.fake.requests).toEqual([]);
	});

	it('one bad item among good ones stops all before any is paid for', async () => {
		const items = [{ json: { seed: 1 } }, { json: { seed: 'x' } }];
		const scenario = await setup({ parameters: { options: { seed: '={{ $json.seed }}' } }, items });
		const { error } = await runInEngine(scenario).done;
		expect(error?.context?.itemIndex).toBe(1);
		expect(scenario.fake.requests).toEqual([]);
	});

	it('a link with a password is refused without being repeated', async () => {
		const scenario = await setup({
			parameters: { characterUrl: 'https://user:secret@example.com/a.jpg' },
		});
		const { error } = await runInEngine(scenario).done;
		expect(error?.message).toContain('Character URL');
		expect(`${error?.message} ${error?.description}`).not.toContain('secret');
	});

	it.each([
		'http://example.com',
		'https://a:b@example.com',
		'https://example.com/?x=1',
		'nonsense',
	])('base URL %s gets no key', async (baseUrl) => {
		const scenario = await setup();
		scenario.credential.baseUrl = baseUrl;
		const { error } = await runInEngine(scenario).done;
		expect(error?.message).toContain('Base URL');
	});

	it('a base URL that cannot be used never passes the input on as a result', async () => {
		const items = [{ json: { a: 1 } }, { json: { a: 2 } }];
		const scenario = await setup({ items, settings: { onError: 'continueErrorOutput' } });
		scenario.credential.baseUrl = 'http://example.com';
		const { outputs } = await runInEngine(scenario).done;
		expect(outputs[0]).toEqual([]);
		expect(outputs[1].map(({ json }) => json.error)).toEqual([
			expect.objectContaining({ message: expect.stringContaining('Base URL') }),
			expect.objectContaining({ message: expect.stringContaining('Base URL') }),
		]);
	});
});

describe('a creation that is not accepted', () => {
	it('shows the API’s own validation lines', async () => {
		const scenario = await setup();
		scenario.fake.fail('create', fault.status(400, 'Body validation error: Expected integer'));
		const { error } = await runInEngine(scenario).done;
		expect(error?.message).toBe('AIMLAPI did not accept the request');
		expect(error?.description).toContain('Expected integer');
		expect(scenario.fake.count('create')).toBe(1);
	});

	it('a wrong key is reported and never shown', async () => {
		const scenario = await setup();
		scenario.credential.apiKey = 'wrong-key-0123456789';
		const { error } = await runInEngine(scenario).done;
		expect(error?.message).toContain('API key');
		expect(JSON.stringify(error)).not.toContain('wrong-key-0123456789');
		expect(scenario.fake.count('create')).toBe(1);
	});

	it('out of credits names the billing page', async () => {
		const scenario = await setup();
		scenario.fake.fail('create', fault.status(403, "You've run out of credits."));
		const { error } = await runInEngine(scenario).done;
		expect(error?.description).toContain('https://aimlapi.com/app/billing/');
	});

	it('no connection fails fast', async () => {
		const scenario = await setup();
		await scenario.fake.close();
		const { error } = await runInEngine(scenario).done;
		expect(error?.message).toBe('AIMLAPI could not be reached');
		expect(error?.description).toContain('ECONNREFUSED');
	});

	it('is sent again after 429 and bought once', async () => {
		const scenario = await setup({ parameters: { downloadVideo: false } });
		scenario.fake.fail('create', fault.status(429, 'Too Many Requests', { 'retry-after': '0' }));
		const { error, outputs } = await runInEngine(scenario).done;
		expect(error).toBeUndefined();
		expect(outputs[0]).toHaveLength(1);
		expect(scenario.fake.count('create')).toBe(2);
		expect(scenario.fake.generations).toHaveLength(1);
	});
});

describe('while waiting', () => {
	it.each([
		['429', fault.status(429, 'Too Many Requests', { 'retry-after': '1' })],
		['503', fault.status(503)],
		['reset', fault.reset],
		['HTML', fault.html(200)],
		['broken JSON', fault.body('{"id": "')],
		['null', fault.body('null')],
		['an empty answer', fault.body('')],
		['404 at first', fault.status(404, 'Not found')],
		['an answer about another generation', fault.body('{"id":"other","status":"error"}')],
	])('%s does not end it', async (_, answer) => {
		const scenario = await setup({ parameters: { downloadVideo: false } });
		scenario.fake.fail('retrieve', answer);
		const { error, outputs } = await runInEngine(scenario).done;
		expect(error).toBeUndefined();
		expect(outputs[0][0].json.status).toBe('completed');
		expect(scenario.fake.count('create')).toBe(1);
	});

	it('an answer that trickles without end does not hold it past the deadline, and ends with it', async () => {
		const scenario = await setup({
			parameters: { options: { timeout: 2 } },
			server: { durationMs: 60_000 },
		});
		const closed: Array<Promise<unknown>> = [];
		const trickle: Fault = (context) => {
			closed.push(once(context.response, 'close'));
			fault.trickle()(context);
		};
		scenario.fake.fail('retrieve', trickle, Infinity);
		const { error } = await runInEngine(scenario).done;
		await Promise.all(closed);
		expect(error?.message).toContain('was not ready within 2 seconds');
		expect(error?.context?.generationId).toBe(scenario.fake.generations[0].id);
	});

	it('401 ends it with the generation ID', async () => {
		const scenario = await setup();
		scenario.fake.fail('retrieve', fault.status(401));
		const { error } = await runInEngine(scenario).done;
		const { id } = scenario.fake.generations[0];
		expect(error?.message).toContain(id);
		expect(error?.context?.generationId).toBe(id);
	});

	it('the deadline names ID, status and status checks, and what to do', async () => {
		const scenario = await setup({
			parameters: { options: { timeout: 2 } },
			server: { durationMs: 60_000 },
		});
		const { error, customData } = await runInEngine(scenario).done;
		const { id } = scenario.fake.generations[0];
		expect(error?.message).toBe(`The video was not ready within 2 seconds (generation ${id})`);
		expect(error?.description).toMatch(/“generating”|“queued”/);
		expect(error?.description).toContain('Wait for Video');
		expect(customData.actTwoGenerations1).toBe(id);
	});

	it('or the deadline returns the current status', async () => {
		const scenario = await setup({
			parameters: { options: { timeout: 1, onTimeout: 'returnStatus' } },
			server: { durationMs: 60_000, runningStatus: 'dreaming' },
		});
		const { error, outputs } = await runInEngine(scenario).done;
		expect(error).toBeUndefined();
		expect(outputs[0][0].json).toEqual({
			id: scenario.fake.generations[0].id,
			status: 'dreaming',
			creditsUsed: 650_000,
			costUsd: 0.325,
		});
	});

	it('a failed generation fails its item with the reason', async () => {
		const failure = { name: 'SAFETY.INPUT.IMAGE', message: 'Moderated' };
		const scenario = await setup({ server: { failure } });
		const { error } = await runInEngine(scenario).done;
		expect(error?.message).toContain(scenario.fake.generations[0].id);
		expect(error?.description).toContain('SAFETY.INPUT.IMAGE: Moderated');
	});
});

describe('continue on fail', () => {
	it.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		'%s keeps pairing and generation ID',
		async (onError) => {
			const items = [{ json: { seed: 1 } }, { json: { seed: -1 } }];
			const scenario = await setup({
				parameters: { options: { seed: '={{ $json.seed }}', timeout: 1 } },
				server: { durationMs: 60_000 },
				items,
				settings: { onError },
			});
			const { outputs, error } = await runInEngine(scenario).done;
			expect(error).toBeUndefined();
			const failed = onError === 'continueErrorOutput' ? outputs[1] : outputs[0];
			expect(failed).toHaveLength(2);
			expect(failed[0].pairedItem).toEqual({ item: 0 });
			expect(failed[0].json.error).toMatchObject({
				generationId: scenario.fake.generations[0].id,
				message: expect.stringContaining(scenario.fake.generations[0].id),
			});
			expect(failed[1].json.error).toMatchObject({
				message: expect.stringContaining('Seed'),
			});
		},
	);
});

describe('running again', () => {
	it('Retry On Fail resumes the generation it created', async () => {
		const scenario = await setup({
			parameters: { downloadVideo: false },
			server: { durationMs: 2500 },
			settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 0 },
		});
		scenario.parameters.options = { pollingInterval: 1, timeout: 1 };
		const { error, outputs } = await runInEngine(scenario).done;
		expect(error).toBeUndefined();
		expect(outputs[0][0].json.status).toBe('completed');
		expect(scenario.fake.count('create')).toBe(1);
	});

	it('a failed generation is created again', async () => {
		const scenario = await setup({
			server: { failure: { name: 'INTERNAL', message: 'x' } },
			settings: { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 },
		});
		await runInEngine(scenario).done;
		expect(scenario.fake.count('create')).toBe(2);
	});
});

describe('the download', () => {
	it('is tried again when it is cut short, and sends no key', async () => {
		const scenario = await setup();
		scenario.fake.fail('download', fault.truncated);
		const { outputs } = await runInEngine(scenario).done;
		expect(outputs[0][0].binary?.data).toMatchObject({ bytes: VIDEO_BYTES });
		const downloads = scenario.fake.requests.filter(({ kind }) => kind === 'download');
		expect(downloads).toHaveLength(2);
		expect(downloads.map(({ authorization }) => authorization)).toEqual([undefined, undefined]);
	});

	it('refreshes an expired link once', async () => {
		const scenario = await setup();
		scenario.fake.fail('download', fault.expiredLink);
		const { outputs } = await runInEngine(scenario).done;
		expect(outputs[0][0].binary).toBeDefined();
		expect(scenario.fake.count('retrieve')).toBe(2);
	});

	it('leaves a video above Max File Size as a link, and says so', async () => {
		const scenario = await setup({
			parameters: { options: { maxFileSize: 1 } },
			server: { videoBytes: 1_000_001 },
		});
		const { outputs, hints } = await runInEngine(scenario).done;
		expect(outputs[0][0].json.videoUrl).toContain(scenario.fake.cdnUrl);
		expect(outputs[0][0].binary).toBeUndefined();
		expect(hints[0].message).toContain('larger than 1 MB');
		expect(scenario.fake.count('download')).toBe(1);
	});

	it('stops in the middle of a larger video whose size was not announced', async () => {
		const scenario = await setup({ parameters: { options: { maxFileSize: 1 } } });
		let sent = 0;
		scenario.fake.fail('download', ({ response }) => {
			response.writeHead(200, { 'content-type': 'video/mp4' });
			const more = () => {
				sent += 100_000;
				if (sent < 50_000_000) response.write(Buffer.alloc(100_000), more);
			};
			more();
		});
		const { outputs, hints } = await runInEngine(scenario).done;
		expect(outputs[0][0].binary).toBeUndefined();
		expect(hints[0].message).toContain('larger than 1 MB');
		expect(sent).toBeLessThan(20_000_000);
	});

	it('is shown once for all links when they expire', async () => {
		const scenario = await setup({
			items: [{ json: {} }, { json: {} }],
			parameters: { options: { checkLinks: false } },
		});
		const { outputs, hints } = await runInEngine(scenario).done;
		const expiry = String(outputs[0][0].json.videoUrlExpiresAt).slice(0, 16).replace('T', ' ');
		expect(hints.map(({ message }) => message)).toEqual([
			expect.stringContaining(`The video link expires on ${expiry} UTC.`),
		]);
	});
});
