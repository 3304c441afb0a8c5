import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { request } from 'undici';

it('npm run fake-api says where it listens, asks for its key and ends with SIGINT', async () => {
	const command = spawn('npm', ['run', 'fake-api'], {
		env: { ...process.env, PORT: '0' },
		detached: true,
	});
	let said = '';
	for await (const chunk of command.stdout) {
		said += String(chunk);
		if (said.includes('Ctrl-C')) break;
	}
	const [, url] = /Base URL (http:\/\/\S+) and API Key/.exec(said) as RegExpExecArray;
	const { statusCode } = await request(`${url}/v2/billing`);
	expect(statusCode).toBe(401);
	process.kill(-(command.pid as number), 'SIGINT');
	await once(command, 'exit');
	await expect(request(url)).rejects.toThrow('ECONNREFUSED');
});
