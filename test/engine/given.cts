import { statSync } from 'node:fs';

import { startStandin } from '../support/standin/server.cts';
import type { Standin, StandinOptions } from '../support/standin/server.cts';
import type { Given } from './engine.cts';

/** The size of every video of the stand-in. */
export const VIDEO_BYTES = statSync('test/support/standin/assets/video.mp4').size;

export const INPUTS = {
	characterType: 'image',
	characterSource: 'url',
	characterUrl: 'https://example.com/character.jpg',
	referenceSource: 'url',
	referenceUrl: 'https://example.com/performance.mp4',
};

let standin: Standin | undefined;

/** A stand-in whose generations take half a second, and a node that looks every second. */
export async function given(
	parameters: Given['parameters'] = {},
	options: StandinOptions = {},
	rest: Partial<Given> = {},
): Promise<Given & { standin: Standin }> {
	standin = await startStandin({ durationMs: 500, ...options });
	const { options: nodeOptions, ...others } = parameters;
	return {
		standin,
		credential: { apiKey: standin.key, baseUrl: standin.url },
		parameters: {
			...INPUTS,
			...others,
			options: { pollingInterval: 1, ...(nodeOptions as object) },
		},
		...rest,
	};
}

export async function closeStandin(): Promise<void> {
	await standin?.close();
}
