import fc from 'fast-check';

import { SEED } from '../support/seed.cts';
import { runInEngine } from './engine.cts';
import { closeFakeAimlapi, setup } from './setup.cts';

afterEach(closeFakeAimlapi);

/** Values of every kind, each in the field it cannot be used in. */
const text = fc.oneof(
	fc.string(),
	fc.constantFrom('__proto__', 'constructor', 'x'.repeat(100_000)),
);
const thing = fc.oneof(
	fc.object({ maxDepth: 3 }),
	fc.array(fc.anything({ maxDepth: 1 }), { maxLength: 3 }),
);
const notNumeric = fc.oneof(
	text.filter((value) => value.trim() !== '' && Number.isNaN(Number(value))),
	thing,
	fc.boolean(),
	fc.constantFrom(NaN, Infinity, -Infinity),
);
const outside = (from: number, to: number) =>
	fc
		.oneof(fc.integer(), fc.double(), fc.maxSafeInteger())
		.filter((value) => !(Number.isInteger(value) && value >= from && value <= to));
const wholeNumberOutside = (from: number, to: number) => fc.oneof(notNumeric, outside(from, to));
const seconds = fc.oneof(
	notNumeric,
	fc.double({ max: 0.999, noNaN: true }),
	fc.double({ min: 604_801, noNaN: true }),
);
const notOneOf = (choices: string[]) =>
	fc.oneof(
		text.filter((value) => value.trim() !== '' && !choices.includes(value.trim())),
		thing,
		fc.integer(),
	);
const link = fc.oneof(
	text.filter((value) => !URL.canParse(value.trim())),
	thing,
	fc.integer(),
	fc.constantFrom('file:///etc/passwd', 'data:image/png;base64,AA', 'javascript:alert(1)'),
	fc.webUrl().map((url) => url.replace('://', '://user:secret@')),
	fc.ipV4().map((ip) => `http://127.${ip.split('.').slice(1).join('.')}/a.png`),
	fc.constantFrom('http://localhost/a', 'https://nas/a', 'http://[::1]/a', 'http://10.1.2.3/a'),
	fc.constantFrom('https://drive.google.com/file/d/1/view', 'https://www.dropbox.com/s/1?dl=0'),
	fc.string({ minLength: 2048 }).map((path) => `https://example.com/${encodeURIComponent(path)}x`),
);

const FIELDS = {
	characterType: ['Character Type', notOneOf(['image', 'video'])],
	frameSize: [
		'Frame Size',
		notOneOf(
			'match 1280:720 720:1280 1104:832 832:1104 960:960 1584:672 848:480 640:480'.split(' '),
		),
	],
	characterUrl: ['Character URL', link],
	referenceUrl: ['Reference Video URL', link],
	bodyControl: ['Body Control', notOneOf(['true', 'false', 'TRUE', 'FALSE', 'True', 'False'])],
	expressionIntensity: ['Expression Intensity', wholeNumberOutside(1, 5)],
	seed: ['Seed', wholeNumberOutside(0, 4_294_967_295)],
	timeout: ['Timeout', seconds],
	pollingInterval: ['Polling Interval', seconds],
	onTimeout: ['On Timeout', notOneOf(['error', 'returnStatus'])],
	maxFileSize: ['Max File Size', notNumeric],
	binaryPropertyName: [
		'Put Output File in Field',
		fc.oneof(fc.constantFrom('', '  ', '\n'), thing, fc.integer()),
	],
} satisfies Record<string, [string, fc.Arbitrary<unknown>]>;

const GOOD = {
	characterType: 'image',
	frameSize: '1280:720',
	characterUrl: 'https://example.com/a.jpg',
	referenceUrl: 'https://example.com/a.mp4',
	bodyControl: true,
	expressionIntensity: 3,
	seed: 1,
	timeout: 10,
	pollingInterval: 1,
	onTimeout: 'error',
	maxFileSize: 100,
	binaryPropertyName: 'data',
};

const bad = fc.oneof(
	...Object.entries(FIELDS).map(([name, [label, values]]) =>
		(values as fc.Arbitrary<unknown>).map((value) => ({ name, label, value })),
	),
);

it('no value that cannot be used reaches the network, whatever an expression gives', async () => {
	const expression = (name: string) => `={{ $json.${name} }}`;
	const top = ['characterType', 'frameSize', 'characterUrl', 'referenceUrl', 'binaryPropertyName'];
	const names = Object.keys(FIELDS);
	const scenario = await setup({
		parameters: {
			...Object.fromEntries(top.map((name) => [name, expression(name)])),
			options: Object.fromEntries(
				names.filter((name) => !top.includes(name)).map((name) => [name, expression(name)]),
			),
		},
	});
	await fc.assert(
		fc.asyncProperty(fc.array(bad, { minLength: 40, maxLength: 60 }), async (mutations) => {
			const items = mutations.map(({ name, value }) => ({
				json: { ...GOOD, [name]: value as never },
			}));
			const { outputs } = await runInEngine({
				...scenario,
				items,
				settings: { onError: 'continueRegularOutput' },
			}).done;
			mutations.forEach(({ label }, index) => {
				const { message } = (outputs[0][index].json.error ?? {}) as { message?: string };
				expect(message).toContain(label);
				expect(message).not.toContain('secret');
			});
			expect(scenario.fake.requests).toEqual([]);
		}),
		{ seed: SEED, numRuns: 60, endOnFailure: true },
	);
});

it('empty cells of a sheet count as not set, and booleans may be text', async () => {
	const scenario = await setup({
		items: [{ json: { seed: '', expressionIntensity: null, bodyControl: 'TRUE', timeout: ' ' } }],
		parameters: {
			downloadVideo: false,
			options: {
				seed: '={{ $json.seed }}',
				expressionIntensity: '={{ $json.expressionIntensity }}',
				bodyControl: '={{ $json.bodyControl }}',
				timeout: '={{ $json.timeout }}',
			},
		},
	});
	const { error } = await runInEngine(scenario).done;
	expect(error).toBeUndefined();
	const [{ body }] = scenario.fake.requests;
	expect(body).toMatchObject({ body_control: true });
	expect(body).not.toHaveProperty('seed');
	expect(body).not.toHaveProperty('expression_intensity');
});

it('all bad rows are named at once', async () => {
	const items = ['x', 1, 'y'].map((seed) => ({ json: { seed } }));
	const scenario = await setup({ items, parameters: { options: { seed: '={{ $json.seed }}' } } });
	const { error } = await runInEngine(scenario).done;
	expect(error?.message).toMatch(/^2 of 3 items are invalid: .*\[item 0\]; .*\[item 2\]$/);
	expect(scenario.fake.requests).toEqual([]);
});
