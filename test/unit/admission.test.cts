import { Admission } from '../../nodes/RunwayActTwo/execution/admission';
import { virtualClock } from './virtualClock.cts';

/** A server that admits so many at a time; finished work makes room. */
async function workThrough(items: number, most: number, admits: number) {
	const admission = new Admission(most, virtualClock(), new AbortController().signal);
	let running = 0;
	let attempts = 0;
	let busiest = 0;
	const work = async () => {
		for (;;) {
			attempts++;
			await Promise.resolve();
			if (running < admits) break;
			if (!(await admission.madeRoom())) throw new Error('refused alone');
		}
		admission.accepted();
		running++;
		busiest = Math.max(busiest, running);
		await new Promise((done) => setImmediate(done));
		running--;
	};
	await Promise.all(Array.from({ length: items }, async () => await admission.run(work)));
	return { attempts, busiest };
}

it('never has more items under way than the user allows', async () => {
	const { busiest, attempts } = await workThrough(50, 7, Infinity);
	expect(busiest).toBe(7);
	expect(attempts).toBe(50);
});

it('falls to what the server admits, with few refused attempts', async () => {
	const { busiest, attempts } = await workThrough(200, 20, 10);
	expect(busiest).toBe(10);
	expect(attempts).toBeLessThan(300);
});

it('a stop rejects those that queue', async () => {
	const stop = new AbortController();
	const admission = new Admission(1, virtualClock(), stop.signal);
	const first = admission.run(
		async () => await new Promise<string>((done) => setImmediate(done, 'a')),
	);
	const second = admission.run(async () => 'b');
	stop.abort(new Error('stopped'));
	await expect(second).rejects.toThrow('stopped');
	await expect(first).resolves.toBe('a');
});
