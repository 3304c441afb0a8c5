import { findPageProblem } from '../../../nodes/RunwayActTwo/media/pageHosts';

const find = (link: string) => {
	const url = new URL(link);
	return findPageProblem(url.hostname, url);
};

const PAGES: Array<[page: string, advice: string | RegExp, ...links: string[]]> = [
	[
		'a Google Drive page',
		'Google Drive node',
		'https://drive.google.com/file/d/1/view?usp=sharing',
		'https://drive.google.com/open?id=1',
		'https://drive.google.com/drive/folders/1',
		'https://drive.google.com/file/d/1/uc?id=1',
		'https://docs.google.com/file/d/1/edit',
	],
	[
		'a Google Docs page',
		'image or a video file',
		'https://docs.google.com/document/d/1/edit',
		'https://docs.google.com/a/example.com/presentation/d/1/edit',
	],
	[
		'a Google Photos page',
		'upload',
		'https://photos.app.goo.gl/1',
		'https://photos.google.com/share/1?key=2',
	],
	[
		'a Dropbox page',
		'dl=1',
		'https://www.dropbox.com/s/x/a.mp4?dl=0',
		'https://www.dropbox.com/scl/fi/x/a.mp4?rlkey=1',
		'https://www.dropbox.com/scl/fi/x/a.mp4?rlkey=1&dl=10',
		'https://dropbox.com/s/x/dl=1/a.mp4',
		'https://db.tt/x',
	],
	[
		'a OneDrive or SharePoint page',
		'Microsoft OneDrive',
		'https://1drv.ms/v/s!x?download=1',
		'https://onedrive.live.com/?id=1&cid=2',
		'https://onedrive.live.com/embed?resid=1',
		'https://contoso.sharepoint.com/:v:/s/team/x?e=1',
		'https://contoso-my.sharepoint.com/:v:/g/personal/x',
	],
	[
		'an iCloud page',
		'upload',
		'https://www.icloud.com/iclouddrive/1#a',
		'https://share.icloud.com/photos/1',
	],
	['a WeTransfer page', 'upload', 'https://we.tl/t-1', 'https://wetransfer.com/downloads/1/2'],
	['a Telegram page', 'Telegram node', 'https://t.me/channel/1', 'https://web.telegram.org/k/'],
	[
		'a YouTube page',
		'no direct link',
		'https://www.youtube.com/watch?v=1',
		'https://m.youtube.com/shorts/1',
		'https://youtu.be/1?t=2',
	],
	['a Vimeo page', 'no direct link', 'https://vimeo.com/1', 'https://player.vimeo.com/video/1'],
	[
		'a TikTok page',
		'no direct link',
		'https://www.tiktok.com/@a/video/1',
		'https://vm.tiktok.com/1/',
	],
	['an Instagram page', 'no direct link', 'https://www.instagram.com/reel/1/'],
	[
		'a Facebook page',
		'no direct link',
		'https://www.facebook.com/watch?v=1',
		'https://fb.watch/1/',
	],
	['a page of X', 'no direct link', 'https://x.com/a/status/1', 'https://twitter.com/a/status/1'],
	[
		'a GitHub page',
		'Raw',
		'https://github.com/o/r/blob/main/a.mp4',
		'https://github.com/o/r/tree/main',
		'https://www.github.com/o/r',
		'https://github.com/o/r/blob/main/draw=1.png',
	],
	[
		'a login page',
		'anyone who has the link',
		'https://accounts.google.com/v3/signin?continue=1',
		'https://login.microsoftonline.com/common/oauth2/authorize',
		'https://example.okta.com/app/1',
	],
];

describe('pages of well-known services', () => {
	it.each(
		PAGES.flatMap(([page, advice, ...links]) =>
			links.map((link): [string, string, string | RegExp] => [link, page, advice]),
		),
	)('%s is %s', (link, page, advice) => {
		expect(find(link)).toEqual({
			rule: `must be a link to a file, not to ${page}`,
			advice: expect.stringMatching(advice),
		});
	});

	it.each([
		['https://files.slack.com/files-pri/T1-F1/a.mp4', 'one of Slack', 'Slack credential'],
		['https://team.slack.com/files/U1/F1/a.mp4', 'one of Slack', 'Slack credential'],
		['https://app.slack.com/client/T1/C1?pub_secret=1', 'one of Slack', 'Slack credential'],
		['https://slack-files.com/T1-F1-1', 'one of Slack', 'Slack credential'],
		[
			'https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1',
			'WhatsApp',
			'WhatsApp credential',
		],
		['https://mmg.whatsapp.net/v/1.enc', 'WhatsApp', 'WhatsApp credential'],
		['https://wa.me/1', 'WhatsApp', 'WhatsApp credential'],
		['https://api.telegram.org/file/bot1:a/videos/a.mp4', 'token of the bot', 'Telegram node'],
	])('%s needs a login or tells one', (link, rule, advice) => {
		expect(find(link)).toEqual({
			rule: expect.stringMatching(rule),
			advice: expect.stringMatching(advice),
		});
	});
});

it.each([
	'https://drive.google.com/uc?export=download&id=1',
	'https://drive.google.com/u/0/uc?id=1',
	'https://docs.google.com/uc?export=download&id=1',
	'https://drive.google.com/thumbnail?id=1',
	'https://drive.usercontent.google.com/download?id=1&export=download',
	'https://lh3.googleusercontent.com/pw/1',
	'https://www.dropbox.com/scl/fi/x/a.mp4?rlkey=1&dl=1',
	'https://www.dropbox.com/s/x/a.mp4?raw=1',
	'https://dl.dropbox.com/s/x/a.mp4',
	'https://dl.dropboxusercontent.com/s/x/a.mp4',
	'https://uc1.dl.dropboxusercontent.com/cd/0/get/1/file',
	'https://contoso.sharepoint.com/sites/a/_layouts/15/download.aspx?UniqueId=1&tempauth=2',
	'https://onedrive.live.com/download?resid=1&authkey=2',
	'https://download.wetransfer.com/eu/1/a.mp4?token=2',
	'https://files.slack.com/files-pri/T1-F1/a.png?pub_secret=1',
	'https://cvws.icloud-content.com/B/1/a.mov',
	'https://player.vimeo.com/external/1.hd.mp4?s=2',
	'https://video.twimg.com/ext_tw_video/1/a.mp4',
	'https://raw.githubusercontent.com/o/r/main/a.mp4',
	'https://github.com/o/r/raw/main/a.mp4',
	'https://github.com/o/r/releases/download/v1/a.mp4',
	'https://github.com/user-attachments/assets/1',
	'https://github.com/o/r/blob/main/a.mp4?raw=true',
])('%s leads to a file', (link) => {
	expect(find(link)).toBeUndefined();
});

it.each([
	'https://dropbox.com.evil.example/s/x/a.mp4',
	'https://notdropbox.com/s/x/a.mp4',
	'https://dropbox.community/a.mp4',
	'https://myyoutube.com/a.mp4',
	'https://youtube.com.example/a.mp4',
	'https://netflix.com/a.mp4',
	'https://example.com/dropbox.com/a.mp4',
	'https://example.com/?next=https://drive.google.com/file/d/1/view',
	'https://drive-google.com/file/d/1/view',
	'https://gist.me/t.me/a.mp4',
	'https://github.io/o/r/blob/main/a.mp4',
])('%s only looks like one', (link) => {
	expect(find(link)).toBeUndefined();
});
