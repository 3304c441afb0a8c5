import { createServer } from 'node:http';
import { connect } from 'node:net';

import { listen } from './http.cts';

export interface Proxy {
	url: string;
	/** What was asked for and not known, as `host:port`, in order. */
	refused: string[];
	close(): Promise<void>;
}

/**
 * An HTTP proxy on loopback that leads every known host to one server there and answers 502 for
 * all others, so that nothing leaves the machine.
 * @param port of the TLS server that plays the hosts
 */
export async function startProxy(hosts: string[], port: number): Promise<Proxy> {
	const refused: string[] = [];
	const server = createServer((request, response) => {
		refused.push(request.url ?? '');
		response.writeHead(502).end();
	});
	server.on('connect', (request, socket, head) => {
		// A client may break off whenever it likes.
		socket.on('error', () => {});
		const target = request.url ?? '';
		if (!hosts.includes(target.split(':')[0])) {
			refused.push(target);
			socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n');
			return;
		}
		const upstream = connect(port, '127.0.0.1', () => {
			socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
			upstream.write(head);
		});
		// A pipeline would destroy the client's socket once the host has ended, with what is not sent yet.
		socket.pipe(upstream).pipe(socket);
		socket.on('close', () => upstream.destroy());
		upstream.on('error', () => socket.destroy());
		upstream.on('close', () => socket.end(() => socket.destroy()));
	});
	const { port: own, close } = await listen(server);
	return { url: `http://127.0.0.1:${own}`, refused, close };
}
