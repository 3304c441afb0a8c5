import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';

import { checkBaseUrl } from '../../nodes/RunwayActTwo/aimlapi/baseUrl';
import { startFakeAimlapi } from '../support/fakeAimlapi/server.cts';
import { readInputs } from './inputs.cts';
import { probe } from './probe.cts';
import type { ProbeOptions } from './probe.cts';

const HELP = `Asks AIMLAPI what no document says, and prints a report without the key.

  AIMLAPI_KEY=… npm run probe              with one generation, after saying what it costs and asking
  AIMLAPI_KEY=… npm run probe -- --yes     without asking
  npm run probe                            against the fake API, which proves nothing about AIMLAPI

  --character, --reference   a link or a file in place of the test's own
  --base-url                 in place of https://api.aimlapi.com (or AIMLAPI_BASE_URL)
`;

const say = (line: string) => console.error(line);

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			yes: { type: 'boolean', default: false },
			help: { type: 'boolean', default: false },
			character: { type: 'string' },
			reference: { type: 'string' },
			'base-url': { type: 'string', default: process.env.AIMLAPI_BASE_URL },
		},
	});
	if (values.help) return console.log(HELP);
	const inputs = await readInputs(values.character, values.reference);
	const key = process.env.AIMLAPI_KEY ?? '';
	const shared = { inputs, say };
	if (key === '') return await againstFake(shared);
	const baseUrl = checkBaseUrl(values['base-url'] ?? 'https://api.aimlapi.com');
	const report = await probe({
		...shared,
		baseUrl,
		key,
		heading: heading(`AIMLAPI at ${baseUrl}`),
		pace: { pollMs: 5_000, timeoutMs: 900_000, logsAfterEndMs: 120_000 },
		requestTimeoutMs: 120_000,
		mayPay: async (costs) => {
			say(costs);
			return values.yes || (await isYes());
		},
	});
	console.log(String(report));
}

async function againstFake(shared: Pick<ProbeOptions, 'inputs' | 'say'>): Promise<void> {
	say(
		'AIMLAPI_KEY is not set: this asks the fake API, so nothing is paid for and nothing is proven.',
	);
	const fake = await startFakeAimlapi({ durationMs: 1_500, logsLagMs: 700 });
	try {
		const report = await probe({
			...shared,
			baseUrl: fake.url,
			key: fake.key,
			heading: heading('**the fake API: this says nothing about AIMLAPI**'),
			pace: { pollMs: 300, timeoutMs: 60_000, logsAfterEndMs: 5_000 },
			requestTimeoutMs: 10_000,
			mayPay: async (costs) => {
				say(costs);
				return await Promise.resolve(true);
			},
		});
		console.log(String(report));
	} finally {
		await fake.close();
	}
}

const heading = (asked: string) => [
	'## What AIMLAPI answers about Runway Act-Two',
	'',
	`Asked: ${asked}, on ${new Date().toISOString().slice(0, 10)}, by \`npm run probe\` of n8n-nodes-runway-act-two.`,
];

/** Anything but yes, and the end of the input, is no. */
async function isYes(): Promise<boolean> {
	const lines = createInterface({ input: process.stdin, output: process.stderr });
	const ended = new Promise<string>((done) => lines.once('close', () => done('')));
	try {
		const answer = await Promise.race([lines.question('Type yes to go on: '), ended]);
		return answer.trim().toLowerCase() === 'yes';
	} finally {
		lines.close();
	}
}

main().catch((error: Error) => {
	console.error(error.message);
	process.exitCode = 1;
});
