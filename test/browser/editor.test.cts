import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';

import { startN8nSession } from '../support/n8n/session.cts';
import type { N8nSession } from '../support/n8n/session.cts';
import type { N8nClient } from '../support/n8n/client.cts';
import { startFakeAimlapi } from '../support/fakeAimlapi/server.cts';
import type { FakeAimlapi } from '../support/fakeAimlapi/server.cts';
import { animation } from './animation.cts';
import { launchChromium } from './chromium.cts';
import { credential } from './credential.cts';
import { signIn } from './editor.cts';
import type { Editor } from './editor.cts';
import { examples } from './examples.cts';
import { forms } from './forms.cts';
import { hints } from './hints.cts';
import { playInternet } from './internet.cts';
import type { Internet } from './internet.cts';
import { keyboard } from './keyboard.cts';
import { layout } from './layout.cts';
import { messages } from './messages.cts';
import { nodesPanel } from './nodesPanel.cts';
import { progress } from './progress.cts';
import { results } from './results.cts';
import { trigger } from './trigger.cts';

/** One n8n, one fake API and one page, and one user's way through them. */
export interface BrowserSession {
	editor: Editor;
	client: N8nClient;
	fake: FakeAimlapi;
	internet: Internet;
}

let browser: Browser;
let running: N8nSession;
const session = {} as BrowserSession;

beforeAll(async () => {
	browser = await launchChromium();
	session.internet = await playInternet(mkdtempSync(join(tmpdir(), 'act-two-browser-')));
	running = await startN8nSession(session.internet.env);
	session.client = running.client;
	session.fake = await startFakeAimlapi({ durationMs: 500 });
	session.internet.lead(session.fake);
	session.editor = await signIn(browser, running.n8n.url);
}, 900_000);

afterAll(async () => {
	await browser?.close();
	await session.fake?.close();
	await session.internet?.close();
	await running?.n8n.stop();
});

// In the order a new user meets them: each goes on where the one before it ended.
describe('the nodes panel', () => nodesPanel(session));
describe('the credential', () => credential(session));
describe('the forms', () => forms(session));
describe('the results', () => results(session));
describe('the keyboard alone', () => keyboard(session));
describe('the layout', () => layout(session));
describe('hints before a run', () => hints(session));
describe('the messages', () => messages(session));
describe('the example workflows', () => examples(session));
describe('the progress', () => progress(session));
describe('the trigger', () => trigger(session));
describe('the animation', () => animation(session));
