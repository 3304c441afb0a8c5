import { executionOf } from '../../../nodes/RunwayActTwo/aimlapi/clientRequestId';
import { checkpointsOf } from '../../../nodes/RunwayActTwo/execution/checkpoint';

/** What n8n keeps of a node between its runs, and who runs. */
function execution(
	kept: Record<string, unknown> = {},
	{ executionId = '17', runIndex = 0, node = 'Runway Act-Two', instance = 'i' } = {},
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
		getNode: () => ({ name: node, type: 'runwayActTwo' }),
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

const open = (context: object, itemIndex = 0, fingerprint = ['request']) =>
	checkpointsOf(context as never)(itemIndex, fingerprint);

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
	const kept = JSON.parse(JSON.stringify(context.kept)) as Record<string, unknown>;
	open({ ...context, getContext: () => kept }).save('g', { costUsd: 0.5 });
	expect(open(execution(kept)).load()).toEqual({
		kind: 'created',
		id: 'g',
		usage: { costUsd: 0.5 },
	});
});

it('tells items, runs and requests apart', () => {
	const context = execution();
	open(context).save('g', {});
	expect(open(context, 1).load()).toBeUndefined();
	expect(open(context, 0, ['another']).load()).toBeUndefined();
	expect(open(context, 0, ['req', 'uest']).load()).toBeUndefined();
	expect(open(execution(context.kept, { runIndex: 1 })).load()).toBeUndefined();
});

it('a POST without a response is remembered with the request ID it was sent under', () => {
	const context = execution();
	const checkpoint = open(context);
	checkpoint.markSent(5000);
	expect(open(execution(context.kept, { executionId: '18' })).load()).toEqual({
		kind: 'sent',
		clientRequestId: checkpoint.clientRequestId,
		sentAt: 5000,
	});
});

it('a certain refusal leaves nothing, and the next POST has the same request ID', () => {
	const context = execution();
	const checkpoint = open(context);
	checkpoint.markSent(0);
	checkpoint.clear();
	expect(context.kept).toEqual({});
	expect(open(context).clientRequestId).toBe(checkpoint.clientRequestId);
});

it('the creation after a failed generation is another one', () => {
	const context = execution();
	const first = open(context);
	first.save('g', {});
	first.startNextAttempt();
	const second = open(context);
	expect(second.load()).toBeUndefined();
	expect(second.clientRequestId).not.toBe(first.clientRequestId);
	second.markSent(0);
	second.clear();
	expect(open(context).clientRequestId).toBe(second.clientRequestId);
});

it('a failure that would only repeat itself is kept', () => {
	const context = execution();
	open(context).saveFailure('g', { name: 'SAFETY.INPUT.IMAGE', message: 'Moderated' });
	expect(open(context).load()).toEqual({
		kind: 'failed',
		id: 'g',
		failure: { name: 'SAFETY.INPUT.IMAGE', message: 'Moderated' },
	});
});

describe('the client request ID', () => {
	it('is within the header’s alphabet and length, whatever the execution is called', () => {
		for (const executionId of ['17', 'ä/ö '.repeat(100), '']) {
			const { clientRequestId } = open(execution({}, { executionId }));
			expect(clientRequestId).toMatch(/^[\w.:-]{1,128}$/);
		}
	});

	it('is unique to execution, node, run, item and instance', () => {
		const ids = [
			open(execution()),
			open(execution({}, { executionId: '18' })),
			open(execution({}, { node: 'Other' })),
			open(execution({}, { runIndex: 1 })),
			open(execution({}, { instance: 'j' })),
			open(execution(), 1),
		].map(({ clientRequestId }) => clientRequestId);
		expect(new Set(ids).size).toBe(ids.length);
	});

	it('tells the execution', () => {
		expect(executionOf(open(execution()).clientRequestId)).toBe('17');
		expect(executionOf('n8n.17')).toBeUndefined();
		expect(executionOf('someone-else')).toBeUndefined();
	});
});
