import { checkpointsOf } from '../../../nodes/RunwayActTwo/execution/checkpoint';

/** What n8n keeps of a node between its runs, and who runs. */
function execution(
	kept: Record<string, unknown> = {},
	{
		executionId = '17',
		runIndex = 0,
		node = 'Runway Act-Two',
		type = 'runwayActTwo',
		instance = 'i',
		items = [{ json: { n: 1 } }, { json: { n: 2 } }] as object[],
	} = {},
) {
	const customData: Record<string, string> = {};
	return {
		kept,
		customData,
		getContext: () => kept,
		evaluateExpression: () => runIndex,
		getExecutionId: () => executionId,
		getInstanceId: () => instance,
		getWorkflow: () => ({ id: 'w' }),
		getNode: () => ({ name: node, type }),
		getInputData: () => items,
		logger: { warn: () => {} },
		getWorkflowDataProxy: () => ({
			$execution: {
				customData: {
					get: (key: string) => customData[key],
					set: (key: string, value: string) => (customData[key] = value),
				},
			},
		}),
	};
}

const open = (context: object, itemIndex = 0, request = ['request']) =>
	checkpointsOf(context as never)(itemIndex, request);

it('knows nothing at first', () => {
	expect(open(execution()).load()).toBeUndefined();
});

it('a later run resumes the generation with its cost', () => {
	const context = execution();
	open(context).save('g:runway/act_two', { creditsUsed: 650_000, costUsd: 0.325 });
	expect(open(execution(context.kept, { executionId: '18' })).load()).toEqual({
		kind: 'created',
		id: 'g:runway/act_two',
		usage: { creditsUsed: 650_000, costUsd: 0.325 },
	});
});

it('a cost told in US dollars alone survives as such', () => {
	const context = execution();
	open(context).save('g', { costUsd: 0.5 });
	const kept = JSON.parse(JSON.stringify(context.kept)) as Record<string, unknown>;
	expect(open(execution(kept)).load()).toEqual({
		kind: 'created',
		id: 'g',
		usage: { costUsd: 0.5 },
	});
});

it('a later run knows that another execution has paid for it', () => {
	const context = execution();
	open(context).save('g', {}, true);
	expect(open(execution(context.kept)).load()).toEqual({
		kind: 'created',
		id: 'g',
		usage: {},
		reused: true,
	});
});

it('what version 1.0.0 has kept is read', () => {
	const context = execution();
	open(context).save('g', { creditsUsed: 650_000, costUsd: 0.325 });
	const [key] = Object.keys(context.kept);
	context.kept[key] = '["created","g",650000,0.325]';
	expect(open(execution(context.kept)).load()).toEqual({
		kind: 'created',
		id: 'g',
		usage: { creditsUsed: 650_000, costUsd: 0.325 },
	});
});

describe('an item', () => {
	const ITEMS = [{ json: { n: 1 } }, { json: { n: 2 } }, { json: { n: 2 } }];

	it('is told apart from others, from other runs and from other requests', () => {
		const context = execution();
		open(context).save('g', {});
		expect(open(context, 1).load()).toBeUndefined();
		expect(open(context, 0, ['another']).load()).toBeUndefined();
		expect(open(context, 0, ['req', 'uest']).load()).toBeUndefined();
		expect(open(execution(context.kept, { runIndex: 1 })).load()).toBeUndefined();
	});

	it('is known again in another order and beside fewer others', () => {
		const context = execution({}, { items: ITEMS });
		for (const [index, id] of ['a', 'b', 'c'].entries()) open(context, index).save(id, {});
		const idsOf = (items: object[]) =>
			items.map((_, index) => {
				const state = open(execution(context.kept, { items }), index).load();
				return state && 'id' in state ? state.id : undefined;
			});
		expect(idsOf([ITEMS[1], ITEMS[0], ITEMS[2]])).toEqual(['b', 'a', 'c']);
		expect(idsOf([ITEMS[2]])).toEqual(['b']);
		expect(idsOf([...ITEMS, { json: { n: 2 } }])[3]).toBeUndefined();
	});

	it('is told apart by its files, in n8n’s storage or in memory', () => {
		const file = (properties: object) => ({ json: {}, binary: { data: properties } });
		const items = [file({ id: 'x' }), file({ id: 'y' }), file({ data: 'eA==' })];
		const context = execution({}, { items });
		open(context).save('g', {});
		expect(open(context, 1).load()).toBeUndefined();
		expect(open(context, 2).load()).toBeUndefined();
	});
});

describe('as a tool', () => {
	const TOOL = { type: 'runwayActTwoTool' };

	it('the request alone is known again, in whatever run', () => {
		const context = execution({}, TOOL);
		open(context).save('g', {});
		const later = execution(context.kept, {
			...TOOL,
			runIndex: 5,
			items: [{ json: { other: 1 } }],
		});
		expect(open(later).load()).toMatchObject({ id: 'g' });
		expect(open(later, 0, ['another']).load()).toBeUndefined();
	});

	it('without an execution it is known again in this process, by this node', () => {
		const outside = (settings: object = {}) => ({
			...execution({}, { ...TOOL, ...settings }),
			getExecutionId: () => undefined,
		});
		open(outside()).save('g', {});
		expect(open(outside()).load()).toMatchObject({ id: 'g' });
		expect(open(outside({ node: 'Other' })).load()).toBeUndefined();
	});
});

it('a POST without a response is remembered with the request ID it was sent under', () => {
	const context = execution();
	open(context).markSent('n8n.1', 5000);
	expect(open(execution(context.kept, { executionId: '18' })).load()).toEqual({
		kind: 'sent',
		clientRequestId: 'n8n.1',
		sentAt: 5000,
	});
});

it('a certain refusal leaves nothing', () => {
	const context = execution();
	const checkpoint = open(context);
	checkpoint.markSent('n8n.1', 0);
	checkpoint.clear();
	expect(context.kept).toEqual({});
});

it('a failure that would only repeat itself is kept', () => {
	const context = execution();
	const failure = { name: 'SAFETY.INPUT.IMAGE', message: 'Moderated' };
	open(context).saveFailure('g', failure);
	expect(open(context).load()).toEqual({ kind: 'failed', id: 'g', failure });
});

describe('a call that was given up', () => {
	it('does not overwrite what came after it', () => {
		const context = execution();
		const abandoned = open(context);
		abandoned.markSent('n8n.1', 0);
		const next = open(context);
		next.load();
		next.clear();
		next.markSent('n8n.2', 1);
		abandoned.save('old', {});
		abandoned.clear();
		expect(open(context).load()).toMatchObject({ kind: 'sent', clientRequestId: 'n8n.2' });
	});

	it('still has its ID in the custom data', () => {
		const context = execution();
		const abandoned = open(context);
		abandoned.markSent('n8n.1', 0);
		const next = open(context);
		next.load();
		next.save('new', {});
		abandoned.save('old', {});
		expect(context.customData.actTwoGenerations1).toBe('new old');
	});
});
