import { writeFileSync } from 'node:fs';

import type { BrowserSession } from './editor.test.cts';
import * as fault from '../support/fakeAimlapi/faults.cts';
import type { FakeAimlapi, FakeAimlapiOptions } from '../support/fakeAimlapi/server.cts';
import { withFakeAimlapi } from '../support/n8n/session.cts';
import { ACT_TWO, actTwoWorkflow } from '../support/n8n/workflows.cts';
import { HINTS } from './hints.cts';
import { API } from './internet.cts';
import { pictures } from './pictures.cts';

const DOCUMENT = 'docs/messages.md';
/** Nothing listens there. */
const CLOSED = 'http://127.0.0.1:9';
const GIF = Buffer.from('GIF89a').toString('base64');

interface Case {
	/** The picture's file. */
	name: string;
	/** What the message says, as in the README. */
	message: string;
	parameters?: Record<string, unknown>;
	options?: Record<string, unknown>;
	/** What the items are, as code. */
	items?: string;
	api?: FakeAimlapiOptions;
	meet?: (fake: FakeAimlapi) => void;
	credential?: { url?: string; key?: string };
}

/** In the order of the README's table. */
const CASES: Case[] = [
	{
		name: 'not-reached',
		message: 'AIMLAPI could not be reached',
		credential: { url: CLOSED },
	},
	{
		name: 'wrong-key',
		message: 'AIMLAPI did not accept the API key',
		credential: { key: 'wrong' },
	},
	{
		name: 'refused',
		message: 'AIMLAPI refused the request: out of credits, or not allowed',
		meet: (fake) => fake.fail('create', fault.status(403, 'You have run out of credits.')),
	},
	{
		name: 'too-many-requests',
		message: 'AIMLAPI is receiving too many requests',
		meet: (fake) => fake.fail('create', fault.status(429, 'Too Many Requests'), Infinity),
	},
	{
		name: 'web-page',
		message: "A web page was returned instead of AIMLAPI's response",
		meet: (fake) => fake.fail('create', fault.html(403)),
	},
	{
		name: 'may-have-been-started',
		message: 'so a generation may have been started',
		meet: (fake) => fake.fail('create', fault.reset),
	},
	{
		name: 'not-ready',
		message: 'The video was not ready within 20 seconds',
		api: { durationMs: 600_000 },
	},
	{
		name: 'no-video',
		message: 'The generation ended without a video',
		api: { failure: { name: 'SAFETY.INPUT.IMAGE', message: 'The image was moderated.' } },
	},
	{
		name: 'not-public',
		message: 'must be a public address, which AIMLAPI can reach',
		parameters: { characterUrl: 'https://192.168.1.5/character.png' },
	},
	{
		name: 'wrong-kind',
		message: 'not GIF',
		parameters: { characterSource: 'file', characterBinaryPropertyName: 'character' },
		items: `[{ json: {}, binary: { character: { data: '${GIF}', mimeType: 'image/gif', fileName: 'character.gif' } } }]`,
	},
	{
		name: 'no-such-file',
		message: 'has no file named',
		parameters: { characterSource: 'file', characterBinaryPropertyName: 'picture' },
		items: `[{ json: {}, binary: { character: { data: '${GIF}', mimeType: 'image/png', fileName: 'character.png' } } }]`,
	},
	{
		name: 'several-invalid',
		message: '2 of 3 items are invalid',
		options: { seed: '={{ $json.seed }}' },
		items: '[{ json: { seed: -1 } }, { json: { seed: 7 } }, { json: { seed: 2.5 } }]',
	},
];

/** What n8n showed, by the picture's file. */
const shown = new Map<string, { message: string; description: string }>();

/** What the README's section on troubleshooting names, as n8n shows it. */
export function messages(session: BrowserSession): void {
	afterAll(() => {
		if (shown.size === CASES.length) writeFileSync(DOCUMENT, page());
	});

	it.each(CASES)('$message', async ({ name, message, api = {}, meet, ...one }) => {
		const { editor, client, internet } = session;
		await withFakeAimlapi(client, api, async (fake) => {
			meet?.(fake);
			internet.lead(fake);
			const { url = API, key = fake.key } = one.credential ?? {};
			const credential = await client.createAimlapiCredential({ url, key });
			await editor.openWorkflow(await client.createWorkflow(workflowOf(one, credential)));
			await editor.openNode(ACT_TWO);
			await editor.executeStep();
			const headline = editor.output.getByTestId('node-error-message');
			await headline.getByText(message).waitFor();
			const end = editor.output.locator('.node-error-view__info');
			await pictures(editor.page, `messages/${name}`, editor.output, end);
			shown.set(name, {
				message: await headline.innerText(),
				description: await editor.output.getByTestId('node-error-description').innerText(),
			});
			await editor.closeNode();
		});
		internet.lead(session.fake);
	});
}

function workflowOf({ parameters, options, items }: Partial<Case>, credential: string) {
	const workflow = actTwoWorkflow(credential, {
		...parameters,
		options: { pollingInterval: 1, timeout: 20, ...options },
	});
	const [, code] = workflow.nodes;
	if (items) code.parameters.jsCode = `return ${items};`;
	return workflow;
}

function page(): string {
	const sections = [
		...CASES.map(({ name }) => {
			const { message, description } = shown.get(name) as { message: string; description: string };
			return section(withoutIds(message), `messages/${name}`, `> ${withoutIds(description)}\n\n`);
		}),
		...Object.entries(HINTS).map(([name, text]) => section(`Hint: ${text}`, `hints/${name}`)),
	];
	return `# The messages in n8n

What to do about each is in the [README](../README.md#troubleshooting) too. ID stands for a generation ID or a request ID. The texts, the pictures and this page are written by \`npm run test:browser\`.

${sections.join('\n')}`;
}

/** They are others in every run. */
const withoutIds = (text: string) =>
	text.replace(/\b[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}\b|\bn8n\.\d[\w.-]*\w/g, 'ID').trim();

const section = (text: string, picture: string, description = '') => `## ${text}

${description}<picture>
  <source media="(prefers-color-scheme: dark)" srcset="images/${picture}-dark.png">
  <img alt="In n8n: ${text.replaceAll('"', '&quot;')}" src="images/${picture}.png">
</picture>
`;
