import { isLocalHost, validateLink } from '../../../nodes/RunwayActTwo/media/link';

describe('links that AIMLAPI can fetch', () => {
	it.each([
		'https://example.com/a.mp4',
		'https://www.dropbox.com/scl/fi/x/a.mp4?rlkey=1&dl=1',
		'https://dl.dropboxusercontent.com/s/x/a.mp4',
		'https://drive.google.com/uc?export=download&id=1',
		'https://drive.usercontent.google.com/download?id=1&export=download',
		'https://raw.githubusercontent.com/o/r/main/a.png',
		'https://github.com/o/r/releases/download/v1/a.mp4',
		'https://github.com/o/r/raw/main/a.png',
		'https://x.sharepoint.com/:v:/g/a?download=1',
		'https://dropbox.com.example.org/a.mp4',
		'https://notdropbox.com/a.mp4',
		'https://myyoutube.community/a.mp4',
	])('%s', (link) => {
		expect(validateLink(link)).toEqual({ url: link });
	});

	it.each([
		[' https://example.com/my video.mp4\n', 'https://example.com/my%20video.mp4'],
		['https://example.com/gesicht-ä.png', 'https://example.com/gesicht-%C3%A4.png'],
		['https://bücher.example/a.png', 'https://xn--bcher-kva.example/a.png'],
		['HTTPS://EXAMPLE.COM/A.png', 'https://example.com/A.png'],
	])('%j is encoded', (link, url) => {
		expect(validateLink(link)).toEqual({ url });
	});
});

describe('links that it cannot fetch', () => {
	it.each([
		['', 'must be a URL'],
		[undefined, 'must be a URL'],
		[5, 'must be a URL'],
		['example.com/a.png', 'must be a URL'],
		['file:///etc/passwd', 'must begin with https://'],
		['data:image/png;base64,AAAA', 'must begin with https://'],
		['http://example.com/a.mp4', 'must begin with https://'],
		['https://a:b@example.com/a.png', 'user name or password'],
		[`https://example.com/${'a'.repeat(2048)}`, 'at most 2048'],
		[`https://example.com/${'ä'.repeat(400)}`, 'at most 2048'],
		['https://8.8.8.8/a.png', 'domain name'],
		['https://[2001:4860:4860::8888]/a.png', 'domain name'],
		['http://localhost:5678/a.png', 'public address'],
		['http://127.0.0.1/a.png', 'public address'],
		['http://2130706433/a.png', 'public address'],
		['http://10.0.0.5/a.png', 'public address'],
		['http://172.20.1.1/a.png', 'public address'],
		['http://192.168.1.1/a.png', 'public address'],
		['http://169.254.169.254/latest', 'public address'],
		['http://[::1]/a.png', 'public address'],
		['http://[fd00::1]/a.png', 'public address'],
		['http://[::ffff:10.0.0.1]/a.png', 'public address'],
		['http://nas/a.png', 'public address'],
		['http://n8n.local./a.png', 'public address'],
	])('%s', (link, rule) => {
		expect(validateLink(link)).toMatchObject({ rule: expect.stringContaining(rule) });
	});

	it.each([
		['https://drive.google.com/file/d/1/view?usp=sharing', 'Google Drive'],
		['https://drive.google.com/open?id=1', 'Google Drive'],
		['https://docs.google.com/file/d/1/edit', 'Google Drive'],
		['https://photos.app.goo.gl/abc', 'Google Photos'],
		['https://www.dropbox.com/s/x/a.mp4?dl=0', 'Dropbox'],
		['https://WWW.DROPBOX.COM./s/x/a.mp4', 'Dropbox'],
		['https://1drv.ms/v/s!abc', 'OneDrive'],
		['https://onedrive.live.com/?id=1', 'OneDrive'],
		['https://x-my.sharepoint.com/:v:/p/a', 'OneDrive'],
		['https://share.icloud.com/photos/0abc', 'iCloud'],
		['https://www.icloud.com/iclouddrive/0abc', 'iCloud'],
		['https://we.tl/t-abc', 'WeTransfer'],
		['https://wetransfer.com/downloads/abc', 'WeTransfer'],
		['https://files.slack.com/files-pri/T1-F1/a.mp4', 'Slack'],
		['https://wa.me/123', 'WhatsApp'],
		['https://t.me/c/1/2', 'Telegram'],
		['https://api.telegram.org/file/bot123:SECRET/videos/a.mp4', 'Telegram'],
		['https://www.youtube.com/watch?v=1', 'YouTube'],
		['https://youtu.be/1', 'YouTube'],
		['https://vimeo.com/1', 'Vimeo'],
		['https://vm.tiktok.com/1', 'TikTok'],
		['https://www.instagram.com/reel/1', 'Instagram'],
		['https://github.com/o/r/blob/main/a.png', 'GitHub'],
	])('%s is a page', (link, name) => {
		const problem = validateLink(link);
		expect(problem).toMatchObject({
			rule: `must be a link to a file, not to a page of ${name}`,
			advice: expect.stringMatching(/set the source to File|raw\.githubusercontent/),
		});
		expect(JSON.stringify(problem)).not.toContain('SECRET');
	});
});

it.each(['nas', 'n8n.local', '127.0.0.1', '[::1]'])('%s is local', (host) => {
	expect(isLocalHost(host)).toBe(true);
});
