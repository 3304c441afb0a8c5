import { fork } from 'node:child_process';
import { join } from 'node:path';

import type { LoggedRequest, StandinOptions } from '../support/standin/server.cts';

export interface StandinSettings extends Omit<StandinOptions, 'durationMs' | 'now'> {
	/** What each generation takes in the order of creation, in milliseconds; repeated as needed. */
	durationsMs: number[];
}

export interface StandinRequest {
	number: number;
	do: 'start' | 'log';
	settings?: StandinSettings;
	url?: string;
}

export interface StandinLog {
	requests: LoggedRequest[];
	generations: Array<{ id: string; createdAt: number; durationMs: number }>;
}

export interface RemoteStandin {
	url: string;
	key: string;
	log(): Promise<StandinLog>;
}

export interface Standins {
	start(settings: StandinSettings): Promise<RemoteStandin>;
	stop(): void;
}

/** A process that runs stand-ins, so that neither n8n nor the benchmark slows them down. */
export function standinProcess(): Standins {
	const child = fork(join(__dirname, 'standinProcess.cts'), { execArgv: ['--import', 'tsx'] });
	const asked: Array<{ done: (answer: unknown) => void; failed: (reason: Error) => void }> = [];
	child.on('message', ({ number, answer }: { number: number; answer: unknown }) =>
		asked[number].done(answer),
	);
	child.once('exit', () => {
		for (const { failed } of asked) failed(new Error('The process of the stand-ins has ended'));
	});
	const ask = async (request: Omit<StandinRequest, 'number'>) =>
		await new Promise<unknown>((done, failed) => {
			child.send({ ...request, number: asked.push({ done, failed }) - 1 });
		});
	return {
		start: async (settings) => {
			const found = (await ask({ do: 'start', settings })) as { url: string; key: string };
			const log = async () => (await ask({ do: 'log', url: found.url })) as StandinLog;
			return { ...found, log };
		},
		stop: () => child.disconnect(),
	};
}
