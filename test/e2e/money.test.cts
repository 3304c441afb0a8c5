import { setTimeout as sleep } from 'node:timers/promises';

import { itemsOf } from '../support/n8n/client.cts';
import type { Execution } from '../support/n8n/client.cts';
import {
	ACT_TWO,
	actTwoWorkflow,
	errorWorkflow,
	onWebhook,
	TRIGGER,
} from '../support/n8n/workflows.cts';
import * as fault from '../support/fakeAimlapi/faults.cts';
import type { FakeAimlapi } from '../support/fakeAimlapi/server.cts';
import { NEWEST_RELEASE, RELEASE } from '../support/n8n/release.cts';
import { startN8nSession, withFakeAimlapi } from '../support/n8n/session.cts';
import type { N8nSession } from '../support/n8n/session.cts';

const QUICK = { options: { pollingInterval: 1 }, downloadVideo: false };
/** Each repeats its last status check for half a minute. */
const TWO_TRIES_MS = 120_000;
const RETRY = { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 };

let session: N8nSession;
beforeAll(async () => {
	session = await startN8nSession();
}, 900_000);
afterAll(async () => await session?.n8n.stop());

const polled = async (fake: FakeAimlapi) =>
	await fake.until((log) => log.requests.some(({ generationStatus }) => generationStatus), 30_000);

/** No request arrives later than a second after `at`, in the time of several polls. */
async function silentSince(fake: FakeAimlapi, at: number): Promise<void> {
	await sleep(at + 4500 - Date.now());
	expect(fake.requests.filter((request) => request.at > at + 1000)).toEqual([]);
}

function idsReachable({ customData }: Execution, { generations }: FakeAimlapi): void {
	for (const { id } of generations) expect(JSON.stringify(customData)).toContain(id);
}

describe(`in n8n ${RELEASE}`, () => {
	describe.each([1, 20])('with %i items', (count) => {
		it.each(['the deadline', 'a lost connection'])(
			'after %s, Retry On Fail and Retry buy nothing twice',
			async (cause) => {
				const last = 15_000;
				const durationMs = (index: number) => (index < count / 2 && count > 1 ? 500 : last);
				await withFakeAimlapi(session.client, { durationMs }, async (fake, credential) => {
					let broken = cause === 'a lost connection';
					fake.fail('retrieve', fault.reset, Infinity, () => broken);
					const items = Array.from({ length: count }, (_, seed) => ({ seed }));
					const options = { pollingInterval: 1, timeout: 2, seed: '={{ $json.seed }}' };
					const workflow = await session.client.createWorkflow(
						actTwoWorkflow(credential, { ...QUICK, options }, items, RETRY),
					);
					const first = await session.client.ended(
						await session.client.run(workflow, TRIGGER),
						TWO_TRIES_MS,
					);
					expect(first.status).toBe('error');
					const { message, context } = first.data.resultData.error ?? {};
					expect(message).toContain(context?.generationId);

					broken = false;
					await sleep((fake.generations.at(-1)?.createdAt ?? 0) + last - Date.now());
					const second = await session.client.ended(await session.client.retry(first.id));
					expect(second.status).toBe('success');
					const ids = itemsOf(second, ACT_TWO).map(({ json }) => json.id);
					expect(new Set(ids)).toEqual(new Set(fake.generations.map(({ id }) => id)));
					expect(fake.count('create')).toBe(count);
				});
			},
			2 * TWO_TRIES_MS,
		);
	});

	it('a failed generation is created again by Retry On Fail', async () => {
		const failure = { name: 'INTERNAL', message: 'Broke' };
		await withFakeAimlapi(session.client, { failure }, async (fake, credential) => {
			const workflow = await session.client.createWorkflow(
				actTwoWorkflow(credential, QUICK, [{}], RETRY),
			);
			await session.client.ended(await session.client.run(workflow, TRIGGER));
			expect(fake.count('create')).toBe(2);
		});
	});

	it('every round of Loop Over Items is its own, even with equal items', async () => {
		await withFakeAimlapi(session.client, {}, async (fake, credential) => {
			const workflow = actTwoWorkflow(credential, QUICK, [{}, {}, {}], RETRY);
			const to = (node: string) => [{ node, type: 'main', index: 0 }];
			const saved = await session.client.createWorkflow({
				...workflow,
				nodes: [
					...workflow.nodes,
					{
						id: 'loop',
						name: 'Loop',
						type: 'n8n-nodes-base.splitInBatches',
						typeVersion: 3,
						position: [660, 200],
						parameters: {},
					},
				],
				connections: {
					...workflow.connections,
					Items: { main: [to('Loop')] },
					Loop: { main: [[], to(ACT_TWO)] },
					[ACT_TWO]: { main: [to('Loop')] },
				},
			});
			const execution = await session.client.ended(await session.client.run(saved, TRIGGER));
			const rounds = execution.data.resultData.runData[ACT_TWO];
			const ids = rounds.map(({ data }) => data?.main[0]?.[0].json.id);
			expect(new Set(ids).size).toBe(3);
			expect(fake.count('create')).toBe(3);
		});
	});

	it('Stop ends it within a second and keeps the IDs; a Retry is refused or runs nothing', async () => {
		await withFakeAimlapi(session.client, { durationMs: 600_000 }, async (fake, credential) => {
			const workflow = await session.client.createWorkflow(
				actTwoWorkflow(credential, QUICK, [{}, {}], RETRY),
			);
			const executionId = await session.client.run(workflow, TRIGGER);
			await polled(fake);
			const stoppedAt = Date.now();
			await session.client.stop(executionId);
			await silentSince(fake, stoppedAt);
			const stopped = await session.client.ended(executionId);
			expect(stopped.status).toBe('canceled');
			expect(itemsOf(stopped, ACT_TWO)).toEqual([]);
			idsReachable(stopped, fake);

			const retried = await session.client.retry(executionId).then(
				async (id) => JSON.stringify(itemsOf(await session.client.ended(id), ACT_TWO)),
				({ message }: Error) => message,
			);
			// Which of the two depends on what n8n had saved when Stop came.
			expect(retried).toMatch(/^\[\]$|cannot be retried/);
			expect(fake.count('create')).toBe(2);
		});
	});

	it('the workflow’s timeout stops it just so', async () => {
		await withFakeAimlapi(session.client, { durationMs: 600_000 }, async (fake, credential) => {
			const workflow = await session.client.createWorkflow({
				...actTwoWorkflow(credential, QUICK, [{}, {}], RETRY),
				settings: { executionOrder: 'v1', executionTimeout: 4 },
			});
			const executionId = await session.client.run(workflow, TRIGGER);
			const ended = await session.client.ended(executionId);
			await silentSince(fake, Date.now());
			expect(ended.status).toBe('canceled');
			expect(fake.count('create')).toBe(2);
			idsReachable(ended, fake);
		});
	});

	it.each([
		['the workflow’s timeout', 'timed-out'],
		['Stop', 'stopped'],
	])(
		'after %s the error workflow gets the IDs, and the status stays what it is',
		async (cause, path) => {
			await withFakeAimlapi(session.client, { durationMs: 600_000 }, async (fake, credential) => {
				const errors = await session.client.createWorkflow(errorWorkflow());
				if (RELEASE === NEWEST_RELEASE) await session.client.activate(errors.id);
				const workflow = await session.client.createWorkflow({
					...onWebhook(actTwoWorkflow(credential, QUICK, [{}, {}]), path),
					settings: {
						executionOrder: 'v1',
						errorWorkflow: errors.id,
						...(cause !== 'Stop' && { executionTimeout: 10 }),
					},
				});
				await session.client.activate(workflow.id);
				try {
					// Live a moment after activation.
					while (!(await fetch(`${session.n8n.url}/webhook/${path}`)).ok) await sleep(250);
					await polled(fake);
					if (cause === 'Stop') {
						const [{ id }] = await session.client.executionsOf(workflow.id);
						await session.client.stop(id);
					}
				} finally {
					await session.client.deactivate(workflow.id);
				}
				const ended = await session.client.startedElsewhere(workflow.id);
				expect(ended.status).toBe('canceled');
				const reported = await session.client.startedElsewhere(errors.id);
				const [{ json }] = itemsOf(reported, 'Error Trigger');
				for (const { id } of fake.generations) expect(JSON.stringify(json)).toContain(id);
				expect(JSON.stringify(json)).toContain('Generation IDs');
			});
		},
	);

	it('a shutdown lets it go on for n8n’s grace period, then ends it; the IDs are in the log', async () => {
		const own = await startN8nSession({ N8N_GRACEFUL_SHUTDOWN_TIMEOUT: '2' });
		await withFakeAimlapi(own.client, { durationMs: 600_000 }, async (fake, credential) => {
			const workflow = await own.client.createWorkflow(
				actTwoWorkflow(credential, QUICK, [{}, {}], RETRY),
			);
			await own.client.run(workflow, TRIGGER);
			await polled(fake);
			await own.n8n.stop();
			await silentSince(fake, Date.now() - 1000);
			expect(fake.count('create')).toBe(2);
			for (const { id } of fake.generations) expect(own.n8n.log()).toContain(id);
		});
	});
});
