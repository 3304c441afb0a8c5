import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { classifyCreation } from '../../../nodes/RunwayActTwo/aimlapi/classify';
import { logsQuery } from '../../../nodes/RunwayActTwo/aimlapi/logs';
import { describeFailure } from '../../../nodes/RunwayActTwo/aimlapi/messages';
import { ACT_TWO } from '../../../nodes/RunwayActTwo/aimlapi/model';
import type { Model } from '../../../nodes/RunwayActTwo/aimlapi/model';
import { toResponse } from '../../../nodes/RunwayActTwo/aimlapi/outcome';
import { formHints } from '../../../nodes/RunwayActTwo/fields/hints';
import { formParameters, optionParameters } from '../../../nodes/RunwayActTwo/fields/read';
import {
	checkMedia,
	hintAboutShape,
	nearestFrameSize,
} from '../../../nodes/RunwayActTwo/media/mediaRules';
import { checkSource } from '../../../nodes/RunwayActTwo/media/source';
import { operationsOf } from '../../../nodes/RunwayActTwo/operations';
import { generationFields } from '../../../nodes/RunwayActTwo/fields/generation';
import { loadRequest } from '../../../nodes/RunwayActTwo/operations/steps/creationRequest';

const NODES = join(__dirname, '../../../nodes');
const MODEL_FILE = join(NODES, 'RunwayActTwo/aimlapi/model.ts');

/** A model that does not exist: every fact differs from Act-Two's. */
const OTHER: Model = {
	id: 'acme/puppet',
	name: 'Puppet',
	documentation: 'https://example.com/puppet',
	filePrefix: 'puppet',
	frameSizes: [
		{ value: '512:512', name: 'Square', isMatched: true },
		{ value: '1024:512', name: 'Wide', isMatched: true },
		{ value: '300:100', name: 'Banner', isMatched: false },
	],
	defaultFrameSize: '512:512',
	expressionIntensity: { min: 0, max: 9, default: 4, safeMaxForImages: 6 },
	seed: { min: 1, max: 99 },
	referenceSeconds: { min: 5, max: 8 },
	maxBytes: { image: 2000, video: 4000 },
	maxDataUriBytes: 800_000,
	maxLastResortBytes: { image: 900, video: 900 },
	characterRatio: { min: 0.25, max: 8, safe: { min: 1, max: 4 } },
	typicalMs: 9_000,
};

describe('a fact of Act-Two stands in model.ts alone', () => {
	const sources = readdirSync(NODES, { recursive: true, encoding: 'utf8' })
		.map((name) => join(NODES, name))
		.filter((path) => path.endsWith('.ts') && path !== MODEL_FILE)
		.map((path) => ({ path, text: readFileSync(path, 'utf8') }));
	const { referenceSeconds: seconds, characterRatio: ratio, seed } = ACT_TWO;
	/** Each with an example of how it would stand elsewhere. */
	const facts: Array<[fact: string, pattern: RegExp, example: string]> = [
		['its ID', new RegExp(ACT_TWO.id), ACT_TWO.id],
		['its documentation', new RegExp(ACT_TWO.documentation), ACT_TWO.documentation],
		['the name of its files', /act-two[-'`]/, '`act-two-${id}.mp4`'],
		...ACT_TWO.frameSizes.map(({ value }): [string, RegExp, string] => [
			`the frame size ${value}`,
			new RegExp(value.replace(':', ' ?[:×x] ?')),
			value.replace(':', ' × '),
		]),
		[
			'the length of a reference',
			new RegExp(`\\b${seconds.min} (to|and|-) ${seconds.max}\\b`),
			'3 to 30 seconds',
		],
		['the longest reference', new RegExp(`\\b${seconds.max} seconds\\b`), '30 seconds at most'],
		['the largest seed', new RegExp(`\\b(${seed.max}|4_294_967_295)\\b`), 'maxValue: 4294967295'],
		['the largest file', /\b(5|16|32) ?(MB|MIB|\* MEGABYTE)\b/i, '16 MB'],
		[
			'the widest character',
			new RegExp(`\\b(${ratio.max} times|${ratio.safe.max})\\b`),
			'at most 2.5 times as wide',
		],
		['the typical time', /\b45([ _]?000| s)\b/, 'about 45 s'],
	];

	it.each(facts)('%s', (_, pattern, example) => {
		expect(example).toMatch(pattern);
		const places = sources
			.filter(({ text }) => pattern.test(text))
			.map(({ path }) => path.slice(NODES.length + 1));
		expect(places).toEqual([]);
	});
});

describe('another model needs another object and nothing else:', () => {
	const { fields } = operationsOf(OTHER);
	const all = fields.flatMap((field) =>
		field.type === 'collection' ? [field, ...(field.options as INodeProperties[])] : [field],
	);
	const fieldOf = (name: string) => all.find((field) => field.name === name) as INodeProperties;
	const read = (form: object, options: object = {}) => {
		const context = {
			getNodeParameter: (name: string) =>
				({ ...form, ...options })[name.replace('options.', '') as keyof object],
		} as never;
		return generationFields(OTHER).readSettings(
			formParameters(context, 0),
			optionParameters(context, 0),
		);
	};

	it('its form', () => {
		expect(
			(fieldOf('frameSize').options as INodePropertyOptions[]).map(({ name }) => name),
		).toEqual([
			'Banner (300 × 100)',
			'Match the Character',
			'Square (512 × 512)',
			'Wide (1024 × 512)',
		]);
		expect(fieldOf('seed').typeOptions).toMatchObject({ minValue: 1, maxValue: 99 });
		expect(fieldOf('expressionIntensity')).toMatchObject({
			default: 4,
			typeOptions: { minValue: 0, maxValue: 9 },
			description: expect.stringContaining('from 0 (weakest) to 9 (strongest)') as string,
		});
		expect(fieldOf('referenceUrl').description).toContain('5 to 8 seconds');
	});

	it('what is read of the form', () => {
		expect(read({ frameSize: '300:100' }, { seed: 99 })).toMatchObject({
			frame_size: '300:100',
			seed: 99,
		});
		expect(() => read({ frameSize: '1280:720' })).toThrow("'Frame Size' must be");
		expect(() => read({ frameSize: 'match' }, { seed: 100 })).toThrow('from 1 to 99');
	});

	it('its hints beside the form', () => {
		const [, intensity, large] = formHints(OTHER);
		expect(intensity.message).toContain('above 6');
		expect(intensity.displayCondition).toContain('> 6');
		expect(large.displayCondition).toContain('> 0.6');
	});

	it('its checks', () => {
		const video = { kind: 'video', name: 'MP4', contentType: 'video/mp4' } as const;
		const image = { kind: 'image', name: 'PNG', contentType: 'image/png' } as const;
		expect(checkMedia({ ...video, durationSeconds: 4 }, 'reference', OTHER)?.rule).toContain(
			'must be 5 to 8 seconds long',
		);
		expect(checkMedia({ ...video, durationSeconds: 6 }, 'reference', OTHER)).toBeUndefined();
		expect(
			checkMedia({ ...image, width: 900, height: 100 }, 'characterImage', OTHER)?.rule,
		).toContain('between 1:4 and 8:1');
		expect(hintAboutShape({ width: 600, height: 100 }, undefined, OTHER)).toContain(
			'the limit of Puppet',
		);
		expect(nearestFrameSize(300, 100, OTHER)).toBe('1024:512');
	});

	it('the size of a file', async () => {
		const check = checkSource(
			{
				model: OTHER,
				context: { helpers: {} },
			} as never,
			{
				kind: 'file',
				label: 'Reference Video',
				role: 'reference',
				name: 'data',
				binary: {
					mimeType: 'video/webm',
					data: Buffer.concat([Buffer.from('1a45dfa3', 'hex'), Buffer.alloc(4000)]).toString(
						'base64',
					),
				},
			},
			true,
			0,
		);
		await expect(check).rejects.toThrow(/must be at most .* MB/);
	});

	it('its request, with its own default frame size', async () => {
		const source = (role: 'characterImage' | 'reference') => ({
			kind: 'url' as const,
			label: '',
			role,
			url: 'https://example.com/file',
		});
		const { body } = await loadRequest(
			{ model: OTHER, context: {} as never, linkChecker: {} as never },
			{
				characterType: 'image',
				character: source('characterImage'),
				reference: source('reference'),
				settings: { frame_size: 'match' },
				checkLinks: true,
			},
			0,
		);
		expect(JSON.parse((await body()).toString())).toMatchObject({
			model: 'acme/puppet',
			frame_size: '512:512',
		});
	});

	it('its messages', () => {
		const missing = classifyCreation(toResponse(404, {}, '{}', 0), OTHER);
		expect(missing).toMatchObject({
			error: {
				description: expect.stringContaining(
					'Puppet may also have been retired: see https://example.com/puppet',
				) as string,
			},
		});
		expect(describeFailure({ name: 'ASSET.INVALID', message: '' }, OTHER).description).toContain(
			'5 to 8 seconds',
		);
	});

	it('its rows in the usage logs', () => {
		expect(logsQuery(OTHER.id, { periodMs: 1000 }, 1, 0)).toContain('model=acme%2Fpuppet');
	});
});
