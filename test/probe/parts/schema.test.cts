import { CREATION_SCHEMA } from '../../support/contract/documented.cts';
import { differencesOf } from './schema.cts';

const live = (change: (properties: Record<string, Record<string, unknown>>) => void) => {
	const schema = structuredClone(CREATION_SCHEMA) as unknown as {
		properties: Record<string, Record<string, unknown>>;
	};
	change(schema.properties);
	return differencesOf(schema, schema);
};

it('finds nothing in the schema the package was written by', () => {
	expect(live(() => {})).toEqual([]);
});

it.each<[string, Parameters<typeof live>[0], string]>([
	['a new field', (fields) => (fields.prompt = { type: 'string' }), 'prompt is new (a field)'],
	['a field that is gone', (fields) => delete fields.body_control, 'body_control is gone'],
	[
		'another list',
		(fields) => (fields.reference.properties = { type: { enum: ['video', 'image'] } }),
		'reference.type is image, video, not video',
	],
	[
		'a frame size more',
		(fields) => (fields.frame_size.enum = ['1:1']),
		'the list of frame_size is 1:1, not ',
	],
	[
		'another limit',
		(fields) => (fields.expression_intensity.maximum = 10),
		'the maximum of expression_intensity is 10, not 5',
	],
	[
		'a kind of character less',
		(fields) => (fields.character.oneOf = [(fields.character.oneOf as unknown[])[0]]),
		'character.type is image, not image, video',
	],
])('finds %s', (_what, change, difference) => {
	expect(live(change)).toEqual([expect.stringContaining(difference)]);
});

it('follows references within the document', () => {
	const document = { components: { schemas: { Character: CREATION_SCHEMA.properties.character } } };
	const schema = {
		...CREATION_SCHEMA,
		properties: {
			...CREATION_SCHEMA.properties,
			character: { $ref: '#/components/schemas/Character' },
		},
	};
	expect(differencesOf(schema, document)).toEqual([]);
});
