import type { Locator, Page } from 'playwright-core';

const FOLDER = 'docs/images';

/** Hides all that is not the workflow itself. */
const WORKFLOW_ALONE = `
	body *:not(.vue-flow, .vue-flow *), .vue-flow__panel { visibility: hidden !important; }
	[data-test-id="canvas-handle-plus-wrapper"] { display: none !important; }
	.vue-flow { visibility: visible !important; }`;

const MARGIN = 24;

type Box = NonNullable<Awaited<ReturnType<Locator['boundingBox']>>>;

/**
 * Pictures of an element in n8n's light and dark theme: `<name>.png` and `<name>-dark.png`. n8n's
 * theme is left at its default, System, which follows the browser's.
 * @param last what to cut below; absent: the whole element
 */
export async function pictures(
	page: Page,
	name: string,
	target: Locator,
	last?: Locator,
): Promise<void> {
	await showNothingMore(page);
	const clip = (await target.boundingBox()) as Box;
	if (last) {
		const { y, height } = (await last.boundingBox()) as Box;
		clip.height = y + height + MARGIN - clip.y;
	}
	await inBothThemes(page, async (suffix) => {
		const path = `${FOLDER}/${name}${suffix}.png`;
		await page.screenshot({ path, animations: 'disabled', clip });
	});
}

/** The same of a workflow as it lies on the canvas, cropped to its nodes. */
export async function canvasPictures(page: Page, name: string): Promise<void> {
	await inBothThemes(page, async (suffix) => {
		await page.screenshot({
			path: `${FOLDER}/${name}${suffix}.png`,
			animations: 'disabled',
			style: WORKFLOW_ALONE,
			clip: await around(page.locator('.vue-flow__node')),
		});
	});
}

/** Leaves what has the focus or lies under the mouse, which shows more than the rest. */
async function showNothingMore(page: Page): Promise<void> {
	await page.evaluate('document.activeElement?.blur()');
	await page.mouse.move(0, 0);
}

export async function inBothThemes(
	page: Page,
	take: (suffix: '' | '-dark') => Promise<void>,
): Promise<void> {
	for (const colorScheme of ['dark', 'light'] as const) {
		await page.emulateMedia({ colorScheme });
		const wrong = colorScheme === 'dark' ? '/runwayActTwo.svg' : '/runwayActTwo.dark.svg';
		await page.locator(`img[src$="${wrong}"]`).first().waitFor({ state: 'detached' });
		await take(colorScheme === 'dark' ? '-dark' : '');
	}
}

/** The box around elements and all they show, with a margin. */
async function around(elements: Locator): Promise<Box> {
	const boxes = await elements.evaluateAll((roots) =>
		roots
			.flatMap((root) => [root, ...root.querySelectorAll('*')])
			.filter(
				(element) =>
					!element.closest(
						'button, [data-test-id="canvas-node-toolbar"], [data-test-id="canvas-handle-plus-wrapper"]',
					),
			)
			.filter((element) =>
				element.checkVisibility({ opacityProperty: true, visibilityProperty: true }),
			)
			.map((element) => element.getBoundingClientRect())
			.filter(({ width, height }) => width > 0 && height > 0)
			.map(({ left, top, right, bottom }) => ({ left, top, right, bottom })),
	);
	const left = Math.min(...boxes.map((box) => box.left)) - MARGIN;
	const top = Math.min(...boxes.map((box) => box.top)) - MARGIN;
	const right = Math.max(...boxes.map((box) => box.right)) + MARGIN;
	const bottom = Math.max(...boxes.map((box) => box.bottom)) + MARGIN;
	return { x: left, y: top, width: right - left, height: bottom - top };
}
