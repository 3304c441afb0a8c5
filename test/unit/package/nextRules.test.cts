import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

import type { INodeProperties, INodePropertyOptions, INodeTypeDescription } from 'n8n-workflow';

/**
 * Rules that n8n's plugin for community nodes has in its repository and not yet in its release, held
 * against the built descriptions: they see also what a linter cannot follow through imports.
 */
const NODES = 'nodes/RunwayActTwo';
const MAX_HINT = 120;
/** n8n's minimum is 1.5; WCAG asks 3 of graphics. */
const MIN_CONTRAST = 3;
const BACKGROUNDS = { light: '#ffffff', dark: '#2b2b2b' };

const built = createRequire(resolve('package.json'))('./index.js') as Record<
	string,
	new () => { description?: object }
>;
const descriptions = Object.values(built)
	.map((Class) => new Class().description as INodeTypeDescription | undefined)
	.filter((description) => description !== undefined);

const allFields = (fields: INodeProperties[]): INodeProperties[] =>
	fields.flatMap((field) => [
		field,
		...allFields(
			(field.options ?? []).flatMap((option) =>
				'type' in option ? [option] : 'values' in option ? option.values : [],
			),
		),
	]);

const choicesOf = ({ options = [] }: INodeProperties) =>
	options.filter((option): option is INodePropertyOptions => 'value' in option);

const codexFiles = readdirSync(NODES).filter((name) => name.endsWith('.node.json'));

describe.each(descriptions.map((description) => [description.name, description] as const))(
	'%s',
	(name, description) => {
		const fields = allFields(description.properties);

		it('has a name in camel case that its file has too', () => {
			expect(name).toMatch(/^[a-z][A-Za-z]+$/);
			const file = `${name[0].toUpperCase()}${name.slice(1)}.node.ts`;
			expect(readdirSync(NODES)).toContain(file);
		});

		it('asks in `execute` itself whether the workflow goes on after a failure', () => {
			const source = readFileSync(join(NODES, `${name[0].toUpperCase()}${name.slice(1)}.node.ts`));
			const text = source.toString();
			if (/\basync execute\(/.test(text)) expect(text).toContain('this.continueOnFail()');
			else expect(text).toMatch(/\basync poll\(/);
		});

		it('gives every field a default', () => {
			expect(fields.filter((field) => !('default' in field))).toEqual([]);
		});

		it('has no hint that is longer than n8n allows', () => {
			const long = fields.map(({ hint = '' }) => hint).filter(({ length }) => length > MAX_HINT);
			expect(long).toEqual([]);
		});

		it('has no field for JSON', () => {
			expect(fields.filter(({ type }) => type === 'json')).toEqual([]);
		});

		it('has lists in alphabetical order, each entry once and without signs', () => {
			for (const field of fields) {
				const names = choicesOf(field).map((choice) => choice.name);
				// Periods are in the order of their lengths, sizes stand behind what matches the character.
				if (!/^(period|frameSize)$/.test(field.name)) {
					expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b, 'en')));
				}
				expect(new Set(names).size).toBe(names.length);
				for (const text of names) expect(text).not.toMatch(/[*\p{Extended_Pictographic}]/u);
			}
		});

		it('uses one credential, and no color of its own beside the icon', () => {
			expect(description.credentials).toHaveLength(1);
			expect(description.defaults).not.toHaveProperty('color');
		});

		it('has an icon that stands out on both backgrounds', () => {
			const icons = description.icon as { light: string; dark: string };
			for (const theme of ['light', 'dark'] as const) {
				const svg = readFileSync(join(NODES, icons[theme].replace('file:', '')), 'utf8');
				const colors = [...svg.matchAll(/#[\da-f]{6}\b/gi)].map(([color]) => color);
				const best = Math.max(...colors.map((color) => contrast(color, BACKGROUNDS[theme])));
				expect(best).toBeGreaterThanOrEqual(MIN_CONTRAST);
			}
		});
	},
);

it.each(codexFiles)(
	'%s has n8n’s categories, none for AI or for flows, and no subcategories',
	(file) => {
		const codex = JSON.parse(readFileSync(join(NODES, file), 'utf8')) as { categories: string[] };
		expect(codex).not.toHaveProperty('subcategories');
		expect(codex.categories).not.toEqual(expect.arrayContaining(['AI']));
		for (const category of codex.categories) expect(CATEGORIES).toContain(category);
		expect(codex.categories.length).toBeGreaterThan(0);
	},
);

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

/** WCAG 2.2, relative luminance and contrast ratio. */
function contrast(one: string, other: string): number {
	const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
	return (light + 0.05) / (dark + 0.05);
}

function luminance(color: string): number {
	const [red, green, blue] = [1, 3, 5]
		.map((start) => parseInt(color.slice(start, start + 2), 16) / 255)
		.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
	return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
