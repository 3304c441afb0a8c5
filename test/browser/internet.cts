import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';

import type { FakeAimlapi } from '../support/fakeAimlapi/server.cts';
import { forwardTo } from '../support/services/http.cts';
import type { Handler } from '../support/services/http.cts';
import { playHosts } from '../support/services/hosts.cts';
import type { Hosts } from '../support/services/hosts.cts';

export const API = 'https://api.aimlapi.com';
const CDN = 'https://cdn.aimlapi.com';
const ASSETS = 'test/support/fakeAimlapi/assets';

/** Files of somebody's own. */
export const FILES = {
	character: 'https://files.example.com/fox.png',
	performance: 'https://files.example.com/performance.mp4',
	/** Too large to be sent within the request. */
	large: 'https://files.example.com/long-performance.mp4',
};
const LARGE_BYTES = 13_000_000;

const asset = (name: string, type: string) => sending(readFileSync(`${ASSETS}/${name}`), type);

function sending(content: Buffer, type: string): Handler {
	return async ({ method }, response: ServerResponse) => {
		response.writeHead(200, { 'content-type': type, 'content-length': content.length });
		response.end(method === 'HEAD' ? undefined : content);
	};
}

/** What of the internet the node meets in the pictures, under the names that its users see. */
export interface Internet extends Hosts {
	/** Whom the API's host leads to from now on. */
	lead(fake: FakeAimlapi): void;
}

/**
 * Plays AIMLAPI, the host of its videos and those of the sample files.
 * @param folder where the certificate that n8n has to trust is written
 */
export async function playInternet(folder: string): Promise<Internet> {
	let answering: FakeAimlapi;
	const cdns = new Map<FakeAimlapi, string>();
	const character = asset('character.png', 'image/png');
	const performance = asset('performance.mp4', 'video/mp4');
	const files = new Map([
		[FILES.character, character],
		[FILES.performance, performance],
		[FILES.large, sending(Buffer.alloc(LARGE_BYTES), 'video/mp4')],
	]);
	const hosts = await playHosts(folder, {
		'api.aimlapi.com': forwardTo(() => answering.url),
		'cdn.aimlapi.com': forwardTo(() => cdns.get(answering) ?? ''),
		'raw.githubusercontent.com': character,
		'zovi0.github.io': performance,
		'files.example.com': async (request, response) =>
			await files.get(`https://files.example.com${request.url}`)?.(request, response),
	});
	return {
		...hosts,
		lead: (fake) => {
			answering = fake;
			if (fake.cdnUrl !== CDN) cdns.set(fake, fake.cdnUrl);
			fake.cdnUrl = CDN;
		},
	};
}
