import { setTimeout as sleep } from 'node:timers/promises';

import { itemsOf } from '../support/n8n/client.cts';
import type { Execution } from '../support/n8n/client.cts';
import { ACT_TWO, actTwoWorkflow, TRIGGER } from '../support/n8n/workflows.cts';
import * as fault from '../support/standin/faults.cts';
import type { Standin } from '../support/standin/server.cts';
import { RELEASE } from './release.cts';
import { startBench, withStandin } from './shared.cts';
import type { Bench } from './shared.cts';

const QUICK = { options: { pollingInterval: 1 }, downloadVideo: false };
const RETRY = { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 };

let bench: Bench;
beforeAll(async () => {
	bench = await startBench();
}, 900_000);
afterAll(async () => await bench?.n8n.stop());

const looked = async (standin: Standin) =>
	await standin.until(
		(log) => log.requests.some(({ generationStatus }) => generationStatus),
		30_000,
	);

/** No request arrives later than a second after `at`, in the time of several looks. */
async function silentSince(standin: Standin, at: number): Promise<void> {
	await sleep(at + 4500 - Date.now());
	expect(standin.requests.filter((request) => request.at > at + 1000)).toEqual([]);
}

function idsReachable({ customData }: Execution, { generations }: Standin): void {
	for (const { id } of generations) expect(JSON.stringify(customData)).toContain(id);
}

describe(`in n8n ${RELEASE}`, () => {
	describe.each([1, 20])('with %i items', (count) => {
		it.each(['the deadline', 'a lost connection'])(
			'after %s, Retry On Fail and Retry buy nothing twice',
			async (cause) => {
				const last = 8000;
				const durationMs = (index: number) => (index < count / 2 && count > 1 ? 500 : last);
				await withStandin(bench.client, { durationMs }, async (standin, credential) => {
					let broken = cause === 'a lost connection';
					standin.fail('retrieve', fault.reset, Infinity, () => broken);
					const items = Array.from({ length: count }, (_, seed) => ({ seed }));
					const options = { pollingInterval: 1, timeout: 2, seed: '={{ $json.seed }}' };
					const workflow = await bench.client.createWorkflow(
						actTwoWorkflow(credential, { ...QUICK, options }, items, RETRY),
					);
					const first = await bench.client.ended(await bench.client.run(workflow, TRIGGER));
					expect(first.status).toBe('error');
					const { message, context } = first.data.resultData.error ?? {};
					expect(message).toContain(context?.generationId);

					broken = false;
					await sleep((standin.generations.at(-1)?.createdAt ?? 0) + last - Date.now());
					const second = await bench.client.ended(await bench.client.retry(first.id));
					expect(second.status).toBe('success');
					const ids = itemsOf(second, ACT_TWO).map(({ json }) => json.id);
					expect(new Set(ids)).toEqual(new Set(standin.generations.map(({ id }) => id)));
					expect(standin.count('create')).toBe(count);
				});
			},
		);
	});

	it('a failed generation is created anew by Retry On Fail', async () => {
		const failure = { name: 'INTERNAL', message: 'Broke' };
		await withStandin(bench.client, { failure }, async (standin, credential) => {
			const workflow = await bench.client.createWorkflow(
				actTwoWorkflow(credential, QUICK, [{}], RETRY),
			);
			await bench.client.ended(await bench.client.run(workflow, TRIGGER));
			expect(standin.count('create')).toBe(2);
		});
	});

	it('every round of Loop Over Items is its own, even with equal items', async () => {
		await withStandin(bench.client, {}, async (standin, credential) => {
			const workflow = actTwoWorkflow(credential, QUICK, [{}, {}, {}], RETRY);
			const to = (node: string) => [{ node, type: 'main', index: 0 }];
			const saved = await bench.client.createWorkflow({
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
			const execution = await bench.client.ended(await bench.client.run(saved, TRIGGER));
			const rounds = execution.data.resultData.runData[ACT_TWO];
			const ids = rounds.map(({ data }) => data?.main[0]?.[0].json.id);
			expect(new Set(ids).size).toBe(3);
			expect(standin.count('create')).toBe(3);
		});
	});

	it('Stop ends it within a second and keeps the IDs; a Retry is refused or runs nothing', async () => {
		await withStandin(bench.client, { durationMs: 600_000 }, async (standin, credential) => {
			const workflow = await bench.client.createWorkflow(
				actTwoWorkflow(credential, QUICK, [{}, {}], RETRY),
			);
			const executionId = await bench.client.run(workflow, TRIGGER);
			await looked(standin);
			const stoppedAt = Date.now();
			await bench.client.stop(executionId);
			await silentSince(standin, stoppedAt);
			const stopped = await bench.client.ended(executionId);
			expect(stopped.status).toBe('canceled');
			expect(itemsOf(stopped, ACT_TWO)).toEqual([]);
			idsReachable(stopped, standin);

			const retried = await bench.client.retry(executionId).then(
				async (id) => JSON.stringify(itemsOf(await bench.client.ended(id), ACT_TWO)),
				({ message }: Error) => message,
			);
			// Which of the two depends on what n8n had saved when Stop came.
			expect(retried).toMatch(/^\[\]$|cannot be retried/);
			expect(standin.count('create')).toBe(2);
		});
	});

	it('the workflow’s timeout stops it just so', async () => {
		await withStandin(bench.client, { durationMs: 600_000 }, async (standin, credential) => {
			const workflow = await bench.client.createWorkflow({
				...actTwoWorkflow(credential, QUICK, [{}, {}], RETRY),
				settings: { executionOrder: 'v1', executionTimeout: 4 },
			});
			const executionId = await bench.client.run(workflow, TRIGGER);
			const ended = await bench.client.ended(executionId);
			await silentSince(standin, Date.now());
			expect(ended.status).toBe('canceled');
			expect(standin.count('create')).toBe(2);
			idsReachable(ended, standin);
		});
	});

	it('a shutdown lets it go on for n8n’s grace period, then ends it; the IDs are in the log', async () => {
		const own = await startBench({ N8N_GRACEFUL_SHUTDOWN_TIMEOUT: '2' });
		await withStandin(own.client, { durationMs: 600_000 }, async (standin, credential) => {
			const workflow = await own.client.createWorkflow(
				actTwoWorkflow(credential, QUICK, [{}, {}], RETRY),
			);
			await own.client.run(workflow, TRIGGER);
			await looked(standin);
			await own.n8n.stop();
			await silentSince(standin, Date.now() - 1000);
			expect(standin.count('create')).toBe(2);
			for (const { id } of standin.generations) expect(own.n8n.log()).toContain(id);
		});
	});
});
