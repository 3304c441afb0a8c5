import { stringify } from 'flatted';

import { itemsOf } from '../support/n8n/client.cts';
import { RELEASE } from '../support/n8n/release.cts';
import { startN8nSession, withFakeAimlapi } from '../support/n8n/session.cts';
import type { N8nSession } from '../support/n8n/session.cts';
import { ACT_TWO, actTwoWorkflow, TRIGGER } from '../support/n8n/workflows.cts';

const ITEMS = 1000;
const LONGEST_MS = 240_000;

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
			const execution = await client.ended(await client.run(saved, TRIGGER), LONGEST_MS);
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
			const start = creations[0].at;
			const per10s: number[] = [];
			for (const { at } of fake.requests) { const i = Math.floor((at - start) / 1000); per10s[i] = (per10s[i] ?? 0) + 1; }
			console.log('bytes per item', stringify(execution.data).length / ITEMS, JSON.stringify(given[5]), per10s.join(' '), (execution as any).stoppedAt, new Date(start).toISOString());
		});
	},
	LONGEST_MS + 60_000,
);
