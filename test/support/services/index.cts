import { GOOGLE_HOSTS, FakeGoogleDrive } from './googleDrive.cts';
import { FakeGoogleSheets, SHEETS_HOSTS } from './googleSheets.cts';
import { playHosts } from './hosts.cts';
import type { HostsEnv } from './hosts.cts';
import { startOpenAi } from './openai.cts';
import type { FakeOpenAi } from './openai.cts';
import { SLACK_HOSTS, FakeSlack } from './slack.cts';
import { FakeTelegram, TELEGRAM_HOSTS } from './telegram.cts';

export interface Services {
	/** What n8n has to be started with, so that its own nodes find these services. */
	env: HostsEnv;
	slack: FakeSlack;
	telegram: FakeTelegram;
	drive: FakeGoogleDrive;
	/** Of the same account. */
	sheets: FakeGoogleSheets;
	openai: FakeOpenAi;
	/** Hosts that were asked for and are not played here, as `host:port`. */
	refused: string[];
	close(): Promise<void>;
}

/**
 * Slack, Telegram, Google Drive and Sheets under their real names and an OpenAI-compatible chat model, all on
 * loopback.
 * @param folder where the certificate that n8n has to trust is written, with its key
 */
export async function startServices({ folder }: { folder: string }): Promise<Services> {
	const slack = new FakeSlack();
	const telegram = new FakeTelegram();
	const drive = new FakeGoogleDrive();
	const sheets = new FakeGoogleSheets(drive.account);
	const hosts = await playHosts(folder, {
		...Object.fromEntries(SLACK_HOSTS.map((host) => [host, slack.handle])),
		...Object.fromEntries(TELEGRAM_HOSTS.map((host) => [host, telegram.handle])),
		...Object.fromEntries(GOOGLE_HOSTS.map((host) => [host, drive.handle])),
		...Object.fromEntries(SHEETS_HOSTS.map((host) => [host, sheets.handle])),
	});
	const model = await startOpenAi();

	return {
		env: hosts.env,
		slack,
		telegram,
		drive,
		sheets,
		openai: model.openai,
		refused: hosts.refused,
		close: async () => {
			await Promise.all([hosts.close(), model.close()]);
		},
	};
}
