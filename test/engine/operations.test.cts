import { runInEngine } from './engine.cts';
import { closeStandin, given, INPUTS, VIDEO_BYTES } from './given.cts';

afterEach(closeStandin);

it('creates a video, waits for it and outputs link and file', async () => {
	const setting = await given();
	const { outputs, error } = await runInEngine(setting).done;
	expect(error).toBeUndefined();
	expect(outputs[0]).toEqual([
		{
			json: {
				id: setting.standin.generations[0].id,
				status: 'completed',
				videoUrl: expect.stringContaining(setting.standin.cdnUrl),
				videoUrlExpiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
				creditsUsed: 50,
			},
			binary: {
				data: expect.objectContaining({
					mimeType: 'video/mp4',
					fileName: `act-two-${setting.standin.generations[0].id}.mp4`,
					bytes: VIDEO_BYTES,
				}),
			},
			pairedItem: { item: 0 },
		},
	]);
});

it('sends only what the user set', async () => {
	const setting = await given();
	await runInEngine(setting).done;
	expect(setting.standin.requests[0].body).toEqual({
		model: 'runway/act_two',
		character: { type: 'image', url: INPUTS.characterUrl },
		reference: { type: 'video', url: INPUTS.referenceUrl },
		frame_size: '1280:720',
	});
});

it('sends every option, on the universal endpoint too', async () => {
	const setting = await given({
		characterType: 'video',
		frameSize: '960:960',
		options: { bodyControl: false, expressionIntensity: 5, seed: 0, endpoint: 'universal' },
	});
	const { outputs } = await runInEngine(setting).done;
	expect(setting.standin.requests[0]).toMatchObject({
		path: '/v2/video/generations',
		body: {
			character: { type: 'video' },
			frame_size: '960:960',
			body_control: false,
			expression_intensity: 5,
			seed: 0,
		},
	});
	expect(outputs[0][0].json.videoUrl).toContain(setting.standin.cdnUrl);
});

it('creates without waiting, then waits in a second execution', async () => {
	const setting = await given({ operation: 'create' });
	const created = await runInEngine(setting).done;
	const [{ json }] = created.outputs[0];
	expect(json).toEqual({ id: setting.standin.generations[0].id, status: 'queued' });
	expect(setting.standin.count('retrieve')).toBe(0);

	setting.parameters = {
		operation: 'wait',
		generationId: json.id,
		options: { pollingInterval: 1 },
		downloadVideo: false,
	};
	const waited = await runInEngine(setting).done;
	expect(waited.outputs[0][0].json).toMatchObject({ id: json.id, status: 'completed' });
	expect(waited.outputs[0][0].binary).toBeUndefined();
	expect(setting.standin.count('create')).toBe(1);
});

it('gets a generation as it is, a failed one as data', async () => {
	const failure = { name: 'SAFETY.INPUT.IMAGE', message: 'Moderated' };
	const setting = await given({ operation: 'create' }, { durationMs: 0, failure });
	const created = await runInEngine(setting).done;
	const { id } = created.outputs[0][0].json;
	setting.parameters = { operation: 'get', generationId: id };
	const { outputs, error } = await runInEngine(setting).done;
	expect(error).toBeUndefined();
	expect(outputs[0][0].json).toEqual({ id, status: 'error', failure });
});

it('works on many items side by side and keeps their order', async () => {
	const durations = [1500, 200, 900];
	const items = ['a', 'b', 'c'].map((name) => ({ json: { name } }));
	const setting = await given(
		{ characterUrl: '=https://example.com/{{ $json.name }}.jpg', downloadVideo: false },
		{ durationMs: (index) => durations[index] },
		{ items },
	);
	const { outputs } = await runInEngine(setting).done;
	const sent = setting.standin.requests
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
