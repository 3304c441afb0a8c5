import { progressOf } from '../../../nodes/RunwayActTwo/execution/progress';
import { virtualClock } from '../../support/virtualClock.cts';

const USUAL = async () => ({ median: 39.6, p90: 70.2 });

function start(count: number, typicalSeconds: () => Promise<undefined | object> = USUAL) {
	const lines: string[] = [];
	const time = virtualClock();
	let isClosed = false;
	const clock = {
		...time,
		sleep: async (ms: number) => {
			await time.sleep(ms);
			if (isClosed) throw new Error('closed');
		},
	};
	const { note, end } = progressOf({
		count,
		show: (line) => lines.push(line),
		clock,
	});
	return {
		lines,
		clock,
		progress: {
			note: (item: number, state: 'queued' | 'generating') =>
				note(item, state, typicalSeconds as typeof USUAL),
			end,
		},
		close: () => {
			isClosed = true;
		},
	};
}

it('the progress counts the time from its own start', () => {
	const clock = virtualClock();
	clock.advance(500_000);
	const lines: string[] = [];
	const { note } = progressOf({ count: 1, show: (line) => lines.push(line), clock });
	clock.advance(4000);
	note(0, 'queued', USUAL);
	clock.stop(new Error('over'));
	expect(lines).toEqual(['0 of 1 finished, 1 queued, 4 s']);
});

it.each(['queued', 'generating'] as const)(
	'the progress is told again while a video is %s',
	async (state) => {
		const { lines, clock, progress, close } = start(1, async () => undefined);
		progress.note(0, state);
		await clock.sleep(16_000);
		close();
		expect(lines).toEqual([
			`0 of 1 finished, 1 ${state}, 0 s`,
			`0 of 1 finished, 1 ${state}, 15 s`,
		]);
	},
);

it('the progress of all items is told at each change', async () => {
	const { lines, clock, progress, close } = start(4);
	progress.note(0, 'queued');
	await Promise.resolve();
	progress.note(1, 'queued');
	await clock.sleep(6000);
	progress.note(0, 'generating');
	progress.note(0, 'generating');
	clock.advance(35_000);
	progress.end(0, 'finished');
	progress.end(1, 'failed');
	progress.note(2, 'generating');
	close();
	expect(lines).toEqual([
		'0 of 4 finished, 1 queued, 3 waiting, 0 s',
		'0 of 4 finished, 2 queued, 2 waiting, 0 s',
		'0 of 4 finished, 1 generating, 1 queued, 2 waiting, 6 s, usually 40 to 70 s',
		'1 of 4 finished, 1 queued, 2 waiting, 41 s, usually 40 to 70 s',
		'1 of 4 finished, 1 failed, 2 waiting, 41 s, usually 40 to 70 s',
		'1 of 4 finished, 1 failed, 1 generating, 1 waiting, 41 s, usually 40 to 70 s',
	]);
});

it('the progress is told again every 15 seconds while a video is being generated, and not after', async () => {
	const { lines, clock, progress, close } = start(1, async () => undefined);
	progress.note(0, 'generating');
	await clock.sleep(46_000);
	progress.end(0, 'finished');
	await clock.sleep(60_000);
	close();
	expect(lines).toEqual([
		'0 of 1 finished, 1 generating, 0 s',
		'0 of 1 finished, 1 generating, 15 s',
		'0 of 1 finished, 1 generating, 30 s',
		'0 of 1 finished, 1 generating, 45 s',
		'1 of 1 finished, 46 s',
	]);
});

it('the progress is never an error: where nobody looks on, where the line cannot be shown, where nothing is known', async () => {
	const { clock } = start(0);
	progressOf({ count: 1, clock }).note(0, 'queued', USUAL);
	const broken = progressOf({
		count: 1,
		show: () => {
			throw new Error('no console');
		},
		clock: { ...clock, sleep: async () => await Promise.reject(new Error('stopped')) },
	});
	broken.note(0, 'queued', async () => await Promise.reject(new Error('no metrics')));
	await new Promise(setImmediate);
	broken.end(0, 'finished');
});

it('no progress is told of operations that wait for no video', () => {
	const { lines, progress } = start(2);
	progress.end(0, 'finished');
	progress.end(1, 'failed');
	expect(lines).toEqual([]);
});

it('counts also what ended before the first video was begun', () => {
	const { lines, progress, close } = start(2);
	progress.end(0, 'failed');
	progress.note(1, 'queued');
	progress.end(1, 'finished');
	close();
	expect(lines).toEqual([
		'0 of 2 finished, 1 failed, 1 queued, 0 s',
		'1 of 2 finished, 1 failed, 0 s',
	]);
});
