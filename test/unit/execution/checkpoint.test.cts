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
		workflow = 'w',
		items = [{ json: { n: 1 } }, { json: { n: 2 } }] as object[],
	} = {},
) {
	const customData: Record<string, string> = {};
	return {
		kept,
		customData,
		getContext: (of: string) => (of === 'node' ? kept : {}),
		evaluateExpression: (asked: string) => (asked === '{{ $runIndex }}' ? runIndex : asked),
		getExecutionId: () => executionId,
		getInstanceId: () => instance,
		getWorkflow: () => ({ id: workflow }),
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

/** Of three items alike, two with a file, and a tool. */
const KEPT = {
	'0218e8ee918c6b63': '["created","0",null,null]',
	ce9d5b63fd74e354: '["created","1",null,null]',
	'7991cc0b8a13d813': '["created","2",null,null]',
	f17fc2ba39594d55: '["created","3",null,null]',
	'5e6adde2416235b4': '["created","4",null,null]',
	ffd031083c167bd5: '["created","tool",null,null]',
};

const open = (context: object, itemIndex = 0, request = ['request']) =>
	checkpointsOf(context as never)(itemIndex, request);

it('nothing is known of an item at first', () => {
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

it.each([[{ costUsd: 0.5 }], [{ creditsUsed: 5 }], [{}]])(
	'a cost told as %j alone survives as such',
	(usage) => {
		const context = execution();
		open(context).save('g', usage);
		const kept = JSON.parse(JSON.stringify(context.kept)) as Record<string, unknown>;
		expect(open(execution(kept)).load()).toEqual({ kind: 'created', id: 'g', usage });
	},
);

it('what 1.1.0 keeps is found by every later version: nothing is paid for again after an update', () => {
	const file = (properties: object) => ({ json: { n: 1 }, binary: { data: properties } });
	const items = [
		...[{ json: { n: 1 } }, { json: { n: 1 } }, { json: { n: 1 } }],
		...[file({ id: 'x', fileName: 'a.mp4' }), file({ data: 'eA==' })],
	];
	const ids = items.map((_, index) => open(execution({ ...KEPT }, { items }), index).load());
	expect(ids).toMatchObject(['0', '1', '2', '3', '4'].map((id) => ({ kind: 'created', id })));
	const tool = execution({ ...KEPT }, { type: 'runwayActTwoTool' });
	expect(open(tool).load()).toEqual({ kind: 'created', id: 'tool', usage: {} });
});

it('two calls at once share a generation only where execution, node, item and request are the same', () => {
	const scopeOf = (settings = {}, itemIndex = 0, request = ['request']) =>
		open(execution({}, settings), itemIndex, request).scope;
	const scopes = [
		...[scopeOf(), scopeOf({ executionId: '18' }), scopeOf({ node: 'Other' })],
		...[scopeOf({ workflow: 'Other' }), scopeOf({ instance: 'j' }), scopeOf({}, 1)],
		scopeOf({}, 0, ['another']),
	];
	expect(new Set(scopes).size).toBe(scopes.length);
	expect(scopeOf()).toBe(scopes[0]);
});

it('what somebody else keeps there is nothing to it', () => {
	const context = execution();
	open(context).save('g', {});
	const [key] = Object.keys(context.kept);
	expect(open(execution({ [key]: { id: 'g' } })).load()).toBeUndefined();
});

it('every POST has an ID that tells execution, run and item', () => {
	expect(open(execution({}, { runIndex: 5 }), 1).newClientRequestId('c')).toMatch(
		/^n8n\.17\.5\.1\.[\da-f]{8}\.[\da-f]{8}\.c$/,
	);
	// A tool's runs are its calls.
	const tool = execution({}, { runIndex: 5, type: 'runwayActTwoTool' });
	expect(open(tool).newClientRequestId('c')).toMatch(/^n8n\.17\.0\.0\./);
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

	it.each(['its file', 'a file in its JSON'])(
		'is known again when n8n has moved %s, as it moves those of a form',
		(place) => {
			const items = (folder: string, name = 'f') => {
				const id = `filesystem-v2:workflows/w/executions/${folder}/binary_data/${name}`;
				const file = { mimeType: 'image/png', id };
				return [place === 'its file' ? { json: {}, binary: { file } } : { json: { file } }];
			};
			const context = execution({}, { items: items('temp') });
			open(context).save('g', {});
			const load = (...[folder, name]: Parameters<typeof items>) =>
				open(execution(context.kept, { items: items(folder, name) })).load();
			expect(load('17')).toMatchObject({ id: 'g' });
			expect(load('17', 'another')).toBeUndefined();
		},
	);
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
		expect(open(outside({ workflow: 'Other' })).load()).toBeUndefined();
		const now = performance.now();
		jest.spyOn(performance, 'now').mockReturnValueOnce(now + 3_601_000);
		expect(open(outside()).load()).toBeUndefined();
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
	expect(Object.keys(context.kept)).toEqual([]);
});

it('a failure that would only repeat itself is kept', () => {
	const context = execution();
	const failure = { name: 'SAFETY.INPUT.IMAGE', message: 'Moderated' };
	open(context).saveFailure('g', failure);
	expect(open(context).load()).toEqual({ kind: 'failed', id: 'g', failure });
	open(context, 1).saveFailure('h', { message: 'Moderated' });
	expect(open(context, 1).load()).toMatchObject({ failure: { name: '', message: 'Moderated' } });
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
