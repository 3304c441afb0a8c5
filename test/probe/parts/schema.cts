import { CREATION_SCHEMA } from '../../support/contract/documented.cts';
import { at } from '../api.cts';
import type { Api } from '../api.cts';
import type { Report } from '../report.cts';
import { isSuccess, refusalOf } from './catalogue.cts';

/** Where it is when the catalogue does not say. */
const SCHEMA_PATH =
	'/docs-json?model=runway%2Fact_two&endpoint=internal%2Fvideo-generations%2Fsubmit';

const MAX_DEPTH = 40;

/** Compares the operation's live schema with the one this package was written by. */
export async function compareSchema(api: Api, report: Report, url?: string): Promise<void> {
	const isOurs = url?.startsWith(`${api.baseUrl}/`);
	const path = isOurs ? (url as string).slice(api.baseUrl.length) : SCHEMA_PATH;
	const answer = await api.ask(path, { withKey: false });
	if (!isSuccess(answer)) throw new Error(refusalOf(answer));
	const live = creationSchemaIn(answer.json);
	if (live === undefined) {
		report.answer('schema', 'It was read, and no request with character and reference is in it.');
		return;
	}
	const differences = differencesOf(live, answer.json);
	report.answer(
		'schema',
		differences.length === 0 ? 'Yes: fields, lists and limits.' : `No: ${differences.join('; ')}.`,
	);
}

/** The object with the fields of a creation, wherever it stands in an OpenAPI document. */
function creationSchemaIn(document: unknown): unknown {
	const search = (value: unknown, depth: number): unknown => {
		if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return undefined;
		const properties = at(value, 'properties');
		if (at(properties, 'character') !== undefined && at(properties, 'reference') !== undefined) {
			return value;
		}
		for (const inner of Object.values(value)) {
			const found = search(inner, depth + 1);
			if (found !== undefined) return found;
		}
		return undefined;
	};
	return search(document, 0);
}

/** What differs between the live schema and the documented one, in words. */
export function differencesOf(live: unknown, document: unknown): string[] {
	const facts = (schema: unknown, root: unknown) => new Map(factsOf(schema, root));
	const [known, now] = [facts(CREATION_SCHEMA, CREATION_SCHEMA), facts(live, document)];
	return [...new Set([...known.keys(), ...now.keys()])].flatMap((what) => {
		const [before, after] = [known.get(what), now.get(what)];
		if (before === after) return [];
		if (before === undefined) return [`${what} is new (${after})`];
		return [after === undefined ? `${what} is gone` : `${what} is ${after}, not ${before}`];
	});
}

/** The facts this package depends on: fields, which are required, lists and limits. */
function* factsOf(schema: unknown, root: unknown): Generator<[what: string, value: string]> {
	const required = at(schema, 'required');
	if (Array.isArray(required)) yield ['required', sorted(required)];
	for (const [name, field] of Object.entries((at(schema, 'properties') ?? {}) as object)) {
		yield* fieldFacts(name, resolve(field, root), root);
	}
}

function* fieldFacts(
	name: string,
	field: unknown,
	root: unknown,
): Generator<[what: string, value: string]> {
	yield [name, 'a field'];
	const choices = [at(field, 'oneOf'), at(field, 'anyOf')].find(Array.isArray) as
		| unknown[]
		| undefined;
	const kinds = (choices ?? [field]).map((kind) => resolve(kind, root));
	const types = kinds.flatMap((kind) => {
		const type = resolve(at(kind, 'properties', 'type'), root);
		return (at(type, 'enum') as unknown[] | undefined) ?? at(type, 'const') ?? [];
	});
	if (types.length > 0) yield [`${name}.type`, sorted(types)];
	const list = at(field, 'enum');
	if (Array.isArray(list)) yield [`the list of ${name}`, sorted(list)];
	for (const limit of ['minimum', 'maximum', 'minLength', 'maxLength']) {
		const value = at(field, limit);
		if (value !== undefined) yield [`the ${limit} of ${name}`, String(value)];
	}
}

/** Follows `#/a/b`. */
function resolve(schema: unknown, root: unknown): unknown {
	const reference = at(schema, '$ref');
	if (typeof reference !== 'string' || !reference.startsWith('#/')) return schema;
	return at(
		root,
		...reference
			.slice(2)
			.split('/')
			.map((key) => decodeURIComponent(key)),
	);
}

const sorted = (values: unknown[]): string => values.map(String).sort().join(', ');
