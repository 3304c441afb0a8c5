import { readdirSync } from 'node:fs';
import { join, parse } from 'node:path';

import type { BrowserSession } from './editor.test.cts';
import { canvasPicture } from './pictures.cts';

const FOLDER = 'examples';

/** A picture of every example, as n8n draws it after Import from File. Begins with any workflow. */
export function examples(session: BrowserSession): void {
	it.each(readdirSync(FOLDER))('%s can be imported', async (file) => {
		const { editor } = session;
		await editor.emptyWorkflow();
		await editor.importWorkflow(join(FOLDER, file));
		await canvasPicture(editor.page, `examples/${parse(file).name}`);
	});
}
