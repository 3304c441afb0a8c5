import { WaitingLine } from '../../../nodes/RunwayActTwo/limits/waitingLine';
import { abortableClock } from '../../../nodes/RunwayActTwo/time/clock';
import { virtualClock } from '../../support/virtualClock.cts';

/** A line before a door that opens at a moment. */
function lineUntil(opensAt: number) {
	const clock = virtualClock();
	const line = new WaitingLine(
		() => opensAt,
		() => {},
	);
	return { clock, line };
}

it('the smallest order goes first, and of equal ones the one that came first', async () => {
	const { clock, line } = lineUntil(1000);
	const admitted: string[] = [];
	const enter = async (name: string, order: number) => {
		await line.enter({ clock, order });
		admitted.push(name);
	};
	await Promise.all([enter('c', 2), enter('a', 1), enter('d', 2), enter('b', 1)]);
	expect(admitted).toEqual(['a', 'b', 'c', 'd']);
	expect(clock.now()).toBe(1000);
});

it('nobody waits beyond their deadline', async () => {
	const { clock, line } = lineUntil(10_000);
	const patient = line.enter({ clock });
	await expect(line.enter({ clock, deadline: 3000 })).resolves.toBe(false);
	expect(clock.now()).toBe(3000);
	await expect(patient).resolves.toBe(true);
	expect(clock.now()).toBe(10_000);
});

it('a stop rejects those of its own execution, and the others still get in', async () => {
	const { clock, line } = lineUntil(1000);
	const other = clock.another();
	const stopped = [line.enter({ clock }), line.enter({ clock })];
	const waiting = line.enter({ clock: other });
	clock.stop(new Error('stopped'));
	for (const one of stopped) await expect(one).rejects.toThrow('stopped');
	await expect(line.enter({ clock })).rejects.toThrow('stopped');
	await expect(waiting).resolves.toBe(true);
	expect(other.now()).toBe(1000);
});

it('a stop in the moment in which the door opens takes nobody else out of the line', async () => {
	let room = 0;
	const line = new WaitingLine(
		() => (room > 0 ? -Infinity : Infinity),
		() => room--,
	);
	const stop = new AbortController();
	const clock = abortableClock(stop.signal);
	const other = abortableClock(new AbortController().signal);
	const stopped = Promise.allSettled([line.enter({ clock }), line.enter({ clock })]);
	const waiting = line.enter({ clock: other });
	room = 1;
	stop.abort(new Error('stopped'));
	await stopped;
	room = 1;
	line.serve();
	await expect(waiting).resolves.toBe(true);
});

it('of thousands, whoever comes behind others costs no look at all of them', async () => {
	const clock = virtualClock();
	const opensAt = jest.fn(() => Infinity);
	const line = new WaitingLine(opensAt, () => {});
	const all = Array.from({ length: 5000 }, async () => await line.enter({ clock }));
	const hurried = line.enter({ clock, deadline: 1000 });
	await expect(hurried).resolves.toBe(false);
	expect(opensAt.mock.calls.length).toBeLessThan(10);
	clock.stop(new Error('stopped'));
	await Promise.allSettled(all);
});
