import { itemsOf } from '../support/n8n/client.cts';
import { RELEASE } from '../support/n8n/release.cts';
import { startN8nSession, withFakeAimlapi } from '../support/n8n/session.cts';
import type { N8nSession } from '../support/n8n/session.cts';
import { ACT_TWO, actTwoWorkflow, TRIGGER } from '../support/n8n/workflows.cts';

const ITEMS = 1000;
const MAX_RUN_MS = 240_000;

let session: N8nSession;
beforeAll(async () => {
	session = await startN8nSession();
}, 900_000);
afterAll(async () => await session?.n8n.stop());

it(
	`in n8n ${RELEASE}, ${ITEMS} items at once all get their own video, in order and for one POST each`,
	async () => {
		// In an order that is not theirs.
		const durationMs = (index: number) => 15_000 + ((index * 389) % ITEMS) * 5;
		await withFakeAimlapi(session.client, { durationMs }, async (fake, credential) => {
			const { client } = session;
			const items = Array.from({ length: ITEMS }, (_, seed) => ({ seed }));
			const options = {
				seed: '={{ $json.seed }}',
				maxConcurrentGenerations: ITEMS,
				checkLinks: false,
			};
			const saved = await client.createWorkflow(actTwoWorkflow(credential, { options }, items));
			const execution = await client.ended(await client.run(saved, TRIGGER), MAX_RUN_MS);
			expect(execution.data.resultData.error?.message).toBeUndefined();
			const creations = fake.requests.filter(({ kind }) => kind === 'create');
			expect(creations).toHaveLength(ITEMS);
			const bySeed = new Map(
				creations.map(({ body, generationId }) => [
					(body as { seed: number }).seed,
					generationId as string,
				]),
			);
			const given = itemsOf(execution, ACT_TWO);
			expect(given.map(({ json }) => json.id)).toEqual(items.map(({ seed }) => bySeed.get(seed)));
			expect(given.filter(({ binary }) => binary?.data.mimeType !== 'video/mp4')).toEqual([]);
		});
	},
	MAX_RUN_MS + 60_000,
);

it(`in n8n ${RELEASE}, 150 items keep to the 20 requests a second that the API takes`, async () => {
	const server = { durationMs: 12_000, maxRequestsPerSecond: 20 };
	await withFakeAimlapi(session.client, server, async (fake, credential) => {
		const { client } = session;
		const options = { maxConcurrentGenerations: 150, checkLinks: false };
		const saved = await client.createWorkflow(
			actTwoWorkflow(credential, { options, downloadVideo: false }, Array(150).fill({})),
		);
		const execution = await client.ended(await client.run(saved, TRIGGER), MAX_RUN_MS);
		expect(execution.data.resultData.error?.message).toBeUndefined();
		expect(itemsOf(execution, ACT_TWO)).toHaveLength(150);
		expect(fake.generations).toHaveLength(150);
		const later = fake.requests.filter(({ at }) => at > fake.requests[0].at + 10_000);
		const refused = later.filter(({ status }) => status === 429);
		// Of a node that knows no limit it is most. In virtual time it is below 0.05 (unit/limits/manyItems);
		// here a busy machine is late to learn of each refusal.
		expect(refused.length / later.length).toBeLessThan(0.15);
	});
}, 120_000);
