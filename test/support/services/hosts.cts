import { createServer } from 'node:https';

import { makeCertificate } from './certificates.cts';
import { listen, serve } from './http.cts';
import type { Handler } from './http.cts';
import { startProxy } from './proxy.cts';

/** What a process has to be started with to reach the hosts played here. */
export type HostsEnv = {
	HTTPS_PROXY: string;
	NO_PROXY: string;
	NODE_EXTRA_CA_CERTS: string;
};

export interface Hosts {
	env: HostsEnv;
	/** Hosts that were asked for and are not played, as `host:port`. */
	refused: string[];
	close(): Promise<void>;
}

/**
 * Plays hosts of the internet on loopback, under their real names and over TLS.
 * @param folder where the certificate that clients have to trust is written, with its key
 * @param handlers what answers, by host name
 */
export async function playHosts(folder: string, handlers: Record<string, Handler>): Promise<Hosts> {
	const names = Object.keys(handlers);
	const { file, certificate, key } = makeCertificate(folder, names);
	const tls = await listen(
		createServer(
			{ cert: certificate, key },
			serve(async (request, response) => {
				await handlers[request.headers.host ?? ''](request, response);
			}),
		),
	);
	const proxy = await startProxy(names, tls.port);
	return {
		env: {
			HTTPS_PROXY: proxy.url,
			NO_PROXY: '127.0.0.1,localhost',
			NODE_EXTRA_CA_CERTS: file,
		},
		refused: proxy.refused,
		close: async () => {
			await Promise.all([proxy.close(), tls.close()]);
		},
	};
}
