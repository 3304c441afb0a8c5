import type { CreationVerdict } from '../../../nodes/RunwayActTwo/aimlapi/classify';
import { ACT_TWO } from '../../../nodes/RunwayActTwo/aimlapi/model';
import { checkpointsOf } from '../../../nodes/RunwayActTwo/execution/checkpoint';
import type { CheckpointState } from '../../../nodes/RunwayActTwo/execution/checkpoint';
import { CreationGate } from '../../../nodes/RunwayActTwo/limits/creationGate';
import { RateLimiter } from '../../../nodes/RunwayActTwo/limits/rateLimiter';
import { createGeneration } from '../../../nodes/RunwayActTwo/operations/steps/createGeneration';
import type { CreationRequest } from '../../../nodes/RunwayActTwo/operations/steps/creationRequest';
import type { PollVerdict } from '../../../nodes/RunwayActTwo/aimlapi/classify';
import type { SearchResult } from '../../../nodes/RunwayActTwo/polling/logSearch';
import { virtualClock } from '../../support/virtualClock.cts';

const ERROR = { message: 'It broke', description: 'Why.' };
const REQUEST: CreationRequest = {
	characterType: 'image',
	character: {
		kind: 'url',
		label: 'Character',
		role: 'characterImage',
		url: 'https://example.com/c.png',
	},
	reference: {
		kind: 'url',
		label: 'Reference Video',
		role: 'reference',
		url: 'https://example.com/r.mp4',
	},
	settings: { frame_size: 'match' },
	checkLinks: true,
};

const accepted = (id = 'g'): CreationVerdict => ({
	kind: 'accepted',
	created: { id, status: 'queued', usage: {}, otherIds: [] },
});
const rateLimited: CreationVerdict = { kind: 'rateLimited', error: ERROR };
const notSent: CreationVerdict = { kind: 'notSent', error: ERROR };
const rejected: CreationVerdict = { kind: 'rejected', error: ERROR };
const unknown: CreationVerdict = { kind: 'unknown', error: ERROR };
const inLogs = (status: string): SearchResult => ({
	kind: 'found',
	row: { created: '', status, usage: { costUsd: 0.3 }, inferenceId: 'from the logs' },
});

/** A session in virtual time whose API gives these verdicts; what n8n keeps of the node is `kept`. */
function sessionOf(
	verdicts: CreationVerdict[],
	{
		found = { kind: 'notShown' } as SearchResult,
		answerAfterMs = 0,
		polled = { kind: 'notFound', error: ERROR } as PollVerdict,
		kept = {} as Record<string, unknown>,
		request = REQUEST,
		onPost = () => {},
	} = {},
) {
	const clock = virtualClock();
	const stop = new AbortController();
	const posts: string[] = [];
	const searches: Array<[id: string, timeoutMs: number]> = [];
	const logged: string[] = [];
	const noted: unknown[] = [];
	const uploads: number[] = [];
	stop.signal.addEventListener('abort', () => clock.stop(stop.signal.reason));
	const context = {
		getContext: () => kept,
		evaluateExpression: () => 0,
		getInputData: () => [{ json: {} }],
		getExecutionId: () => '1',
		getInstanceId: () => 'i',
		getWorkflow: () => ({ id: 'w' }),
		getNode: () => ({ name: 'n', type: 't' }),
		getWorkflowDataProxy: () => ({ $execution: { customData: new Map() } }),
		logger: {
			info: (line: string) => logged.push(line),
			warn: (line: string) => logged.push(line),
		},
		helpers: {},
	};
	const session = {
		context,
		model: ACT_TWO,
		openCheckpoint: checkpointsOf(context as never),
		client: {
			createGeneration: async (_: unknown, clientRequestId: string) => {
				posts.push(clientRequestId);
				onPost();
				if (answerAfterMs > 0) await clock.sleep(answerAfterMs);
				return verdicts.shift() as CreationVerdict;
			},
			getGeneration: async () => polled,
		},
		findInLogs: async (id: string, _: number, timeoutMs: number) => {
			stop.signal.throwIfAborted();
			searches.push([id, timeoutMs]);
			if (found.kind === 'notShown' && answerAfterMs > 0) await clock.sleep(timeoutMs);
			return found;
		},
		created: new Set(),
		unfinished: new Map(),
		progress: {
			note: (itemIndex: number, progress: string) => noted.push([itemIndex, progress]),
			end: () => {},
		},
		posts: new Set(),
		uploads: {
			run: async (work: () => Promise<unknown>, bytes: number) => {
				uploads.push(bytes);
				return await work();
			},
		},
		clock,
		signal: stop.signal,
	};
	const gate = new CreationGate(new RateLimiter());
	const run = async (waitMs = 300_000, earlier?: CheckpointState) => {
		const checkpoint = session.openCheckpoint(0, ['request']);
		const deadline = clock.elapsed() + waitMs;
		const creation = earlier ? { checkpoint, earlier } : { checkpoint, request };
		return await gate.hold(
			async (slot) => await createGeneration(session as never, creation, 0, { slot, deadline }),
		);
	};
	return { run, posts, searches, logged, noted, uploads, session, kept, clock, stop };
}

it('a creation is sent once and resumed by the next run', async () => {
	const first = sessionOf([accepted()]);
	await expect(first.run()).resolves.toMatchObject({ id: 'g', resumed: false });
	expect(first.logged).toEqual(['Act-Two generation g created']);
	expect(first.noted).toEqual([[0, 'queued']]);
	expect([...first.session.created]).toEqual(['g']);
	expect([...first.session.unfinished]).toEqual([[0, 'g']]);
	expect(first.session.posts.size).toBe(0);
	const second = sessionOf([], { kept: first.kept });
	await expect(second.run()).resolves.toMatchObject({
		...{ id: 'g', status: 'queued', usage: {}, resumed: true },
	});
	expect([...second.session.unfinished]).toEqual([[0, 'g']]);
	expect(second.posts).toEqual([]);
});

it('other IDs of the same response are named in the log', async () => {
	const created = { id: 'g', status: 'queued', usage: {}, otherIds: ['h', 'i'] };
	const { run, logged } = sessionOf([{ kind: 'accepted', created }]);
	await run();
	expect(logged).toEqual(['Act-Two generation g created (also named h, i)']);
});

it('two calls at once share one POST', async () => {
	const { run, posts } = sessionOf([accepted()]);
	const both = await Promise.all([run(), run()]);
	expect(both).toMatchObject([
		{ id: 'g', resumed: false },
		{ id: 'g', resumed: true },
	]);
	expect(posts).toHaveLength(1);
});

it('what was created when the item was read is resumed, whatever is kept by now', async () => {
	const { run, posts } = sessionOf([]);
	const earlier: CheckpointState = { kind: 'created', id: 'e', usage: { costUsd: 0.3 } };
	await expect(run(300_000, earlier)).resolves.toEqual({
		...{ kind: 'created', id: 'e', status: 'queued', usage: { costUsd: 0.3 }, resumed: true },
	});
	expect(posts).toEqual([]);
});

it('what would only fail again is not created again', async () => {
	const { run, posts } = sessionOf([]);
	const failure = { name: 'SAFETY.INPUT', message: 'Moderated' };
	const failed = run(300_000, { kind: 'failed', id: 'f', failure });
	await expect(failed).rejects.toMatchObject({
		generationId: 'f',
		details: {
			message: 'The generation ended without a video',
			description: expect.stringMatching(/ It was not created again\.$/),
		},
	});
	expect(posts).toEqual([]);
});

it('a creation takes room for both of its files', async () => {
	const file = (size: number, mimeType: string) => ({
		...{ kind: 'file' as const, label: 'File', name: 'file', size },
		binary: { data: Buffer.alloc(size).toString('base64'), mimeType },
	});
	const request = {
		...REQUEST,
		character: { ...file(3, 'image/png'), role: 'characterImage' as const },
		reference: { ...file(6, 'video/mp4'), role: 'reference' as const },
	};
	const { run, uploads } = sessionOf([accepted()], { request });
	await run();
	expect(uploads).toEqual([9]);
});

it('a creation fails where the limits leave no room in time, and nothing was sent', async () => {
	const { session, posts } = sessionOf([]);
	const slot = { run: async () => await Promise.resolve({ kind: 'deferred' }) };
	const creation = { checkpoint: session.openCheckpoint(0, ['request']), request: REQUEST };
	const created = createGeneration(session as never, creation, 0, { slot, deadline: 1 } as never);
	await expect(created).rejects.toThrow('AIMLAPI had no room for this video in time');
	expect(posts).toEqual([]);
});

describe('HTTP 429', () => {
	it('is sent again, each time under a request ID of its own, after some time', async () => {
		const { run, posts, clock } = sessionOf([rateLimited, rateLimited, rateLimited, accepted()]);
		await run();
		expect(new Set(posts)).toHaveProperty('size', 4);
		expect(clock.now()).toBe(3 * 2000);
	});

	it('fails at the timeout', async () => {
		const { run, clock } = sessionOf(Array<CreationVerdict>(100).fill(rateLimited));
		await expect(run(10_000)).rejects.toThrow('It broke');
		expect(clock.now()).toBeLessThanOrEqual(10_000);
	});
});

it('no connection is tried four times and leaves nothing behind', async () => {
	const { run, posts, kept } = sessionOf([notSent, notSent, notSent, notSent]);
	await expect(run()).rejects.toThrow('It broke');
	expect(posts).toHaveLength(4);
	expect(kept).toEqual({});
});

it('no connection is tried no longer than there is time', async () => {
	const { run, posts } = sessionOf([notSent, notSent, notSent, notSent]);
	await expect(run(2000)).rejects.toThrow('It broke');
	expect(posts).toHaveLength(2);
});

it('a rejected creation is not sent again, and may be by the next run', async () => {
	const first = sessionOf([rejected]);
	await expect(first.run()).rejects.toThrow('It broke');
	expect(first.posts).toHaveLength(1);
	const second = sessionOf([accepted()], { kept: first.kept });
	await expect(second.run()).resolves.toMatchObject({ id: 'g' });
});

describe('an unknown outcome', () => {
	it('is found again in the logs, with its cost', async () => {
		const { run, posts, searches, logged, session } = sessionOf([unknown], {
			found: inLogs('succeeded'),
		});
		await expect(run(600_000)).resolves.toEqual({
			...{ id: 'from the logs', status: 'queued', resumed: true },
			usage: { costUsd: 0.3 },
		});
		expect(logged).toEqual([
			`Act-Two: It broke. Looking for request ${posts[0]} in AIMLAPI's logs`,
			'Act-Two generation from the logs found again',
		]);
		expect([...session.unfinished]).toEqual([[0, 'from the logs']]);
		expect(posts).toHaveLength(1);
		expect(searches).toEqual([[posts[0], 600_000]]);
	});

	it('is looked for in what is left of the time', async () => {
		const { run, searches } = sessionOf([rateLimited, unknown]);
		await expect(run(60_000)).rejects.toThrow('may have been started');
		expect(searches[0][1]).toBeGreaterThan(50_000);
		expect(searches[0][1]).toBeLessThan(60_000);
	});

	it('is never sent again, and looked for again by the next run', async () => {
		const first = sessionOf([unknown]);
		await expect(first.run()).rejects.toThrow('may have been started');
		const second = sessionOf([], { kept: first.kept });
		await expect(second.run()).rejects.toThrow('may have been started');
		expect(second.posts).toEqual([]);
		expect(second.searches[0][0]).toBe(first.posts[0]);
		const third = sessionOf([], { kept: first.kept, found: inLogs('succeeded') });
		await expect(third.run()).resolves.toMatchObject({ id: 'from the logs' });
		expect(third.posts).toEqual([]);
	});

	it('is looked for by a later run as long as is left since the POST, and briefly after that', async () => {
		const first = sessionOf([unknown]);
		await expect(first.run(600_000)).rejects.toThrow('may have been started');
		for (const [elapsedMs, searchedMs] of [
			[100_000, 500_000],
			[590_000, 16_000],
			[86_400_000, 16_000],
			// Another machine's clock may be ahead.
			[-100_000, 600_000],
		]) {
			const later = sessionOf([], { kept: first.kept });
			later.clock.advance(elapsedMs);
			await expect(later.run(600_000)).rejects.toThrow('may have been started');
			expect(later.searches[0][1]).toBe(searchedMs);
		}
		const impatient = sessionOf([], { kept: first.kept });
		impatient.clock.advance(600_000);
		await expect(impatient.run(4000)).rejects.toThrow('may have been started');
		expect(impatient.searches[0][1]).toBe(4000);
	});

	it('names the request, and why the logs are of no help', async () => {
		const found: SearchResult = {
			kind: 'unreadable',
			error: { message: 'Barred', description: '' },
		};
		const { run, posts } = sessionOf([unknown], { found });
		const thrown = await run().catch((error: unknown) => error);
		const { description } = (thrown as { details: { description: string } }).details;
		expect(description).toContain(posts[0]);
		expect(description).toContain('Barred');
	});

	it('found as failed is found: why it failed is for polling to say', async () => {
		const first = sessionOf([unknown], { found: inLogs('failed') });
		await expect(first.run()).resolves.toMatchObject({ id: 'from the logs', resumed: true });
	});

	it('with an ID beside it is taken up when the API knows that ID', async () => {
		const generation = { id: 'p', status: 'generating', phase: 'running' as const };
		const verdict: CreationVerdict = { ...unknown, possibleId: 'p' };
		const { run, searches } = sessionOf([verdict], { polled: { kind: 'found', generation } });
		await expect(run()).resolves.toMatchObject({ id: 'p', resumed: true });
		expect(searches).toEqual([]);
	});

	it('with an ID of which nothing is said for 16 seconds is looked for in the logs', async () => {
		const polled: PollVerdict = { kind: 'retry', error: ERROR };
		const { run, searches } = sessionOf([{ ...unknown, possibleId: 'p' }], { polled });
		await expect(run(100_000)).rejects.toMatchObject({ generationId: 'p' });
		expect(searches[0][1]).toBe(84_000);
	});

	it('with an ID that nobody knows keeps it in the error', async () => {
		const { run } = sessionOf([{ ...unknown, possibleId: 'p' }]);
		await expect(run()).rejects.toMatchObject({ generationId: 'p' });
	});
});

describe('a stop', () => {
	const stopped = new Error('stopped');

	it('before the POST sends nothing', async () => {
		const { run, posts, stop } = sessionOf([accepted()]);
		stop.abort(stopped);
		await expect(run()).rejects.toBe(stopped);
		expect(posts).toEqual([]);
	});

	it('after a rate limit sends nothing more', async () => {
		const session = sessionOf([rateLimited, accepted()], {
			onPost: () => session.stop.abort(stopped),
		});
		await expect(session.run()).rejects.toBe(stopped);
		expect(session.posts).toHaveLength(1);
		expect(session.kept).toEqual({});
	});

	it('after no connection sends nothing more', async () => {
		const session = sessionOf([notSent, accepted()], { onPost: () => session.stop.abort(stopped) });
		await expect(session.run()).rejects.toBe(stopped);
		expect(session.posts).toHaveLength(1);
	});

	it('during a POST that is accepted keeps its ID', async () => {
		const session = sessionOf([accepted()], { onPost: () => session.stop.abort(stopped) });
		await expect(session.run()).resolves.toMatchObject({ id: 'g' });
		const next = sessionOf([], { kept: session.kept });
		await expect(next.run()).resolves.toMatchObject({ id: 'g', resumed: true });
	});

	it('during a POST of unknown outcome leaves it to be looked for', async () => {
		const session = sessionOf([unknown], { onPost: () => session.stop.abort(stopped) });
		await expect(session.run()).rejects.toBe(stopped);
		const next = sessionOf([], { kept: session.kept, found: inLogs('succeeded') });
		await expect(next.run()).resolves.toMatchObject({ id: 'from the logs' });
		expect(next.posts).toEqual([]);
	});
});

describe('a POST without an answer', () => {
	it('has half of the time for it', async () => {
		const { run, searches, clock } = sessionOf([accepted()], { answerAfterMs: 100_000 });
		await expect(run()).resolves.toMatchObject({ id: 'g', resumed: false });
		expect(searches).toEqual([]);
		expect(clock.elapsed()).toBe(100_000);
	});

	it('is searched for in the other half', async () => {
		const { run, posts, searches, clock } = sessionOf([accepted('late')], {
			answerAfterMs: 100_000,
			found: inLogs('succeeded'),
		});
		clock.advance(50_000);
		await expect(run(120_000)).resolves.toMatchObject({ id: 'from the logs' });
		expect(clock.elapsed()).toBe(110_000);
		expect(searches).toEqual([[posts[0], 60_000]]);
	});

	it.each<[what: string, found: SearchResult]>([
		['do not show it', { kind: 'notShown' }],
		['cannot be read', { kind: 'unreadable', error: ERROR }],
	])('that is answered late is taken up though the logs %s', async (_, found) => {
		const { run, clock } = sessionOf([accepted()], { answerAfterMs: 100_000, found });
		await expect(run(120_000)).resolves.toMatchObject({ id: 'g', status: 'queued', resumed: true });
		expect(clock.elapsed()).toBeLessThanOrEqual(120_000);
	});

	it('that is accepted late where something else is known by then remains unclear', async () => {
		const { run, kept, clock } = sessionOf([accepted()], { answerAfterMs: 100_000 });
		const created = run(120_000);
		void clock.sleep(90_000).then(() => {
			for (const key of Object.keys(kept)) kept[key] = JSON.stringify(['sent', 'other', 0]);
		});
		await expect(created).rejects.toThrow('may have been started');
	});

	it('holds its item no longer than the time there is, and is saved all the same', async () => {
		const first = sessionOf([accepted()], { answerAfterMs: 100_000 });
		await expect(first.run(60_000)).rejects.toThrow('may have been started');
		expect(first.clock.elapsed()).toBe(60_000);
		await first.clock.sleep(50_000);
		const second = sessionOf([], { kept: first.kept });
		await expect(second.run()).resolves.toMatchObject({ id: 'g', resumed: true });
	});

	it.each([
		['is refused', rejected],
		['was never sent, as is known after minutes', notSent],
	])('that %s late fails without any doubt, and may be sent again', async (_, verdict) => {
		const first = sessionOf([verdict], { answerAfterMs: 127_000 });
		const error = await first.run(200_000).catch(({ message }: Error) => message);
		expect(error).toBe('It broke');
		expect(first.kept).toEqual({});
	});

	it('never overwrites what came after it', async () => {
		const first = sessionOf([accepted('abandoned')], { answerAfterMs: 100_000 });
		await expect(first.run(60_000)).rejects.toThrow('may have been started');
		const [key] = Object.keys(first.kept);
		first.kept[key] = JSON.stringify(['created', 'newer']);
		await first.clock.sleep(50_000);
		expect(first.kept[key]).toBe(JSON.stringify(['created', 'newer']));
	});
});
