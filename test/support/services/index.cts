import { createServer } from 'node:https';

import { makeCertificate } from './certificates.cts';
import { GOOGLE_HOSTS, FakeGoogleDrive } from './googleDrive.cts';
import type { Handler } from './http.cts';
import { listen, serve } from './http.cts';
import { startOpenAi } from './openai.cts';
import type { FakeOpenAi } from './openai.cts';
import { startProxy } from './proxy.cts';
import { SLACK_HOSTS, FakeSlack } from './slack.cts';
import { FakeTelegram, TELEGRAM_HOSTS } from './telegram.cts';

export interface Services {
	/** What n8n has to be started with, so that its own nodes find these services. */
	env: { HTTPS_PROXY: string; NO_PROXY: string; NODE_EXTRA_CA_CERTS: string };
	slack: FakeSlack;
	telegram: FakeTelegram;
	drive: FakeGoogleDrive;
	openai: FakeOpenAi;
	/** Hosts that were asked for and are not played here, as `host:port`. */
	refused: string[];
	close(): Promise<void>;
}

/**
 * Slack, Telegram and Google Drive under their real names and an OpenAI-compatible chat model, all on
 * loopback.
 * @param folder where the certificate that n8n has to trust is written, with its key
 */
export async function startServices({ folder }: { folder: string }): Promise<Services> {
	const slack = new FakeSlack();
	const telegram = new FakeTelegram();
	const drive = new FakeGoogleDrive();
	const handlers: Record<string, Handler> = {
		...Object.fromEntries(SLACK_HOSTS.map((host) => [host, slack.handle])),
		...Object.fromEntries(TELEGRAM_HOSTS.map((host) => [host, telegram.handle])),
		...Object.fromEntries(GOOGLE_HOSTS.map((host) => [host, drive.handle])),
	};
	const hosts = Object.keys(handlers);
	const { file, certificate, key } = makeCertificate(folder, hosts);

	const tls = await listen(
		createServer(
			{ cert: certificate, key },
			serve(async (request, response) => {
				await handlers[request.headers.host ?? ''](request, response);
			}),
		),
	);
	const proxy = await startProxy(hosts, tls.port);
	const model = await startOpenAi();

	return {
		env: {
			HTTPS_PROXY: proxy.url,
			NO_PROXY: '127.0.0.1,localhost',
			NODE_EXTRA_CA_CERTS: file,
		},
		slack,
		telegram,
		drive,
		openai: model.openai,
		refused: proxy.refused,
		close: async () => {
			await Promise.all([proxy.close(), tls.close(), model.close()]);
		},
	};
}
