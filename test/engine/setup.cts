import { readFileSync, statSync } from 'node:fs';

import { startFakeAimlapi } from '../support/fakeAimlapi/server.cts';
import type { FakeAimlapi, FakeAimlapiOptions } from '../support/fakeAimlapi/server.cts';
import type { NodeSettings } from './engine.cts';

const ASSETS = 'test/support/fakeAimlapi/assets';

/** The size of every video of the fake API. */
export const VIDEO_BYTES = statSync(`${ASSETS}/video.mp4`).size;

export const INPUTS = {
	characterType: 'image',
	characterSource: 'url',
	characterUrl: 'https://example.com/character.jpg',
	referenceSource: 'url',
	referenceUrl: 'https://example.com/performance.mp4',
};

const file = (name: string, mimeType: string) => ({
	data: readFileSync(`${ASSETS}/${name}`).toString('base64'),
	mimeType,
});

/** With a character of 480 × 480 pixels and a performance of 3 seconds. */
export const ITEM_WITH_FILES = {
	json: {},
	binary: {
		character: file('character.png', 'image/png'),
		reference: file('performance.mp4', 'video/mp4'),
	},
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
