import { mkdirSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';

import { playHosts } from '../services/hosts.cts';
import { answerJson } from '../services/http.cts';
import { defaultRegistryHost } from './pack.cts';
import type { PackedVersion } from './pack.cts';

/**
 * An npm registry with one package, by what npm's clients ask of it:
 * https://github.com/npm/registry/blob/main/docs/REGISTRY-API.md
 */
export class FakeNpmRegistry {
	/** Paths that were asked for and answered, in order. */
	readonly served: string[] = [];
	/** Paths that were answered 404, in order. */
	readonly missed: string[] = [];
	private readonly published: PackedVersion[] = [];

	/** @param host under which it is played */
	constructor(private readonly host: string) {}

	/** Puts a version in, which becomes the latest. */
	publish(version: PackedVersion): void {
		this.published.push(version);
	}

	readonly handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
		const path = decodeURIComponent(request.url ?? '').slice(1);
		const found = request.method === 'GET' ? this.find(path) : undefined;
		(found ? this.served : this.missed).push(path);
		if (!found) answerJson(response, 404, { error: `Not found: ${path}` });
		else if (Buffer.isBuffer(found)) {
			response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(found);
		} else answerJson(response, 200, found);
	};

	/** The package, one version by number or as `latest`, or its tarball. */
	private find(path: string): object | Buffer | undefined {
		const latest = this.published.at(-1);
		if (!latest) return undefined;
		const { name } = latest.manifest;
		if (path === name) {
			return {
				name,
				'dist-tags': { latest: latest.manifest.version },
				versions: Object.fromEntries(
					this.published.map((one) => [one.manifest.version, this.describe(one)]),
				),
			};
		}
		if (path === `${name}/latest`) return this.describe(latest);
		for (const one of this.published) {
			if (path === `${name}/${one.manifest.version}`) return this.describe(one);
			if (path === tarballPath(one)) return one.tarball;
		}
		return undefined;
	}

	private describe(one: PackedVersion): object {
		const { manifest, integrity, shasum } = one;
		const tarball = `https://${this.host}/${tarballPath(one)}`;
		return {
			...manifest,
			_id: `${manifest.name}@${manifest.version}`,
			dist: { tarball, integrity, shasum },
		};
	}
}

function tarballPath({ manifest: { name, version } }: PackedVersion): string {
	return `${name}/-/${name}-${version}.tgz`;
}

/**
 * Plays the default registry on loopback, for an n8n that is started with `env`.
 * @param folder where the certificate that clients have to trust is written
 * @param userFolder of that n8n, where settings for npm are written
 */
export async function startNpmRegistry(folder: string, userFolder: string) {
	const host = await defaultRegistryHost(folder);
	const registry = new FakeNpmRegistry(host);
	const hosts = await playHosts(folder, { [host]: registry.handle });
	const { HTTPS_PROXY, NODE_EXTRA_CA_CERTS: cafile } = hosts.env;

	// n8n 1.123 does not pass its environment on to `npm outdated`.
	const nodes = join(userFolder, '.n8n', 'nodes');
	const settings = [`registry=https://${host}/`, `https-proxy=${HTTPS_PROXY}`, `cafile=${cafile}`];
	mkdirSync(nodes, { recursive: true });
	writeFileSync(join(nodes, '.npmrc'), settings.join('\n'));

	// A machine's npm may name authorities of its own, and then trusts no others.
	return { ...hosts, env: { ...hosts.env, npm_config_cafile: cafile }, registry };
}
