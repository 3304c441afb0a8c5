import { statSync } from 'node:fs';

import { startFakeAimlapi } from '../support/fakeAimlapi/server.cts';
import type { FakeAimlapi, FakeAimlapiOptions } from '../support/fakeAimlapi/server.cts';
import type { NodeSettings } from './engine.cts';

/** The size of every video of the fake API. */
export const VIDEO_BYTES = statSync('test/support/fakeAimlapi/assets/video.mp4').size;

export const INPUTS = {
	characterType: 'image',
	characterSource: 'url',
	characterUrl: 'https://example.com/character.jpg',
	referenceSource: 'url',
	referenceUrl: 'https://example.com/performance.mp4',
};

interface Setup extends Partial<NodeSettings> {
	/** How the fake API behaves. */
	server?: FakeAimlapiOptions;
}

let fake: FakeAimlapi | undefined;

/** A fake API whose generations take half a second, and a node that polls it every second. */
export async function setup({ parameters = {}, server = {}, ...rest }: Setup = {}): Promise<
	NodeSettings & { fake: FakeAimlapi }
> {
	fake = await startFakeAimlapi({ durationMs: 500, ...server });
	const { options, ...others } = parameters;
	return {
		fake,
		credential: { apiKey: fake.key, baseUrl: fake.url },
		parameters: {
			...INPUTS,
			...others,
			options: { pollingInterval: 1, checkLinks: false, ...(options as object) },
		},
		...rest,
	};
}

export async function closeFakeAimlapi(): Promise<void> {
	await fake?.close();
}
