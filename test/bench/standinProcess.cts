import { startStandin } from '../support/standin/server.cts';
import type { Standin } from '../support/standin/server.cts';
import type { StandinRequest, StandinSettings } from './standins.cts';

const running = new Map<string, Standin>();

/** A stand-in for each benchmark, in this process of their own: what they cost is not measured. */
async function serve(request: StandinRequest): Promise<object> {
	if (request.do === 'start') {
		const { durationsMs, ...options } = request.settings as StandinSettings;
		const durationMs = (index: number) => durationsMs[index % durationsMs.length];
		const standin = await startStandin({ ...options, durationMs });
		running.set(standin.url, standin);
		return { url: standin.url, key: standin.key };
	}
	const { requests, generations } = running.get(request.url as string) as Standin;
	// A creation's body may be a file of megabytes, and nobody counts it.
	return { generations, requests: requests.map((entry) => ({ ...entry, body: undefined })) };
}

process.on('message', (request: StandinRequest) => {
	void serve(request).then((answer) => process.send?.({ number: request.number, answer }));
});
process.on('disconnect', () => process.exit());
