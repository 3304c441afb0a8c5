/**
 * Reading parameters by their own literals: label, range, choices and default stand in the field alone.
 * The form checks nothing that an expression gives, so everything is checked here again.
 */
import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { visibleText } from '../aimlapi/untrusted';
import { ActTwoError } from '../errors';
import { choicesOf } from './options';

/** One item's parameters: of the form, or of its collection “Options”. */
export interface Parameters {
	itemIndex: number;
	/** Undefined when not set. */
	get(name: string): unknown;
}

export function formParameters(context: IExecuteFunctions, itemIndex: number): Parameters {
	return { itemIndex, get: (name) => context.getNodeParameter(name, itemIndex) };
}

/**
 * An option whose expression finds nothing (null, undefined or an empty text) counts as not set. Each is
 * evaluated on its own, so that the fault of one is not the fault of all.
 */
export function optionParameters(context: IExecuteFunctions, itemIndex: number): Parameters {
	return {
		itemIndex,
		get: (name) => {
			const value: unknown = context.getNodeParameter(`options.${name}`, itemIndex, null);
			return value === null || (typeof value === 'string' && value.trim() === '')
				? undefined
				: value;
		},
	};
}

/** What `read` gives, where nothing may fail any more: what cannot be read counts as not set. */
export function readForgivingly<T, P extends Parameters[]>(read: (...from: P) => T, ...from: P): T {
	const forgiving = from.map(({ itemIndex, get }) => ({
		itemIndex,
		get: (name: string) => {
			try {
				return get(name);
			} catch {
				return undefined;
			}
		},
	}));
	try {
		return read(...(forgiving as Parameters[] as P));
	} catch {
		return read(
			...(from.map(({ itemIndex }) => ({ itemIndex, get: () => undefined })) as Parameters[] as P),
		);
	}
}

/**
 * The error of a parameter that cannot be used, in n8n's form: field in single quotes, item at the end.
 * @param rule the rest of the sentence that begins with the field's label
 */
export function invalid(
	label: string,
	rule: string,
	itemIndex: number,
	advice?: string,
): ActTwoError {
	return invalidInput(`'${label}'`, rule, itemIndex, advice);
}

/** The same about something that has no field of its own, such as the content of a file. */
export function invalidInput(
	subject: string,
	rule: string,
	itemIndex: number,
	advice?: string,
): ActTwoError {
	return new ActTwoError({
		message: `${subject} ${rule} [item ${itemIndex}]`,
		description: `${advice ?? 'Change the value or its expression.'} Nothing was sent for item ${itemIndex}.`,
		...(advice !== undefined && { advice }),
	});
}

/** What an option holds, or undefined when it is not set. */
export function readIfSet<T>(
	parameters: Parameters,
	field: INodeProperties,
	read: (parameters: Parameters, field: INodeProperties) => T,
): T | undefined {
	return parameters.get(field.name) === undefined ? undefined : read(parameters, field);
}

/**
 * One of the field's choices, by its value or its label, whatever the case and the space around it; the
 * default when not set or empty.
 * @throws ActTwoError naming the field
 */
export function readChoice<T extends string>(parameters: Parameters, field: INodeProperties): T {
	const given = parameters.get(field.name) ?? '';
	const text = typeof given === 'string' ? visibleText(given).toLowerCase() : given;
	const choices = choicesOf(field);
	const chosen = choices.find(({ name, value }) =>
		[value, name].some((word) => String(word).toLowerCase() === text),
	);
	if (text !== '' && !chosen) {
		const values = choices.map(({ value }) => value).join(', ');
		throw invalid(field.displayName, `must be one of ${values}`, parameters.itemIndex);
	}
	return (chosen?.value ?? field.default) as T;
}

/** True or false, also as text; the default when not set. @throws ActTwoError naming the field */
export function readBoolean(parameters: Parameters, field: INodeProperties): boolean {
	const value = parameters.get(field.name) ?? field.default;
	const text = typeof value === 'string' ? value.trim().toLowerCase() : value;
	if (text === true || text === 'true') return true;
	if (text === false || text === 'false') return false;
	throw invalid(field.displayName, 'must be true or false', parameters.itemIndex);
}

/**
 * A number within the field's `minValue` and `maxValue`, also as text; whole where `numberPrecision` is
 * 0; the default when not set.
 * @throws ActTwoError naming the field
 */
export function readNumber(parameters: Parameters, field: INodeProperties): number {
	const value = parameters.get(field.name) ?? field.default;
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	const { minValue, maxValue, isWhole } = rangeOf(field);
	if (
		typeof number !== 'number' ||
		!(number >= minValue && number <= maxValue) ||
		(isWhole && !Number.isInteger(number))
	) {
		throw invalid(field.displayName, numberRule(field), parameters.itemIndex);
	}
	return number;
}

/** What a number must be, as the rest of the sentence that begins with the field's label. */
export function numberRule(field: INodeProperties): string {
	const { minValue, maxValue, isWhole } = rangeOf(field);
	return `must be a ${isWhole ? 'whole ' : ''}number ${maxValue === Infinity ? `of at least ${minValue}` : `from ${minValue} to ${maxValue}`}`;
}

function rangeOf({ typeOptions = {} }: INodeProperties) {
	const { minValue = -Infinity, maxValue = Infinity, numberPrecision } = typeOptions;
	return { minValue, maxValue, isWhole: numberPrecision === 0 };
}

/**
 * A text that is not empty, the space around it removed; the default when not set.
 * @param rule what it must be, as the rest of the sentence
 * @throws ActTwoError naming the field
 */
export function readText(parameters: Parameters, field: INodeProperties, rule: string): string {
	const value = parameters.get(field.name) ?? field.default;
	if (typeof value !== 'string' || value.trim() === '') {
		throw invalid(field.displayName, rule, parameters.itemIndex);
	}
	return value.trim();
}
