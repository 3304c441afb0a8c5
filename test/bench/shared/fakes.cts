import { fork } from 'node:child_process';
import { join } from 'node:path';

import type { LoggedRequest, FakeAimlapiOptions } from '../../support/fakeAimlapi/server.cts';

export interface FakeSettings extends Omit<FakeAimlapiOptions, 'durationMs' | 'now'> {
	/** What each generation takes in the order of creation, in milliseconds; repeated as needed. */
	durationsMs: number[];
}

export interface FakeRequest {
	number: number;
	do: 'start' | 'log';
	settings?: FakeSettings;
	url?: string;
}

export interface FakeLog {
	requests: LoggedRequest[];
	generations: Array<{ id: string; createdAt: number; durationMs: number }>;
}

export interface RemoteFake {
	url: string;
	key: string;
	log(): Promise<FakeLog>;
}

export interface Fakes {
	start(settings: FakeSettings): Promise<RemoteFake>;
	stop(): void;
}

/** A process that runs fakes, so that neither n8n nor the benchmark slows them down. */
export function fakesProcess(): Fakes {
	const child = fork(join(__dirname, 'fakesProcess.cts'), { execArgv: ['--import', 'tsx'] });
	const asked: Array<{ done: (answer: unknown) => void; failed: (reason: Error) => void }> = [];
	child.on('message', ({ number, answer }: { number: number; answer: unknown }) =>
		asked[number].done(answer),
	);
	child.once('exit', () => {
		for (const { failed } of asked) failed(new Error('The process of the fakes has ended'));
	});
	const ask = async (request: Omit<FakeRequest, 'number'>) =>
		await new Promise<unknown>((done, failed) => {
			child.send({ ...request, number: asked.push({ done, failed }) - 1 });
		});
	return {
		start: async (settings) => {
			const found = (await ask({ do: 'start', settings })) as { url: string; key: string };
			const log = async () => (await ask({ do: 'log', url: found.url })) as FakeLog;
			return { ...found, log };
		},
		stop: () => child.disconnect(),
	};
}
