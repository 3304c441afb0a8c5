import type { NodeHint } from 'n8n-workflow';

import type { Model } from '../aimlapi/model';
import { bodyControl, characterType, expressionIntensity } from './generation';
import { character, reference } from './inputs';
import { operation } from './operation';

const valueOf = (field: { name: string }) => `$parameter.${field.name}`;
const optionOf = (field: { name: string }) => `$parameter.options?.${field.name}`;

/**
 * Hints beside the form, shown whenever the parameters are like that: before a run, because it is paid
 * for, and after it, because the next one is too. What an expression gives is not known there. A
 * condition sees no settings of the workflow, so the last hint cannot ask whether executions are saved.
 */
export function formHints(model: Model): NodeHint[] {
	const intensity = expressionIntensity(model);
	const { safeMaxForImages } = model.expressionIntensity;
	const hint = (message: string, condition: string): NodeHint => ({
		message,
		location: 'outputPane',
		whenToDisplay: 'always',
		displayCondition: `={{ ${condition} }}`,
	});
	return [
		hint(
			`'${bodyControl.displayName}' has less effect on a video character, which keeps some of its own movement`,
			`${valueOf(characterType)} === "video" && ${optionOf(bodyControl)} === true`,
		),
		hint(
			`'${intensity.displayName}' above ${safeMaxForImages} may distort an image character`,
			`${valueOf(characterType)} !== "video" && ${optionOf(intensity)} > ${safeMaxForImages}`,
		),
		hint(
			'A large file is sent as a temporary link, which stops working when n8n deletes an execution that is not saved. Save executions in the workflow settings, or use Create Video and Wait.',
			`${valueOf(operation)} === "create" && [${valueOf(character.source)}, ${valueOf(reference(model).source)}].includes("file") && $input.all().some(({ binary }) => Object.values(binary ?? {}).some(({ fileSize }) => /MB$/.test(fileSize) && parseFloat(fileSize) > ${megabytesInRequest(model)}))`,
		),
	];
}

/** In n8n's megabytes of 1000², rounded down: what a file may have to fit into the request as base64. */
function megabytesInRequest({ maxDataUriBytes }: Model): number {
	return Math.floor((maxDataUriBytes * 3) / 4 / 100_000) / 10;
}
