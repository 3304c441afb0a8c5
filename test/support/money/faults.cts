import type { Patch } from './loadNode.cts';

const CREATION = 'operations/steps/createGeneration.ts';
const REQUEST = 'operations/steps/creationRequest.ts';

/** Faults put into the node's source on purpose, one a time: each spends money twice, or after a stop. */
export const FAULTS: Array<{ what: string; patches: Patch[]; breaks: RegExp }> = [
	{
		what: 'the checkpoint is saved after the answer instead of before',
		patches: [
			{
				file: CREATION,
				from: /\t\tcheckpoint\.markSent\(clientRequestId, sentAt\);\n([^]*?\.then\(\(verdict\) => \{)/,
				to: "$1 if (verdict.kind !== 'unknown') checkpoint.markSent(clientRequestId, sentAt);",
			},
		],
		breaks: /payments for/,
	},
	{
		what: 'the checkpoint is cleared when nothing is known',
		patches: [
			{
				file: CREATION,
				from: "else if (verdict.kind !== 'unknown') checkpoint.clear();",
				to: 'else checkpoint.clear();',
			},
		],
		breaks: /payments for/,
	},
	{
		what: 'the second item is not resumed',
		patches: [
			{
				file: REQUEST,
				from: /const earlier = checkpoint\.load\(\);/g,
				to: 'const earlier = itemIndex === 1 ? undefined : checkpoint.load();',
			},
			{
				file: CREATION,
				from: 'const earlier = checkpoint.load()',
				to: 'checkpoint.load(); const earlier = (itemIndex === 1 ? undefined : checkpoint.load())',
			},
		],
		breaks: /payments for/,
	},
	{
		what: 'a creation is sent again after HTTP 500',
		patches: [
			{
				file: 'aimlapi/classify.ts',
				from: 'if (status === 429) return',
				to: 'if (status === 429 || status === 500) return',
			},
		],
		breaks: /payments for/,
	},
	{
		what: 'a stop is not looked at',
		patches: [
			{ file: 'execution/runItems.ts', from: /if \(cancelSignal\?\.aborted\) throw .*;/, to: '' },
		],
		breaks: /after the execution was stopped/,
	},
];
