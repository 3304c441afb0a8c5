import { validateLink } from '../../../nodes/RunwayActTwo/media/link';

describe('links that AIMLAPI can fetch', () => {
	it.each([
		'https://example.com/a.mp4',
		'http://example.com/a.mp4?token=1',
		'https://www.dropbox.com/scl/fi/x/a.mp4?rlkey=1&dl=1',
		'https://drive.google.com/uc?export=download&id=1',
		'https://8.8.8.8/a.png',
	])('%s', (link) => {
		expect(validateLink(link)).toBeUndefined();
	});

	it.each([
		['', 'must be a URL'],
		[undefined, 'must be a URL'],
		[5, 'must be a URL'],
		['example.com/a.png', 'must be a URL'],
		['file:///etc/passwd', 'must begin with'],
		['data:image/png;base64,AAAA', 'must begin with'],
		['https://a:b@example.com/a.png', 'user name or password'],
		[`https://example.com/${'a'.repeat(2048)}`, 'at most 2048'],
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
		['http://n8n.local/a.png', 'public address'],
		['https://drive.google.com/file/d/1/view?usp=sharing', 'Google Drive page'],
		['https://docs.google.com/file/d/1/edit', 'Google Drive page'],
		['https://www.dropbox.com/s/x/a.mp4?dl=0', 'Dropbox page'],
	])('not %s', (link, rule) => {
		expect(validateLink(link)?.rule).toContain(rule);
	});
});
