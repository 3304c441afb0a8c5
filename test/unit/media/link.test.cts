import { redirectTarget, validateLink } from '../../../nodes/RunwayActTwo/media/link';

const ruleOf = (value: unknown) => {
	const link = validateLink(value);
	return 'rule' in link ? link.rule : undefined;
};

describe('links that AIMLAPI can fetch', () => {
	it.each([
		['https://example.com/a.mp4'],
		['https://example.com:8443/a.mp4?X-Amz-Signature=a%2Fb%3D&x=1#t=10'],
		['https://a_b.example.com/a.mp4'],
		['https://xn--bcher-kva.example/a.mp4'],
		['https://example.com/a%20b.mp4', 'https://example.com/a%20b.mp4'],
		['https://example.com/a b.mp4?name=c d', 'https://example.com/a%20b.mp4?name=c%20d'],
		['https://example.com/año.mp4', 'https://example.com/a%C3%B1o.mp4'],
		['https://example.com/日本.png', 'https://example.com/%E6%97%A5%E6%9C%AC.png'],
		['https://bücher.example/a.mp4', 'https://xn--bcher-kva.example/a.mp4'],
		['HTTPS://EXAMPLE.COM/A.MP4', 'https://example.com/A.MP4'],
		['https://example.com./a.mp4', 'https://example.com/a.mp4'],
		['https://example.com:443/a.mp4', 'https://example.com/a.mp4'],
		[' https://example.com/a.mp4\n', 'https://example.com/a.mp4'],
		['https://0.gravatar.com/avatar/1'],
		['https://10.example.com/a.mp4'],
		['https://127.0.0.1.example.com/a.mp4'],
		['https://192.168.example.com/a.mp4'],
		['https://a-.example.com/a.mp4'],
		["https://example.com/it's.mp4?name='a'&b=%27c%27&d='"],
		["https://example.com/a.mp4#'%27"],
		['https://web.example.org/web/2020/https://example.com/a.jpg'],
		['https://example.com/fetch/w_100,https://example.com/a.jpg?x=1,https://example.com/b'],
		['https://example.com/a.mp4?u=https://example.com/b,https://example.com/c'],
	])('%s', (link, url = link) => {
		expect(validateLink(link)).toEqual({ url });
	});

	it.each([
		['', 'must be a URL'],
		[undefined, 'must be a URL'],
		[null, 'must be a URL'],
		[5, 'must be a URL'],
		[{ link: 'https://example.com/a.png' }, 'must be a URL'],
		['example.com/a.png', 'must be a URL'],
		['https://', 'must be a URL'],
		['https://exa mple.com/a.png', 'must be a URL'],
		['http://example.com/a.png', 'must begin with https://'],
		['file:///etc/passwd', 'must begin with https://'],
		['data:image/png;base64,AAAA', 'must begin with https://'],
		['ftp://example.com/a.png', 'must begin with https://'],
		['javascript:alert(1)', 'must begin with https://'],
		['https://a:b@example.com/a.png', 'must not contain a user name or password'],
		['https://a@example.com/a.png', 'must not contain a user name or password'],
		[`https://example.com/${'a'.repeat(2048)}`, 'must be at most 2048 characters long'],
		[`https://example.com/${'ü'.repeat(400)}`, 'must be at most 2048 characters long'],
		['https://8.8.8.8/a.png', 'must have a domain name, not an IP address'],
		['https://134744072/a.png', 'must have a domain name, not an IP address'],
		['https://[2001:4860:4860::8888]/a.png', 'must have a domain name, not an IP address'],
		['https://example.com../a.png', 'must have a domain name, not an IP address'],
	])('are not %s', (link, rule) => {
		expect(ruleOf(link)).toBe(rule);
	});

	it.each([
		'https://localhost:5678/a.png',
		'https://LOCALHOST./a.png',
		'https://a.localhost/a.png',
		'https://127.0.0.1/a.png',
		'https://127.1/a.png',
		'https://2130706433/a.png',
		'https://0x7f000001/a.png',
		'https://0177.0.0.1/a.png',
		'https://0.0.0.0/a.png',
		'https://10.0.0.5/a.png',
		'https://172.20.1.1/a.png',
		'https://192.168.1.1/a.png',
		'https://169.254.169.254/latest',
		'https://100.64.0.1/a.png',
		'https://[::1]/a.png',
		'https://[fd00::1]/a.png',
		'https://[fe80::1]/a.png',
		'https://[::ffff:10.0.0.1]/a.png',
		'https://nas/a.png',
		'https://n8n.local/a.png',
		'https://metadata.google.internal/a.png',
		'https://printer.lan./a.png',
	])('are not %s, which is near this machine', (link) => {
		expect(ruleOf(link)).toBe('must be a public address, which AIMLAPI can reach');
	});

	it('do not begin with http, also on loopback', () => {
		expect(ruleOf('http://127.0.0.1:5678/a.png')).toBe('must begin with https://');
	});

	it('say what to do instead and never repeat themselves', () => {
		const secret = 'SECRET-7f3a';
		for (const link of [
			`http://example.com/${secret}`,
			`https://user:${secret}@example.com/a.png`,
			`https://10.0.0.1/${secret}`,
			`https://1.1.1.1/${secret}`,
			`https://www.dropbox.com/s/${secret}/a.mp4?dl=0`,
			`https://api.telegram.org/file/bot1234:${secret}/videos/a.mp4`,
			`https://example.com/${secret}${'a'.repeat(2048)}`,
			`not a link ${secret}`,
		]) {
			const answer = validateLink(link);
			expect(answer).toEqual({ rule: expect.any(String), advice: expect.stringMatching(/\.$/) });
			expect(JSON.stringify(answer)).not.toContain(secret);
		}
	});

	it.each([
		['http://example.com/a.png', 'Try the same link with https:// instead.'],
		['ftp://example.com/a.png', 'Get the file with another node and set the source to File.'],
		['a.png', 'Enter a link that begins with https://.'],
		[
			'https://example.com/a https://example.com/b',
			'Split them into one item each, or choose one of them.',
		],
	])('%s says what to do: %s', (link, advice) => {
		expect(validateLink(link)).toMatchObject({ advice });
	});

	it('have 2048 characters at most', () => {
		const link = `https://example.com/${'a'.repeat(2028)}`;
		expect(validateLink(link)).toEqual({ url: link });
		expect(ruleOf(`${link}a`)).toBe('must be at most 2048 characters long');
	});

	it('have no password, also without a user name', () => {
		expect(ruleOf('https://:b@example.com/a.png')).toBe('must not contain a user name or password');
	});

	it('names pages, also in other spellings of their host', () => {
		for (const link of [
			'https://www.dropbox.com/s/x/a.mp4?dl=0',
			'https://WWW.DropBox.COM/s/x/a.mp4',
			'https://www.dropbox.com./s/x/a.mp4?dl=0',
			'https://www.dropbox.com:443/s/x/a.mp4?dl=0',
			'https://www.ｄropbox.com/s/x/a.mp4?dl=0',
			'https:\\\\www.dropbox.com\\s\\x\\a.mp4?dl=0',
		]) {
			expect(ruleOf(link)).toBe('must be a link to a file, not to a Dropbox page');
		}
	});
});

describe('a link as people paste it', () => {
	const LINK = 'https://example.com/a_(1).mp4?b=[c]';

	it.each([
		['\u200b', 'zero-width spaces'],
		['\ufeff', 'byte order marks'],
		['\u00ad', 'soft hyphens'],
		['\u2060', 'word joiners'],
		['\u200e', 'marks of direction'],
		['\u200d', 'joiners between no letters'],
		['\u0000', 'control characters'],
		['\t', 'tabs'],
		['\r\n', 'line breaks'],
		['\n    ', 'line breaks with an indent'],
		['\u2028', 'line separators'],
	])('loses %j in and around it: %s', (mark) => {
		const link = `${mark}${LINK.slice(0, 3)}${mark}${LINK.slice(3, 12)}${mark}${LINK.slice(12, 25)}${mark}${LINK.slice(25)}${mark}${mark}`;
		expect(validateLink(link)).toEqual({ url: LINK });
	});

	it.each([
		['\u00a0\u200bhttps://example.com/a.mp4\u200b\u00a0', 'https://example.com/a.mp4'],
		['https://exam\u00a0ple.com/a.mp4', 'https://example.com/a.mp4'],
		['https://example.com/a\u00a0b.mp4', 'https://example.com/a%C2%A0b.mp4'],
		[
			'https://example.com/می‌روم.mp4',
			'https://example.com/%D9%85%DB%8C%E2%80%8C%D8%B1%D9%88%D9%85.mp4',
		],
		['https://example.com/%E2%80%8B.mp4', 'https://example.com/%E2%80%8B.mp4'],
	])('keeps of %j what may be a name', (link, url) => {
		expect(validateLink(link)).toEqual({ url });
	});

	it.each([
		`"${LINK}"`,
		`'${LINK}'`,
		`“${LINK}”`,
		`„${LINK}“`,
		`«${LINK}»`,
		`« ${LINK} »`,
		`\`${LINK}\``,
		`\`\`\`\n${LINK}\n\`\`\``,
		`<${LINK}>`,
		`<${LINK}|example.com>`,
		`(${LINK})`,
		`["${LINK}"]`,
		` "\u200b${LINK}" `,
		`[my video](${LINK})`,
		`![](${LINK})`,
		`Link: ${LINK}`,
		`Video URL:\n${LINK}`,
		`链接：${LINK}`,
		`${LINK}\n${LINK}`,
		`[${LINK}](${LINK})`,
	])('is taken out of %j', (text) => {
		expect(validateLink(text)).toEqual({ url: LINK });
	});

	it.each([[[LINK]], [{ url: LINK, filename: 'a.png' }], [[{ url: LINK }]], [[LINK, LINK]]])(
		'is taken out of what an expression gives: %j',
		(given) => expect(validateLink(given)).toEqual({ url: LINK }),
	);

	it('is one link of a list', () => {
		const two = [{ url: LINK }, 'https://example.com/b.png'];
		expect(validateLink(two)).toMatchObject({ rule: 'must be one URL, not several' });
		expect(validateLink([])).toMatchObject({ rule: 'must be a URL' });
		expect(validateLink({ url: { deeper: LINK } })).toMatchObject({ rule: 'must be a URL' });
	});

	it.each([
		'https://example.com/a.png\nhttps://example.com/b.png',
		'https://example.com/a.png https://example.com/b.png',
		'https://example.com/a.png, https://example.com/b.png',
		'https://example.com/a.png,https://example.com/b.png',
		'https://example.com/a.png;https://example.com/b.png',
		'https://example.com/a.png?c=1, https://example.com/b.png',
		'["https://example.com/a.png?c=1","https://example.com/b.png"]',
		'"https://example.com/a.png"\n"http://example.com/b.png"',
	])('is one link: %j', (text) => {
		expect(ruleOf(text)).toBe('must be one URL, not several');
	});

	it.each([
		'blob:https://example.com/1',
		'see https://example.com/a.png',
		'view-source:https://example.com',
	])('is not guessed in %s', (text) =>
		expect(ruleOf(text)).toMatch(/^must (be a URL|begin with https)/),
	);
});

describe('hosts that only machines near this one can reach', () => {
	const isLocal = (host: string) =>
		ruleOf(`https://${host}/a.mp4`) === 'must be a public address, which AIMLAPI can reach';

	it.each([
		...['localhost', 'n8n', '127.0.0.1', '192.168.0.2', '[::1]', '[::]', 'n8n.local', 'n8n.lan.'],
		...['172.16.0.1', '172.19.0.1', '172.29.0.1', '172.30.0.1', '172.31.0.1'],
		...['100.64.0.1', '100.69.0.1', '100.70.0.1', '100.99.0.1', '100.100.0.1', '100.119.0.1'],
		...['100.120.0.1', '100.127.0.1', '[fc00::1]', '[fe90::1]', '[febf::1]'],
	])('%s', (host) => expect(isLocal(host)).toBe(true));

	it.each([
		'example.com',
		'0.gravatar.com',
		'10.example.com',
		'n8n.example.com',
		'8.8.8.8',
		'local.example.com',
		'notlocalhost.com',
		...['172.15.0.1', '172.32.0.1', '100.63.0.1', '100.128.0.1', '192.169.0.1', '8.10.0.1'],
		...['[fec0::1]', '[2001:db8::1]'],
	])('not %s', (host) => expect(isLocal(host)).toBe(false));
});

it.each([
	['https://example.com/b.mp4', 'https://example.com/b.mp4'],
	['/b.mp4?c=1', 'https://a.example/b.mp4?c=1'],
	['b.mp4', 'https://a.example/x/b.mp4'],
	['//cdn.example/b.mp4', 'https://cdn.example/b.mp4'],
	['/a\u00c3\u00b1o.mp4', 'https://a.example/a%C3%B1o.mp4'],
	['/caf\u00e9.mp4', 'https://a.example/caf%E9.mp4'],
	["/b.mp4?sig='a'", "https://a.example/b.mp4?sig='a'"],
	['https://', 'https://'],
])('a redirect to %j leads to %s', (location, url) => {
	expect(redirectTarget(location, 'https://a.example/x/y.mp4')).toBe(url);
});
