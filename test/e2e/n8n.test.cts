import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';

import { itemsOf } from '../support/n8n/client.cts';
import { ACT_TWO, actTwoWorkflow, TRIGGER } from '../support/n8n/workflows.cts';
import * as fault from '../support/fakeAimlapi/faults.cts';
import { NEWEST_RELEASE, RELEASE } from '../support/n8n/release.cts';
import { runWorkflow, startN8nSession, withFakeAimlapi } from '../support/n8n/session.cts';
import type { N8nSession } from '../support/n8n/session.cts';

const VIDEO = readFileSync('test/support/fakeAimlapi/assets/video.mp4');
const QUICK = { options: { pollingInterval: 1 } };

let session: N8nSession;
beforeAll(async () => {
	session = await startN8nSession();
}, 900_000);
afterAll(async () => await session?.n8n.stop());

describe(`in n8n ${RELEASE}`, () => {
	it('the package is installed, with icons for light and dark', async () => {
		const list = (await session.client.nodeTypes()) as Array<{ name: string; iconUrl?: object }>;
		const node = list.find(({ name }) => name === 'n8n-nodes-runway-act-two.runwayActTwo');
		const { light, dark } = node?.iconUrl as { light: string; dark: string };
		for (const icon of [light, dark]) {
			const { statusCode, body } = await request(`${session.n8n.url}/${icon}`);
			expect(statusCode).toBe(200);
			expect(await body.text()).toContain('<svg');
		}
	});

	it('works beside a package that defines the credential type aimlApi', async () => {
		await withFakeAimlapi(session.client, {}, async (fake, credential) => {
			const data = { token: 'of-the-neighbour', baseUrl: fake.url };
			const theirs = await session.client.createCredential('Theirs', 'aimlApi', data);
			const test = { id: theirs.id, name: 'Theirs', type: 'aimlApi', data };
			await session.client.testCredential(test);
			expect(fake.requests.at(-1)?.authorization).toBe('Neighbour of-the-neighbour');

			await runWorkflow(session.client, actTwoWorkflow(credential, { operation: 'create' }));
			expect(fake.requests.at(-1)?.authorization).toBe(`Bearer ${fake.key}`);
		});
	});

	it('Create Video and Wait gives the link and the very file', async () => {
		await withFakeAimlapi(session.client, {}, async (fake, credential) => {
			const execution = await runWorkflow(session.client, actTwoWorkflow(credential, QUICK));
			expect(execution.status).toBe('success');
			const [{ json, binary }] = itemsOf(execution, ACT_TWO);
			expect(json).toMatchObject({ id: fake.generations[0].id, status: 'completed' });
			const { id = '', data = '' } = binary?.data ?? {};
			const content = id ? await session.client.binary(id) : Buffer.from(data, 'base64');
			expect(content.equals(VIDEO)).toBe(true);
			const downloads = fake.requests.filter(({ kind }) => kind === 'download');
			expect(downloads.map(({ authorization }) => authorization)).toEqual([undefined]);
		});
	});

	it('Create Video, then Wait for Video and Get Video by ID', async () => {
		await withFakeAimlapi(session.client, {}, async (fake, credential) => {
			const create = actTwoWorkflow(credential, { operation: 'create' });
			const created = await runWorkflow(session.client, create);
			const [{ json }] = itemsOf(created, ACT_TWO);
			expect(json).toMatchObject({ id: fake.generations[0].id, status: 'queued' });
			for (const operation of ['wait', 'get']) {
				const workflow = actTwoWorkflow(credential, { operation, generationId: json.id });
				const execution = await runWorkflow(session.client, workflow);
				expect(itemsOf(execution, ACT_TWO)[0].json).toMatchObject({
					id: json.id,
					status: 'completed',
				});
			}
			expect(fake.count('create')).toBe(1);
		});
	});

	it('expressions give each of 20 items its own video, in order', async () => {
		await withFakeAimlapi(session.client, {}, async (fake, credential) => {
			const items = Array.from({ length: 20 }, (_, seed) => ({ seed }));
			const workflow = actTwoWorkflow(
				credential,
				{ options: { pollingInterval: 1, seed: '={{ $json.seed }}' }, downloadVideo: false },
				items,
			);
			const execution = await runWorkflow(session.client, workflow);
			const ids = itemsOf(execution, ACT_TWO).map(({ json }) => json.id);
			const bySeed = new Map(
				fake.requests
					.filter(({ kind }) => kind === 'create')
					.map(({ body, generationId }) => [(body as { seed: number }).seed, generationId]),
			);
			expect(ids).toEqual(items.map(({ seed }) => bySeed.get(seed)));
			expect(fake.count('create')).toBe(20);
		});
	});

	it.each(['continueRegularOutput', 'continueErrorOutput'])(
		'%s carries the generation ID on',
		async (onError) => {
			const failure = { name: 'SAFETY.OUTPUT.VIDEO', message: 'Moderated' };
			await withFakeAimlapi(session.client, { failure }, async (fake, credential) => {
				const workflow = actTwoWorkflow(credential, QUICK, [{}], { onError });
				const execution = await runWorkflow(session.client, workflow);
				expect(execution.status).toBe('success');
				const output = onError === 'continueErrorOutput' ? 1 : 0;
				const [item] = itemsOf(execution, ACT_TWO, output);
				expect(item.json.error).toMatchObject({ generationId: fake.generations[0].id });
				expect(item.pairedItem).toEqual({ item: 0 });
			});
		},
	);

	it('a POST of unknown outcome is never repeated: Retry looks for its generation', async () => {
		await withFakeAimlapi(session.client, {}, async (fake, credential) => {
			let barred = true;
			fake.fail('create', fault.accepted(fault.reset));
			fake.fail('logs', fault.status(403, 'Forbidden'), Infinity, () => barred);
			const workflow = await session.client.createWorkflow(
				actTwoWorkflow(credential, QUICK, [{}], { retryOnFail: true, waitBetweenTries: 0 }),
			);
			const first = await session.client.ended(await session.client.run(workflow, TRIGGER));
			expect(first.data.resultData.error?.message).toContain('may have been started');
			const second = await session.client.ended(await session.client.retry(first.id));
			expect(second.status).toBe('error');
			barred = false;
			const third = await session.client.ended(await session.client.retry(first.id));
			expect(third.status).toBe('success');
			expect(itemsOf(third, ACT_TWO)[0].json.id).toBe(fake.generations[0].id);
			expect(fake.count('create')).toBe(1);
		});
	});

	it('the credential’s test passes with the key and fails with a wrong one', async () => {
		await withFakeAimlapi(session.client, {}, async (fake) => {
			const test = async (apiKey: string) => {
				const data = { apiKey, baseUrl: `${fake.url}//` };
				const { id } = await session.client.createCredential('Test', 'aimlapiApi', data);
				return await session.client.testCredential({ id, name: 'Test', type: 'aimlapiApi', data });
			};
			expect((await test(fake.key)).status).toBe('OK');
			expect((await test('wrong')).status).toBe('Error');
			fake.fail('billing', fault.status(403, 'Forbidden'), 1);
			const limited = await test(fake.key);
			expect(limited.status).toBe('Error');
			// n8n 1 shows its own words for an error status, and other ones for 401.
			const words = RELEASE === NEWEST_RELEASE ? "isn't allowed to read the balance" : 'Forbidden';
			expect(limited.message).toContain(words);
		});
	});

	it.each(['/v1', '/v2/', ''])('key and Base URL%s work as pasted', async (version) => {
		await withFakeAimlapi(session.client, {}, async (fake) => {
			const data = { apiKey: ` Bearer ${fake.key}\n`, baseUrl: ` ${fake.url}${version} ` };
			const { id } = await session.client.createCredential('Pasted', 'aimlapiApi', data);
			const credential = { id, name: 'Pasted', type: 'aimlapiApi', data };
			expect((await session.client.testCredential(credential)).status).toBe('OK');
			const execution = await runWorkflow(session.client, actTwoWorkflow(id, QUICK));
			expect(execution.status).toBe('success');
		});
	});

	it('the key is nowhere in the log or the database', async () => {
		const key = 'aimlapi-secret-key-0123456789';
		await withFakeAimlapi(
			session.client,
			{ key, failure: { name: 'INTERNAL', message: 'broke' } },
			async (_, id) => {
				await runWorkflow(session.client, actTwoWorkflow(id, QUICK));
			},
		);
		expect(session.n8n.log()).not.toContain(key);
		const folder = join(session.n8n.userFolder, '.n8n');
		const files = readdirSync(folder).filter((name) => name.startsWith('database.sqlite'));
		expect(files).toContain('database.sqlite');
		for (const file of files) {
			expect(readFileSync(join(folder, file)).includes(key)).toBe(false);
		}
	});
});
