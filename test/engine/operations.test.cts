import { runInEngine } from './engine.cts';
import { closeFakeAimlapi, setup, INPUTS, VIDEO_BYTES } from './setup.cts';

afterEach(closeFakeAimlapi);

it('creates a video, waits for it and outputs link and file', async () => {
	const scenario = await setup();
	const { outputs, error } = await runInEngine(scenario).done;
	expect(error).toBeUndefined();
	expect(outputs[0]).toEqual([
		{
			json: {
				id: scenario.fake.generations[0].id,
				status: 'completed',
				videoUrl: expect.stringContaining(scenario.fake.cdnUrl),
				videoUrlExpiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
				creditsUsed: 650_000,
				costUsd: 0.325,
			},
			binary: {
				data: expect.objectContaining({
					mimeType: 'video/mp4',
					fileName: `act-two-${scenario.fake.generations[0].id}.mp4`,
					bytes: VIDEO_BYTES,
				}),
			},
			pairedItem: { item: 0 },
		},
	]);
});

it.each([
	['only where it is asked for', {}, undefined],
	['where it is turned on', { downloadVideo: true }, { data: expect.anything() as object }],
])('as a tool outputs the link, and the file %s', async (_, parameters, binary) => {
	const settings = { type: 'n8n-nodes-runway-act-two.runwayActTwoTool' };
	const scenario = await setup({ parameters, settings });
	const { outputs, error } = await runInEngine(scenario).done;
	expect(error).toBeUndefined();
	expect(outputs[0][0].json.videoUrl).toContain(scenario.fake.cdnUrl);
	expect(outputs[0][0].binary).toEqual(binary);
	expect(scenario.fake.count('download')).toBe(binary ? 1 : 0);
});

it('sends only what the user set', async () => {
	const scenario = await setup();
	await runInEngine(scenario).done;
	expect(scenario.fake.requests[0].body).toEqual({
		model: 'runway/act_two',
		character: { type: 'image', url: INPUTS.characterUrl },
		reference: { type: 'video', url: INPUTS.referenceUrl },
		frame_size: '1280:720',
	});
});

it('sends every option, on the universal endpoint too', async () => {
	const scenario = await setup({
		parameters: {
			characterType: 'video',
			frameSize: '960:960',
			options: { bodyControl: false, expressionIntensity: 5, seed: 0, endpoint: 'universal' },
		},
	});
	const { outputs } = await runInEngine(scenario).done;
	expect(scenario.fake.requests[0]).toMatchObject({
		path: '/v2/video/generations',
		body: {
			character: { type: 'video' },
			frame_size: '960:960',
			body_control: false,
			expression_intensity: 5,
			seed: 0,
		},
	});
	expect(outputs[0][0].json.videoUrl).toContain(scenario.fake.cdnUrl);
});

it('creates without waiting, then waits in a second execution', async () => {
	const scenario = await setup({ parameters: { operation: 'create' } });
	const created = await runInEngine(scenario).done;
	const [{ json }] = created.outputs[0];
	expect(json).toEqual({
		id: scenario.fake.generations[0].id,
		status: 'queued',
		creditsUsed: 650_000,
		costUsd: 0.325,
	});
	expect(scenario.fake.count('retrieve')).toBe(0);

	scenario.parameters = {
		operation: 'wait',
		generationId: json.id,
		options: { pollingInterval: 1 },
		downloadVideo: false,
	};
	const waited = await runInEngine(scenario).done;
	expect(waited.outputs[0][0].json).toMatchObject({ id: json.id, status: 'completed' });
	expect(waited.outputs[0][0].binary).toBeUndefined();
	expect(scenario.fake.count('create')).toBe(1);
});

it('gets a generation as it is, a failed one as data', async () => {
	const failure = { name: 'SAFETY.INPUT.IMAGE', message: 'Moderated' };
	const scenario = await setup({
		parameters: { operation: 'create' },
		server: { durationMs: 0, failure },
	});
	const created = await runInEngine(scenario).done;
	const { id } = created.outputs[0][0].json;
	scenario.parameters = { operation: 'get', generationId: id };
	const { outputs, error } = await runInEngine(scenario).done;
	expect(error).toBeUndefined();
	expect(outputs[0][0].json).toEqual({ id, status: 'error', failure });
});

it('gives the video of a completed generation wherever the answer has it', async () => {
	const scenario = await setup({
		server: {
			shape: ({ video, ...rest }) => ({ status: 'success', data: { ...rest, output: video } }),
		},
	});
	const { outputs } = await runInEngine(scenario).done;
	const [{ json, binary }] = outputs[0];
	expect(json).toMatchObject({ id: scenario.fake.generations[0].id, status: 'completed' });
	expect(json.videoUrl).toContain(scenario.fake.cdnUrl);
	expect(binary?.data.mimeType).toBe('video/mp4');
});

it('works on many items side by side and keeps their order', async () => {
	const durations = [1500, 200, 900];
	const items = ['a', 'b', 'c'].map((name) => ({ json: { name } }));
	const scenario = await setup({
		parameters: { characterUrl: '=https://example.com/{{ $json.name }}.jpg', downloadVideo: false },
		server: { durationMs: (index) => durations[index] },
		items,
	});
	const { outputs } = await runInEngine(scenario).done;
	const sent = scenario.fake.requests
		.filter(({ kind }) => kind === 'create')
		.map(({ body, generationId }) => [
			(body as { character: { url: string } }).character.url,
			generationId,
		]);
	const expected = ['a', 'b', 'c'].map((name) => [
		`https://example.com/${name}.jpg`,
		outputs[0][['a', 'b', 'c'].indexOf(name)].json.id,
	]);
	expect(sent.sort()).toEqual(expected.sort());
	expect(outputs[0].map(({ pairedItem }) => pairedItem)).toEqual([
		{ item: 0 },
		{ item: 1 },
		{ item: 2 },
	]);
});
