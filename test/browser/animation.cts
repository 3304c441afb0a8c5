import { execFileSync } from 'node:child_process';
import { mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';

import type { BrowserSession } from './editor.test.cts';
import { API, FILES } from './internet.cts';
import { inBothThemes } from './pictures.cts';
import { PERFORMANCE_S } from '../support/demo/face.cts';
import { ACT_TWO, TRIGGER } from '../support/n8n/workflows.cts';

const FRAMES_PER_SECOND = 12;
const WIDTH = 1000;
const MAX_BYTES = 2_000_000;
/** Each frame is a picture of its own, in two themes. */
const TIMEOUT_MS = 500_000;

const download = (name: string, url: string, field: string) => ({
	name,
	type: 'n8n-nodes-base.httpRequest',
	typeVersion: 4.2,
	parameters: {
		url,
		options: { response: { response: { responseFormat: 'file', outputPropertyName: field } } },
	},
});

/** A character and a performance as the files of one item, and Act-Two. */
const workflow = (aimlapiApi: { id: string; name: string }) => {
	const nodes = [
		{ name: TRIGGER, type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, parameters: {} },
		download('Character', FILES.character, 'character'),
		download('Performance', FILES.performance, 'reference'),
		{
			name: 'Files',
			type: 'n8n-nodes-base.merge',
			typeVersion: 3,
			parameters: { mode: 'combine', combineBy: 'combineByPosition', options: {} },
		},
		{
			name: ACT_TWO,
			type: 'n8n-nodes-runway-act-two.runwayActTwo',
			typeVersion: 1,
			parameters: { characterSource: 'file', referenceSource: 'file' },
			credentials: { aimlapiApi },
		},
	];
	const positions: Array<[number, number]> = [
		[0, 0],
		[220, -100],
		[220, 100],
		[440, 0],
		[660, 0],
	];
	const to = (node: string, index = 0) => ({ node, type: 'main', index });
	return {
		name: 'Animate a character',
		nodes: nodes.map((node, index) => ({ id: `n-${index}`, position: positions[index], ...node })),
		connections: {
			[TRIGGER]: { main: [[to('Character'), to('Performance')]] },
			Character: { main: [[to('Files')]] },
			Performance: { main: [[to('Files', 1)]] },
			Files: { main: [[to(ACT_TWO)]] },
		},
		// n8n 2.41.1 runs a single node only where this is not null.
		pinData: {},
	};
};

/** The first picture of the README: what goes in, the node at work, what comes out. */
export function animation(session: BrowserSession): void {
	const films = { '': new Film(), '-dark': new Film() };
	const record = async (seconds: number, prepare?: (seconds: number) => Promise<void>) => {
		await inBothThemes(session.editor.page, async (suffix) => {
			await films[suffix].record(session.editor.dialog, seconds, prepare);
		});
	};
	const input = () => session.editor.page.getByTestId('ndv-input-panel');
	const view = async (panel: Locator, file: number) =>
		await panel.getByTestId('ndv-view-binary-data').nth(file).click();

	it(
		'shows a character and a performance, the node at work and its video',
		async () => {
			const { editor, client, fake } = session;
			const { page } = editor;
			const name = 'AIMLAPI account';
			const data = { apiKey: fake.key, baseUrl: API };
			const { id } = await client.createCredential(name, 'aimlapiApi', data);
			await page.setViewportSize({ width: 1400, height: 800 });
			await editor.openWorkflow(await client.createWorkflow(workflow({ id, name })));
			await editor.openNode('Files');
			await editor.executeStep();
			await editor.closeNode();
			await editor.openNode(ACT_TWO);
			await editor.dragParametersTo(662);

			await view(input(), 0);
			await record(1);
			await input().getByText('Back to list').click();
			await view(input(), 1);
			await record(1.25, async (seconds) => await showVideosAt(page, seconds, 1));

			fake.options.durationMs = TIMEOUT_MS;
			const read = page.waitForResponse(/\/rest\/executions\/\d+$/, { timeout: TIMEOUT_MS });
			await page.getByTestId('node-execute-button').click();
			await editor.output.getByText('Executing node').waitFor();
			await fake.until(({ generations }) => generations.at(-1)?.durationMs === TIMEOUT_MS, 60_000);
			await record(1);
			fake.options.durationMs = 500;
			fake.generations[fake.generations.length - 1].durationMs = 0;
			await read;

			await editor.showOutputAs('binary');
			await view(editor.output, 0);
			await record(PERFORMANCE_S, async (seconds) => await showVideosAt(page, seconds, 2));
			await editor.closeNode();
			await page.setViewportSize({ width: 1440, height: 900 });

			for (const [suffix, film] of Object.entries(films)) {
				const file = `docs/images/animation${suffix}.webp`;
				film.develop(file);
				expect(statSync(file).size).toBeLessThan(MAX_BYTES);
			}
		},
		TIMEOUT_MS,
	);
}

/**
 * All videos of the page at the same moment, without the buttons that lie over them at first. n8n sends
 * a file from beginning to end only, so they are held whole to be wound.
 */
async function showVideosAt(page: Page, seconds: number, count: number): Promise<void> {
	await page.waitForFunction(
		`[...document.querySelectorAll('video')].filter((one) => one.readyState >= 2).length === ${count}`,
	);
	await page.evaluate(`Promise.all([...document.querySelectorAll('video')].map(async (one) => {
		const until = async (event) =>
			await new Promise((done) => one.addEventListener(event, done, { once: true }));
		one.controls = false;
		if (!one.src.startsWith('blob:')) {
			const source = one.currentSrc;
			one.autoplay = false;
			one.src = URL.createObjectURL(await (await fetch(source)).blob());
			await until('loadeddata');
		}
		one.currentTime = ${seconds};
		await until('seeked');
	}))`);
}

/** Nothing of what n8n lays over the dialog, and labels at their whole length. */
const DIALOG_ALONE = `
	[data-test-id="floating-nodes"] { display: none !important; }
	[data-test-id="node-parameters"] [data-test-id="parameter-options-container"] { display: none !important; }`;

/** Pictures of an element, one after the other. */
class Film {
	private readonly folder = mkdtempSync(join(tmpdir(), 'act-two-film-'));
	private frames = 0;

	/** @param prepare brings the page to a moment, in seconds since the start of this take */
	async record(
		target: Locator,
		seconds: number,
		prepare?: (seconds: number) => Promise<void>,
	): Promise<void> {
		for (let frame = 0; frame < seconds * FRAMES_PER_SECOND; frame++) {
			await prepare?.(frame / FRAMES_PER_SECOND);
			const picture = await target.screenshot({ style: DIALOG_ALONE });
			writeFileSync(join(this.folder, `${this.frames++}.png`), picture);
		}
	}

	/** Writes an animated WebP that goes round. */
	develop(file: string): void {
		const frames = ['-framerate', String(FRAMES_PER_SECOND), '-i', join(this.folder, '%d.png')];
		const scale = ['-vf', `scale=${WIDTH}:-1:flags=lanczos`];
		const codec = ['-c:v', 'libwebp_anim', '-quality', '80', '-loop', '0'];
		execFileSync('ffmpeg', ['-v', 'error', '-y', ...frames, ...scale, ...codec, file]);
	}
}
