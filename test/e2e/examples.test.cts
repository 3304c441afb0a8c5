import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';

import { exampleNames, setUpExample } from '../support/examples.cts';
import { itemsOf } from '../support/n8n/client.cts';
import type { Execution, Workflow } from '../support/n8n/client.cts';
import { openForm, postForm, submitForm } from '../support/n8n/form.cts';
import { startServices } from '../support/services/index.cts';
import type { Services } from '../support/services/index.cts';
import type { FakeAimlapi, FakeAimlapiOptions } from '../support/fakeAimlapi/server.cts';
import * as fault from '../support/fakeAimlapi/faults.cts';
import { corpus, pathOf } from '../support/media/corpus.cts';
import { makeRecordings } from '../support/media/recordings.cts';
import { RELEASE } from '../support/n8n/release.cts';
import { runWorkflow, startN8nSession, withFakeAimlapi } from '../support/n8n/session.cts';
import type { N8nSession } from '../support/n8n/session.cts';

const ASSETS = 'test/support/fakeAimlapi/assets';
const VIDEO = readFileSync(join(ASSETS, 'video.mp4'));
const CHARACTER = readFileSync(join(ASSETS, 'character.png'));
const PERFORMANCE = readFileSync(join(ASSETS, 'performance.mp4'));
const corpusFile = (name: string) => {
	corpus();
	return readFileSync(pathOf(name));
};
const MODERATED = { name: 'SAFETY.OUTPUT.VIDEO', message: 'Moderated' };

const BROWSER =
	'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';

/** What Chromium's MediaRecorder has just made. */
const recorded = (name: string) => readFileSync(join(folder, `recorded-whole-${name}`));

const folder = mkdtempSync(join(tmpdir(), 'act-two-examples-'));
/** An earlier release had fewer examples. */
const itWith = (name: string) => (exampleNames().includes(name) ? it : it.skip);
const covered = new Set<string>();
const credentials: Record<string, string> = {};
let services: Services;
let session: N8nSession;

beforeAll(async () => {
	await makeRecordings(folder);
	services = await startServices({ folder });
	session = await startN8nSession(services.env);
	const { slack, telegram, drive, openai } = services;
	const given = {
		slackApi: { accessToken: slack.token },
		telegramApi: { accessToken: telegram.token, baseUrl: 'https://api.telegram.org' },
		googleDriveOAuth2Api: drive.account.credential,
		googleSheetsOAuth2Api: drive.account.credential,
		openAiApi: { apiKey: openai.key, url: openai.url },
	};
	for (const [type, data] of Object.entries(given)) {
		credentials[type] = (await session.client.createCredential(type, type, data)).id;
	}
}, 900_000);
afterAll(async () => {
	await session?.n8n.stop();
	await services?.close();
	rmSync(folder, { recursive: true });
});

type SetUp = (
	name: string,
	settings?: Parameters<typeof setUpExample>[2],
) => ReturnType<typeof setUpExample>;

/** Runs `use` with a fake API and a function that sets an example up for it. */
async function withExamples(
	options: FakeAimlapiOptions,
	use: (setUp: SetUp, fake: FakeAimlapi) => Promise<void>,
): Promise<void> {
	await withFakeAimlapi(session.client, options, async (fake, aimlapiApi) => {
		const setUp: SetUp = (name, settings) => {
			covered.add(name);
			return setUpExample(name, { ...credentials, aimlapiApi }, settings);
		};
		await use(setUp, fake);
	});
}

const bodyOf = (fake: FakeAimlapi, index = 0) =>
	fake.requests.filter(({ kind }) => kind === 'create')[index].body as Record<
		'character' | 'reference',
		{ url: string }
	>;

const webhookOf = ({ nodes }: Omit<Workflow, 'id'>, name: string) =>
	nodes.find((node) => node.name === name)?.webhookId;

const dataUri = (type: string, bytes: Buffer) => `data:${type};base64,${bytes.toString('base64')}`;

describe(`examples in n8n ${RELEASE}`, () => {
	it('animate-a-character', async () => {
		await withExamples({}, async (setUp, fake) => {
			const execution = await runWorkflow(session.client, setUp('animate-a-character'));
			expect(itemsOf(execution, 'Runway Act-Two')[0]).toMatchObject({
				json: { id: fake.generations[0].id, status: 'completed' },
				binary: { data: { mimeType: 'video/mp4' } },
			});
		});
	});

	it.each([
		['a PNG and an MP4', CHARACTER, 'image/png', PERFORMANCE, 'video/mp4'],
		[
			'a portrait photo and a phone’s MOV',
			corpusFile('orientation-6.jpg'),
			'image/jpeg',
			corpusFile('picture.mov'),
			'video/quicktime',
		],
		['a PNG and HEVC', corpusFile('picture.png'), 'image/png', corpusFile('hevc.mp4'), 'video/mp4'],
		[
			'a PNG and a recording made in a browser (MP4)',
			CHARACTER,
			'image/png',
			'plain.mp4',
			'video/mp4',
		],
		[
			'a PNG and a recording made in a browser (WebM)',
			CHARACTER,
			'image/png',
			'vp8.webm',
			'video/webm',
		],
	])('form-to-google-drive with %s', async (_, character, imageType, video, videoType) => {
		const performance = typeof video === 'string' ? recorded(video) : video;
		await withExamples({}, async (setUp, fake) => {
			const driveFolder = services.drive.addFolder('Videos');
			const workflow = await session.client.createWorkflow(
				setUp('form-to-google-drive', {
					'Upload to Google Drive': (parameters) => {
						parameters.folderId = { __rl: true, mode: 'id', value: driveFolder } as never;
					},
				}),
			);
			await session.client.activate(workflow.id);
			const trigger = workflow.nodes.find(({ type }) => type.endsWith('.formTrigger'));
			const form = `${session.n8n.url}/form/${String(trigger?.webhookId)}`;
			const inputs = await openForm(form);
			expect(inputs).toEqual([
				{ name: 'field-0', accept: '.jpg, .jpeg, .png, .webp' },
				{ name: 'field-1', accept: '.mp4, .mov, .webm' },
			]);
			const page = await submitForm(form, {
				[inputs[0].name]: new File([character], 'me.png', { type: imageType }),
				[inputs[1].name]: new File([performance], 'dance.mp4', { type: videoType }),
			});

			expect(bodyOf(fake).character.url).toBe(dataUri(imageType, character));
			expect(bodyOf(fake).reference.url).toBe(dataUri(videoType, performance));
			const [file] = services.drive.uploads.slice(-1);
			const [{ id }] = fake.generations;
			expect(file).toMatchObject({
				name: `act-two-${id}.mp4`,
				mimeType: 'video/mp4',
				parents: [driveFolder],
			});
			expect(file.bytes.equals(VIDEO)).toBe(true);
			expect(page).toContain('Your video is ready');
			expect(page).toContain(`${fake.cdnUrl}/videos/${id}.mp4?_jwt=`);
			expect(page).toContain(`https://drive.google.com/file/d/${file.id}/view`);
			const execution = await session.client.startedElsewhere(workflow.id);
			expect(execution.status).toBe('success');
			await session.client.deactivate(workflow.id);
		});
	});

	it('google-drive-to-slack', async () => {
		await withExamples({}, async (setUp, fake) => {
			const { drive, slack } = services;
			const image = { mimeType: 'image/png', folder: drive.addFolder('Characters') };
			const old = drive.addFile({ ...image, name: 'old.png', bytes: PERFORMANCE });
			old.createdTime = '2026-01-01T00:00:00.000Z';
			const workflow = await session.client.createWorkflow(
				setUp('google-drive-to-slack', {
					'On New Character': ({ folderToWatch }) => {
						(folderToWatch as { value: string }).value = image.folder;
					},
					'Send to Slack': ({ options }) => {
						(options as { channelId: string }).channelId = slack.channel.id;
					},
				}),
			);
			// n8n looks at the folder when a workflow is activated, and then each minute.
			const firstLook = once(drive, 'listed', { signal: AbortSignal.timeout(30_000) });
			await session.client.activate(workflow.id);
			await firstLook;
			drive.addFile({ ...image, name: 'new.png', bytes: CHARACTER });
			const execution = await session.client.startedElsewhere(workflow.id, 100_000);
			await session.client.deactivate(workflow.id);

			expect(execution).toMatchObject({ mode: 'trigger', status: 'success' });
			expect(fake.count('create')).toBe(1);
			expect(bodyOf(fake).character.url).toBe(dataUri('image/png', CHARACTER));
			const [file] = slack.files.slice(-1);
			expect(file).toMatchObject({
				name: `act-two-${fake.generations[0].id}.mp4`,
				channel: slack.channel.id,
				comment: 'new.png as a video',
			});
			expect(file.bytes.equals(VIDEO)).toBe(true);
		});
	}, 240_000);

	itWith('create-then-trigger')(
		'create-then-trigger',
		async () => {
			await withExamples({ durationMs: 4000 }, async (setUp, fake) => {
				const { drive, slack } = services;
				const videos = drive.addFolder('Finished Videos');
				const workflow = await session.client.createWorkflow(
					setUp('create-then-trigger', {
						'Send to Slack': ({ options }) => {
							(options as { channelId: string }).channelId = slack.channel.id;
						},
						'Upload to Google Drive': (parameters) => {
							parameters.folderId = { __rl: true, mode: 'id', value: videos } as never;
						},
					}),
				);
				await session.client.activate(workflow.id);
				const form = `${session.n8n.url}/form/${String(webhookOf(workflow, 'On Form Submission'))}`;
				const inputs = await openForm(form);
				await postForm(form, {
					[inputs[0].name]: new File([CHARACTER], 'me.png', { type: 'image/png' }),
					[inputs[1].name]: new File([PERFORMANCE], 'dance.mp4', { type: 'video/mp4' }),
				});
				// n8n looks once a minute.
				const uploads = drive.uploads.length;
				for (let waited = 0; drive.uploads.length === uploads && waited < 100; waited++) {
					await sleep(1000);
				}
				await sleep(1000);
				await session.client.deactivate(workflow.id);

				const executions = await session.client.executionsOf(workflow.id);
				expect(executions).toHaveLength(2);
				for (const { id } of executions) {
					expect((await session.client.ended(id)).status).toBe('success');
				}
				expect(fake.count('create')).toBe(1);
				const name = `act-two-${fake.generations[0].id}.mp4`;
				expect(drive.uploads.at(-1)).toMatchObject({ name, parents: [videos] });
				expect(slack.files.at(-1)).toMatchObject({ name, channel: slack.channel.id });
				expect(slack.files.at(-1)?.bytes.equals(VIDEO)).toBe(true);
			});
		},
		240_000,
	);

	itWith('approve-before-paying').each([
		['Create the Video', 1],
		['Do Not Create', 0],
	])(
		'approve-before-paying, answered with “%s”',
		async (answer, paid) => {
			await withExamples({ durationMs: 1000 }, async (setUp, fake) => {
				const { slack } = services;
				const toChannel = ({ options }: Record<string, never>) => {
					(options as { channelId: string }).channelId = slack.channel.id;
				};
				const workflow = await session.client.createWorkflow(
					setUp('approve-before-paying', {
						'Show the Character': toChannel,
						Ask: ({ channelId }) => {
							(channelId as { value: string }).value = slack.channel.id;
						},
						'Send the Video': toChannel,
					}),
				);
				await session.client.activate(workflow.id);
				const form = `${session.n8n.url}/form/${String(webhookOf(workflow, 'On Form Submission'))}`;
				const inputs = await openForm(form);
				const asked = slack.questions.length;
				await postForm(form, {
					[inputs[0].name]: new File([CHARACTER], 'me.png', { type: 'image/png' }),
					[inputs[1].name]: new File([PERFORMANCE], 'dance.mp4', { type: 'video/mp4' }),
				});
				for (let waited = 0; slack.questions.length === asked && waited < 60; waited++) {
					await sleep(500);
				}
				const [{ text: question, buttons }] = slack.questions.slice(-1);
				expect(question).toContain('A video of 3 seconds would cost $0.195 of a balance of $12.5.');
				expect(slack.files.at(-1)).toMatchObject({
					name: 'me.png',
					comment: 'Animate this character?',
				});
				expect(fake.count('create')).toBe(0);

				// n8n begins to wait only after it has asked, and lets no bots press buttons.
				for (let page = ''; page === ''; await sleep(500)) {
					const headers = { 'user-agent': BROWSER };
					const { statusCode, body } = await request(buttons[answer], { headers });
					const text = await body.text();
					if (statusCode === 200) page = text;
				}
				const [{ id }] = await session.client.executionsOf(workflow.id);
				const execution = await session.client.ended(id);
				await session.client.deactivate(workflow.id);
				expect(execution.status).toBe('success');
				expect(fake.count('create')).toBe(paid);
				const sent = itemsOf(execution, 'Send the Video');
				expect(sent).toHaveLength(paid);
				if (paid === 1) {
					expect(bodyOf(fake).character.url).toBe(dataUri('image/png', CHARACTER));
					expect(bodyOf(fake).reference.url).toBe(dataUri('video/mp4', PERFORMANCE));
					expect(slack.files.at(-1)?.bytes.equals(VIDEO)).toBe(true);
				}
			});
		},
		120_000,
	);

	itWith('sheet-of-videos')(
		'sheet-of-videos pays for new rows only, and writes back what came of each',
		async () => {
			const failed = { name: 'INTERNAL.BAD_OUTPUT.CODE01', message: 'Bad output' };
			await withExamples({ durationMs: 1000 }, async (setUp, fake) => {
				const { sheets } = services;
				const names = [
					'Character URL',
					'Performance URL',
					'Status',
					'Generation ID',
					'Video',
					'Cost',
				];
				const row = (index: number, status = '') => [
					`https://example.com/${index}.png`,
					'https://example.com/dance.mp4',
					status,
				];
				sheets.cells.splice(0, Infinity, names, row(1), row(2, 'finished'), row(3), ['', '', '']);
				const choose = ({ documentId, sheetName }: Record<string, never>) => {
					Object.assign(documentId as object, { mode: 'id', value: sheets.id });
					Object.assign(sheetName as object, { mode: 'id', value: 0 });
				};
				const workflow = await session.client.createWorkflow(
					setUp('sheet-of-videos', {
						'Read the Rows': choose,
						'Claim the Row': choose,
						'Write the Link': choose,
						'Write the Reason': choose,
						Animate: ({ options }) => {
							(options as { checkLinks: boolean }).checkLinks = false;
						},
					}),
				);
				const run = async () =>
					await session.client.ended(
						await session.client.run(workflow, 'When clicking ‘Execute workflow’'),
					);
				fake.fail(
					'retrieve',
					fault.body(JSON.stringify({ status: 'error', error: failed })),
					1,
					({ path }) => path.includes(fake.generations[1]?.id ?? '?'),
				);
				expect((await run()).status).toBe('success');
				expect(fake.count('create')).toBe(2);
				// Claimed before anything was paid.
				expect(sheets.updates.slice(0, 2)).toEqual([
					['C2', 'started'],
					['C4', 'started'],
				]);
				const [first, done, third] = sheets.rows;
				expect([first, third].map(({ Status }) => Status).sort()).toEqual(['failed', 'finished']);
				const good = first.Status === 'finished' ? first : third;
				const bad = first.Status === 'finished' ? third : first;
				expect(good).toMatchObject({
					'Generation ID': fake.generations[0].id,
					Video: expect.stringContaining(fake.cdnUrl),
					Cost: 0.325,
				});
				expect(bad).toMatchObject({
					'Generation ID': fake.generations[1].id,
					Video: expect.stringContaining('ended without a video'),
				});
				expect(done).toMatchObject({ Status: 'finished', Video: '' });

				sheets.cells.push(row(5));
				expect((await run()).status).toBe('success');
				expect(fake.count('create')).toBe(3);
				expect(sheets.rows.at(-1)).toMatchObject({ Status: 'finished' });
			});
		},
	);

	it('two-drive-files', async () => {
		await withExamples({}, async (setUp, fake) => {
			const { drive } = services;
			const folder = drive.addFolder('Inputs');
			const choose = (id: string) => (parameters: Record<string, never>) => {
				(parameters.fileId as { value: string }).value = id;
			};
			const character = { name: 'me.png', mimeType: 'image/png', bytes: CHARACTER, folder };
			// As phones and Drive do: the declared type of the performance is not its true one.
			const performance = {
				name: 'dance.mov',
				mimeType: 'application/octet-stream',
				bytes: PERFORMANCE,
				folder,
			};
			const execution = await runWorkflow(
				session.client,
				setUp('two-drive-files', {
					'Download Character': choose(drive.addFile(character).id),
					'Download Performance': choose(drive.addFile(performance).id),
				}),
			);
			expect(execution.status).toBe('success');
			expect(bodyOf(fake).character.url).toBe(dataUri('image/png', CHARACTER));
			expect(bodyOf(fake).reference.url).toBe(dataUri('video/mp4', PERFORMANCE));
		});
	});

	it('telegram-to-video', async () => {
		await withExamples({}, async (setUp, fake) => {
			const { telegram } = services;
			const file_id = telegram.addFile('photos/file_1.png', CHARACTER);
			const message = { chat: { id: 5 }, photo: [{ file_id: 'small' }, { file_id }] };
			const pinData = { 'On Message': [{ json: { message } }] };
			const saved = await session.client.createWorkflow({ ...setUp('telegram-to-video'), pinData });
			const execution = await session.client.ended(await session.client.run(saved, 'On Message'));
			expect(execution.status).toBe('success');
			expect(bodyOf(fake).character.url).toBe(dataUri('image/png', CHARACTER));
			expect(telegram.sent.at(-1)).toEqual(VIDEO);
		});
	});

	it('many-characters', async () => {
		await withExamples({ durationMs: 3000 }, async (setUp, fake) => {
			const execution = await runWorkflow(session.client, setUp('many-characters'));
			const idOf = (index: number) => {
				const { url } = bodyOf(fake, index).character;
				return { [url.includes('mona_lisa') ? 'Mona Lisa' : 'News presenter']: index };
			};
			const sent = { ...idOf(0), ...idOf(1) };
			expect(itemsOf(execution, 'Summary').map(({ json }) => json)).toEqual([
				{
					videos: ['Mona Lisa', 'News presenter'].map((name) => ({
						name,
						link: expect.stringContaining(fake.generations[sent[name]].id) as string,
						costUsd: 0.325,
					})),
					totalCostUsd: 0.65,
				},
			]);
			const [first, second] = fake.generations.map(({ createdAt }) => createdAt);
			expect(Math.abs(second - first)).toBeLessThan(3000);
		});
	});

	it('create-now and wait-later', async () => {
		await withExamples({ durationMs: 4000 }, async (setUp, fake) => {
			const later = await session.client.createWorkflow(setUp('wait-later'));
			// As its note says: n8n 1 has nothing to publish here.
			if (RELEASE !== '1.123.81') await session.client.activate(later.id);
			const now = setUp('create-now', {
				'Hand Over the ID': ({ workflowId }) => {
					(workflowId as { value: string }).value = later.id;
				},
			});
			const created = await runWorkflow(session.client, now);
			expect(created.status).toBe('success');
			expect(fake.count('download')).toBe(0);

			const waited = await session.client.startedElsewhere(later.id);
			const [{ json, binary }] = itemsOf(waited, 'Wait');
			expect(json).toMatchObject({ id: fake.generations[0].id, status: 'completed' });
			expect(binary?.data.mimeType).toBe('video/mp4');
			expect(fake.count('create')).toBe(1);
		});
	});

	it.each([
		['the link', {}],
		['what happened', { failure: MODERATED }],
	])('errors-to-slack sends %s', async (_, options) => {
		await withExamples(options, async (setUp, fake) => {
			const { channel, messages } = services.slack;
			const toChannel = ({ channelId }: Record<string, never>) => {
				(channelId as { value: string }).value = channel.id;
			};
			const before = messages.length;
			const execution = await runWorkflow(
				session.client,
				setUp('errors-to-slack', {
					'Send the Link': toChannel,
					'Send What Happened': toChannel,
				}),
			);
			expect(execution.status).toBe('success');
			const { id } = fake.generations[0];
			expect(messages.slice(before)).toEqual([
				{
					channel: channel.id,
					ts: expect.any(String) as string,
					text:
						'failure' in options
							? expect.stringMatching(
									new RegExp(
										`^There is no video yet: .*ended without a video.*\nGeneration ID: ${id}$`,
									),
								)
							: expect.stringContaining(`${fake.cdnUrl}/videos/${id}.mp4`),
				},
			]);
		});
	});

	describe('ai-agent', () => {
		const links = {
			Character_URL: 'https://example.com/face.png',
			Reference_Video_URL: 'https://example.com/dance.mp4',
		};
		const chat = async (setUp: SetUp, downloadVideo = false): Promise<Execution> => {
			const { openai } = services;
			openai.requests.length = 0;
			openai.script = [{ call: links }, { say: (result) => result }];
			const workflow = setUp('ai-agent', {
				'Animate a Character': (parameters) => {
					parameters.downloadVideo = downloadVideo as never;
				},
			});
			const trigger = 'When Chat Message Received';
			const message = { sessionId: 'one', action: 'sendMessage', chatInput: 'Animate them.' };
			const pinData = { [trigger]: [{ json: message }] };
			const saved = await session.client.createWorkflow({ ...workflow, pinData });
			return await session.client.ended(await session.client.run(saved, trigger));
		};
		/** What the tool's answer added to what the model reads, in bytes. */
		const grownBy = () => {
			const [first, second] = services.openai.requests.map(({ body }) => body.length);
			return second - first;
		};

		it.each([
			['without the file, as shipped', false],
			['with the file', true],
		])('fills both links and gets ID and link, %s', async (_, downloadVideo) => {
			await withExamples({}, async (setUp, fake) => {
				const execution = await chat(setUp, downloadVideo);
				expect(execution.status).toBe('success');
				const { requests } = services.openai;
				expect(requests[0].tools).toMatchObject([
					{
						name: 'Animate_a_Character',
						description: expect.stringContaining('costs money') as string,
						parameters: { required: Object.keys(links) },
					},
				]);
				expect(bodyOf(fake)).toMatchObject({
					character: { url: links.Character_URL },
					reference: { url: links.Reference_Video_URL },
				});
				const { id } = fake.generations[0];
				const said = String(itemsOf(execution, 'AI Agent')[0].json.output);
				expect(said).toContain(id);
				expect(said).toContain(`${fake.cdnUrl}/videos/${id}.mp4`);
				expect(fake.count('download')).toBe(downloadVideo ? 1 : 0);
				const read = requests.map(({ body }) => body).join();
				expect(read).not.toMatch(/base64/);
				expect(read).not.toContain(VIDEO.toString('base64').slice(0, 40));
				expect(grownBy()).toBeLessThan(2000);
			});
		});

		it('is told the generation ID when there is no video', async () => {
			await withExamples({ failure: MODERATED }, async (setUp, fake) => {
				await chat(setUp);
				const [result] = services.openai.requests[1].toolResults;
				expect(result).toContain('ended without a video');
				expect(result).toContain(fake.generations[0].id);
				expect(grownBy()).toBeLessThan(2000);
			});
		});
	});

	it('every example has been run, here, in patience.test.cts or in queue mode', () => {
		const elsewhere = ['chat-notify', 'mcp-server', 'survive-a-crash'];
		expect([...covered, ...elsewhere].sort()).toEqual(exampleNames().sort());
	});
});
