import { execFile } from 'node:child_process';

import { PRICINGS } from '../support/fakeAimlapi/account.cts';
import { startFakeAimlapi } from '../support/fakeAimlapi/server.cts';
import type { FakeAimlapi, FakeAimlapiOptions } from '../support/fakeAimlapi/server.cts';
import {
	accepted,
	body,
	expiredLink,
	hang,
	html,
	redirect,
	reset,
	status,
	trickle,
	truncated,
} from '../support/fakeAimlapi/faults.cts';
import { readInputs } from './inputs.cts';
import { probe } from './probe.cts';
import { QUESTIONS } from './report.cts';
import type { QuestionName } from './report.cts';

const KEY = 'secret-key-0123456789';

let fake: FakeAimlapi;
const start = async (options: FakeAimlapiOptions = {}) => {
	fake = await startFakeAimlapi({ key: KEY, durationMs: 60, ...options });
	return fake;
};
afterEach(async () => await fake.close());

/** The two large files are a twentieth of their size unless `sizes` says otherwise. */
const ask = async ({
	mayPay = true,
	requestTimeoutMs = 5000,
	timeoutMs = 600,
	sizes = 1 / 20,
} = {}) => {
	const asked: string[] = [];
	const inputs = await readInputs();
	const report = String(
		await probe({
			baseUrl: fake.url,
			key: KEY,
			heading: ['Report'],
			inputs: {
				...inputs,
				bodyOf: async (characters) => await inputs.bodyOf(Math.round(characters * sizes)),
			},
			pace: { pollMs: 20, timeoutMs, logsAfterEndMs: 100 },
			requestTimeoutMs,
			mayPay: async (costs) => {
				asked.push(costs);
				return await Promise.resolve(mayPay);
			},
			say: () => {},
		}),
	);
	const rows = report.split('\n').filter((line) => line.startsWith('| ') && line.endsWith(' |'));
	const answers = Object.fromEntries(
		Object.entries(QUESTIONS).map(([name, question]) => [
			name,
			rows.find((row) => row.startsWith(`| ${question} | `))?.slice(question.length + 5, -2),
		]),
	) as Record<QuestionName, string | undefined>;
	return { report, answers, asked };
};

describe('the probe', () => {
	it('answers every question, and asks before it pays', async () => {
		await start();
		const { answers, asked } = await ask({ sizes: 1, timeoutMs: 60_000 });
		const sizes = fake.requests.map(({ body: sent }) => JSON.stringify(sent ?? '').length);
		for (const megabytes of [4, 8]) {
			expect(sizes.filter((size) => Math.abs(size - megabytes * 1024 ** 2) < 1000)).toHaveLength(1);
		}
		expect(asked).toEqual([
			expect.stringMatching(/one generation of 3 seconds.* about 0\.195 USD, and 0\.585 USD if/),
		]);
		expect(answers).toMatchObject({
			price: 'At most 0.065 USD a second (fixed).',
			schema: 'Yes: fields, lists and limits.',
			key: 'The balance.',
			id: expect.stringMatching(/^`[9a]{8}-[9a-]{27}` in id, x-inference-id/),
			headers: expect.stringContaining('The request ID is echoed.'),
			statuses: expect.stringContaining('completed at 0.'),
			logs: expect.stringContaining('succeeded, 0.325 USD at 0.'),
			frameSize: 'No: 1280 × 720 was asked for, 480 × 480 came (h264).',
			sound: 'No. The reference has some.',
			link: expect.stringMatching(
				/^24.0 hours, by the time in its token. It answers video\/mp4, \d+ bytes\.$/,
			),
			cost: expect.stringMatching(/^0\.195 USD estimated .* 0\.325 USD by the usage logs/),
			fourMegabytes: expect.stringMatching(/^Yes; then completed/),
			eightMegabytes: expect.stringMatching(/^Yes; then completed/),
		});
		expect(answers.offered).toContain('It is not on the list of retired models.');
		expect(fake.count('create')).toBe(3);
	});

	it('pays for nothing when it may not, and reports what is free', async () => {
		await start();
		const { answers } = await ask({ mayPay: false });
		expect(fake.count('create')).toBe(0);
		expect(answers).toMatchObject({ schema: 'Yes: fields, lists and limits.', id: 'Not asked.' });
	});

	it('shows no key, no token of a link and no whole ID, even when the API repeats them', async () => {
		await start();
		fake.fail('billing', status(403, `Key ${KEY} of someone@example.org: no`));
		fake.fail('retrieve', body(JSON.stringify({ status: 'error', error: `Bearer ${KEY}` })), 1);
		const { report } = await ask();
		expect(report).not.toContain(KEY);
		expect(report).not.toContain('someone@example.org');
		for (const { id, clientRequestId } of fake.generations) {
			expect(report).not.toContain(id);
			expect(report).not.toContain(clientRequestId);
		}
		expect(report).not.toMatch(/_jwt=|eyJ/);
	});

	it.each<[id: string | number, form: string]>([
		['a1b2c3d4-0000-4000-8000-000000000000:runway/act_two', '`a9a9a9a9-9999'],
		['-V1StGXR8_Z5jdHi6B-my', '`-A9AaAAA9_A9aaAa9A-aa` in id'],
		[Number.MAX_SAFE_INTEGER, '`9999999999999999` in id'],
	])('tells the form of the ID %s', async (id, form) => {
		await start({ makeId: () => id });
		expect((await ask()).answers.id).toContain(form);
	});

	it('finds an ID that only the header has', async () => {
		await start({ idIn: 'header' });
		expect((await ask()).answers.id).toContain('in x-inference-id');
	});

	it('finds a generation again whose response was lost, and sends it only once', async () => {
		await start();
		fake.fail('create', accepted(reset));
		const { answers } = await ask();
		expect(answers.id).toMatch(/^No response came\. The logs have it: `[9a-]+`/);
		expect(answers.statuses).toContain('completed');
		expect(fake.count('create')).toBe(3);
	});

	it('says which of the large files are refused, and in which words', async () => {
		await start();
		const large = ({ body: sent }: { body?: unknown }) => JSON.stringify(sent).length > 100_000;
		fake.fail('create', status(400, 'Asset size exceeds 5.0MB.'), 1, large);
		fake.fail('create', status(413, 'Payload Too Large'), 1, large);
		const { answers } = await ask();
		expect(answers.fourMegabytes).toMatch(/^No: HTTP 400, .*Asset size exceeds 5\.0MB\./);
		expect(answers.eightMegabytes).toMatch(/^No: HTTP 413, .*Payload Too Large/);
	});

	const FAILURE = { name: 'INPUT_PREPROCESSING', message: 'No face' };

	it.each<[string, FakeAimlapiOptions, () => void, Partial<Record<QuestionName, string>>, number]>([
		['the key is wrong', { key: 'another' }, () => {}, { key: 'HTTP 401', id: 'HTTP 401' }, 1],
		[
			'credits are out',
			{},
			() => fake.fail('create', status(403, 'out of credits')),
			{ id: 'out of credits' },
			1,
		],
		[
			'the request rate is limited',
			{},
			() => fake.fail('create', status(429, 'Too Many Requests')),
			{ id: 'HTTP 429' },
			1,
		],
		[
			'the creation answers a page',
			{},
			() => fake.fail('create', html(502)),
			{ id: 'HTTP 502', logs: 'never' },
			1,
		],
		[
			'the creation is redirected',
			{},
			() => fake.fail('create', redirect('https://example.com')),
			{ id: 'HTTP 302' },
			1,
		],
		['the creation hangs', {}, () => fake.fail('create', hang), { id: 'No response came' }, 1],
		[
			'the creation trickles',
			{},
			() => fake.fail('create', trickle(20)),
			{ id: 'No response came' },
			1,
		],
		[
			'the creation answers no JSON',
			{},
			() => fake.fail('create', body('<ok>', 201)),
			{ id: 'None was found' },
			1,
		],
		[
			'status checks fail now and then',
			{},
			() => fake.fail('retrieve', status(503), 2),
			{ statuses: 'HTTP 503' },
			3,
		],
		[
			'status checks break off',
			{},
			() => fake.fail('retrieve', reset, 99),
			{ statuses: 'None was read', link: 'had not ended' },
			1,
		],
		[
			'it never ends',
			{ durationMs: 1e6 },
			() => {},
			{ statuses: 'It had not ended', frameSize: 'had not ended' },
			1,
		],
		[
			'it ends without a video',
			{ failure: FAILURE },
			() => {},
			{ statuses: 'error', frameSize: 'No face', link: 'No face' },
			3,
		],
		[
			'the key may not read the logs',
			{},
			() => fake.fail('logs', status(403, 'no'), 99),
			{ logs: 'HTTP 403' },
			3,
		],
		['the logs lag', { logsLagMs: 1e6 }, () => {}, { logs: 'They never showed it.' }, 3],
		[
			'the logs break',
			{},
			() => fake.fail('logs', reset, 99),
			{ logs: 'They never showed it.' },
			3,
		],
		[
			'the link has expired',
			{},
			() => fake.fail('download', expiredLink, 9),
			{ link: '24.0 hours', frameSize: 'HTTP 403' },
			3,
		],
		[
			'the video breaks off',
			{},
			() => fake.fail('download', truncated, 9),
			{ link: '24.0 hours', sound: 'Not answered' },
			3,
		],
		[
			'the catalogue is down',
			{},
			() => fake.fail('catalogue', status(503)),
			{ offered: 'HTTP 503', price: 'HTTP 503', cost: 'nothing known estimated' },
			3,
		],
		[
			'the price cannot be quoted',
			{ catalogue: { pricing: PRICINGS.variable } },
			() => {},
			{ price: 'Not in a form that can be read: {"kind":"variable"}', cost: 'nothing known' },
			3,
		],
		[
			'the model has gone from the catalogue',
			{ catalogue: { id: 'runway/act_three' } },
			() => {},
			{ offered: 'The catalogue does not list it.' },
			3,
		],
		[
			'the balance is no number',
			{},
			() => fake.fail('billing', body('{}'), 9),
			{ key: 'Not the balance' },
			3,
		],
	])('still reports when %s', async (_what, options, misbehave, expected, creations) => {
		await start(options);
		misbehave();
		const { report, answers } = await ask({ requestTimeoutMs: 1000 });
		for (const [name, text] of Object.entries(expected)) {
			expect(answers[name as QuestionName]).toContain(text);
		}
		for (const answer of Object.values(answers)) expect(answer).toMatch(/\S/);
		expect(report).not.toContain(KEY);
		expect(fake.count('create')).toBe(creations);
	});
});

describe('npm run probe', () => {
	const run = async (input: string, env: NodeJS.ProcessEnv) =>
		await new Promise<string>((done) => {
			const command = execFile(
				process.execPath,
				['--require', 'tsx/cjs', 'test/probe/cli.cts'],
				{ env: { ...process.env, ...env } },
				(_error, stdout, stderr) => done(stdout + stderr),
			);
			command.stdin?.end(input);
		});

	it.each(['no\n', '', 'y\n'])('pays for nothing when the answer is %j', async (answer) => {
		await start();
		const said = await run(answer, { AIMLAPI_KEY: KEY, AIMLAPI_BASE_URL: fake.url });
		expect(said).toContain('This sends three paid requests');
		expect(said).toContain('Type yes to go on');
		expect(said).toContain(`| ${QUESTIONS.id} | Not asked. |`);
		expect(fake.count('create')).toBe(0);
	});

	it('goes on when the answer is yes', async () => {
		await start({ durationMs: 0, makeId: () => 'one-ID-1' });
		const said = await run('yes\n', { AIMLAPI_KEY: KEY, AIMLAPI_BASE_URL: fake.url });
		expect(said).toContain('| `aaa-AA-9` in id');
		expect(said).not.toContain(KEY);
		expect(fake.count('create')).toBe(3);
	});

	it('sends a key to no address without encryption', async () => {
		await start();
		const said = await run('yes\n', { AIMLAPI_KEY: KEY, AIMLAPI_BASE_URL: 'http://example.com' });
		expect(said).toContain("The 'Base URL'");
		expect(said).not.toContain('paid requests');
	});

	it('asks the fake API without a key, and says so', async () => {
		await start();
		const said = await run('', { AIMLAPI_KEY: '', AIMLAPI_BASE_URL: fake.url });
		expect(said).toContain('the fake API: this says nothing about AIMLAPI');
		expect(said).toContain('Yes; then completed');
		expect(fake.requests).toEqual([]);
	});
});
