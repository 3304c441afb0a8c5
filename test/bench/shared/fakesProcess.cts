import { startFakeAimlapi } from '../../support/fakeAimlapi/server.cts';
import type { FakeAimlapi } from '../../support/fakeAimlapi/server.cts';
import type { FakeRequest, FakeSettings } from './fakes.cts';

const running = new Map<string, FakeAimlapi>();

/** A fake API for each benchmark, in this process of their own: what they cost is not measured. */
async function serve(request: FakeRequest): Promise<object> {
	if (request.do === 'start') {
		const { durationsMs, ...options } = request.settings as FakeSettings;
		const durationMs = (index: number) => durationsMs[index % durationsMs.length];
		const fake = await startFakeAimlapi({ ...options, durationMs });
		running.set(fake.url, fake);
		return { url: fake.url, key: fake.key };
	}
	const { requests, generations } = running.get(request.url as string) as FakeAimlapi;
	// A creation's body may be a file of megabytes, and nobody counts it.
	return { generations, requests: requests.map((entry) => ({ ...entry, body: undefined })) };
}

process.on('message', (request: FakeRequest) => {
	void serve(request).then((answer) => process.send?.({ number: request.number, answer }));
});
process.on('disconnect', () => process.exit());
