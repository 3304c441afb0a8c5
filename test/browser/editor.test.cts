import type { Browser } from 'playwright-core';

import { startBench } from '../e2e/shared.cts';
import type { Bench } from '../e2e/shared.cts';
import { startStandin } from '../support/standin/server.cts';
import type { Standin } from '../support/standin/server.cts';
import { launchChromium } from './chromium.cts';
import { credential } from './credential.cts';
import { signIn } from './editor.cts';
import type { Editor } from './editor.cts';
import { examples } from './examples.cts';
import { forms } from './forms.cts';
import { nodesPanel } from './nodesPanel.cts';
import { results } from './results.cts';

/** One n8n, one stand-in and one page, and one user's way through them. */
export interface Given {
	editor: Editor;
	standin: Standin;
}

let browser: Browser;
let bench: Bench;
const given = {} as Given;

beforeAll(async () => {
	browser = await launchChromium();
	bench = await startBench();
	given.standin = await startStandin({ durationMs: 500 });
	given.editor = await signIn(browser, bench.n8n.url);
}, 900_000);

afterAll(async () => {
	await browser?.close();
	await given.standin?.close();
	await bench?.n8n.stop();
});

// In the order a new user meets them: each goes on where the one before it ended.
describe('the nodes panel', () => nodesPanel(given));
describe('the credential', () => credential(given));
describe('the forms', () => forms(given));
describe('the results', () => results(given));
describe('the example workflows', () => examples(given));
