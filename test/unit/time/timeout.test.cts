import { withTimeout } from '../../../nodes/RunwayActTwo/time/timeout';
import { virtualClock } from '../../support/virtualClock.cts';

const never = new Promise<string>(() => {});

it('a timeout gives what came in time', async () => {
	const onTimeout = jest.fn(() => 'timed out');
	const clock = virtualClock();
	const response = clock.sleep(4999).then(() => 'response');
	await expect(withTimeout(clock, response, 5000, onTimeout)).resolves.toBe('response');
	await clock.sleep(5000);
	expect(onTimeout).not.toHaveBeenCalled();
});

it('a timeout passes on what went wrong in time', async () => {
	const lost = Promise.reject(new Error('lost'));
	await expect(withTimeout(virtualClock(), lost, 5000, () => 'timed out')).rejects.toThrow('lost');
});

it('each of many has a timeout of its own', async () => {
	const clock = virtualClock();
	const ended = async (seconds: number) =>
		await withTimeout(clock, never, seconds * 1000, () => `${clock.now() / 1000} s`);
	await expect(Promise.all([ended(30), ended(5)])).resolves.toEqual(['30 s', '5 s']);
});

it('a timeout throws what `onTimeout` throws', async () => {
	const ended = withTimeout(virtualClock(), never, 1000, () => {
		throw new Error('took too long');
	});
	await expect(ended).rejects.toThrow('took too long');
});

it('a timeout ends with the execution', async () => {
	const clock = virtualClock();
	const ended = withTimeout(clock, never, 1000, () => 'timed out');
	clock.stop(new Error('stopped'));
	await expect(ended).rejects.toThrow('stopped');
});
