import type { NodeHint } from 'n8n-workflow';

import { bodyControl, characterType, expressionIntensity } from './generation';
import { character, reference } from './inputs';
import { operation } from './operation';

const valueOf = (field: { name: string }) => `$parameter.${field.name}`;
const optionOf = (field: { name: string }) => `$parameter.options?.${field.name}`;

/** In n8n's megabytes, above which a file no longer fits into the request. */
const FITS_IN_REQUEST = 'mimeType.startsWith("video/") ? 12.5 : 3.9';

/**
 * Hints beside the form, shown whenever the parameters are like that: before a run, because it is paid
 * for, and after it, because the next one is too. What an expression gives is not known there. A
 * condition sees no settings of the workflow, so the last hint cannot ask whether executions are saved.
 */
export const formHints: NodeHint[] = [
	{
		message: `'${bodyControl.displayName}' matters for image characters. A video character keeps some of its own movement.`,
		location: 'outputPane',
		whenToDisplay: 'always',
		displayCondition: `={{ ${valueOf(characterType)} === "video" && ${optionOf(bodyControl)} === true }}`,
	},
	{
		message: `'${expressionIntensity.displayName}' above 3 may distort an image character`,
		location: 'outputPane',
		whenToDisplay: 'always',
		displayCondition: `={{ ${valueOf(characterType)} === "image" && ${optionOf(expressionIntensity)} > 3 }}`,
	},
	{
		message:
			'A large file is sent as a temporary link, which stops working when n8n deletes an execution that is not saved. Save executions in the settings of the workflow, or use Create Video and Wait.',
		location: 'outputPane',
		whenToDisplay: 'always',
		displayCondition: `={{ ${valueOf(operation)} === "create" && [${valueOf(character.source)}, ${valueOf(reference.source)}].includes("file") && $input.all().some(({ binary }) => Object.values(binary ?? {}).some(({ mimeType, fileSize }) => /[MG]B$/.test(fileSize) && parseFloat(fileSize) > (${FITS_IN_REQUEST}))) }}`,
	},
];
