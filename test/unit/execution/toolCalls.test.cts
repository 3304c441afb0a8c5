import { toolCalls } from '../../../nodes/RunwayActTwo/execution/toolCalls';

it('what a tool call created is kept for an hour since its creation, however old the others are', () => {
	let now = 0;
	const calls = toolCalls(() => now);
	calls.set('first', '1');
	now += 3_000_000;
	calls.set('second', '2');
	now += 3_000_000;
	expect(calls.get('second')).toBe('2');
	expect(calls.get('first')).toBeUndefined();
	now += 3_000_000;
	expect(calls.get('second')).toBeUndefined();
});

it('a tool call that came to nothing is forgotten', () => {
	const calls = toolCalls(() => 0);
	calls.set('call', '1');
	calls.delete('call');
	expect(calls.get('call')).toBeUndefined();
});
