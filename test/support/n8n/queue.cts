import { randomBytes } from 'node:crypto';

import { ensureDatabases } from './debian.cts';
import { startPostgres, startRedis } from './databases.cts';
import { freePort, startN8n, startWorker } from './n8n.cts';
import type { N8n, N8nOptions, N8nProcess } from './n8n.cts';

export interface Queue {
	main: N8n;
	/** Starts one more worker. */
	addWorker(): Promise<N8nProcess>;
	/** Ends all that was started, workers first. */
	stop(): Promise<void>;
}

/**
 * n8n in queue mode: a main process on a Redis and a PostgreSQL of its own. Manual executions go to
 * the workers too, and n8n's own defaults hold for all else but what `options.env` sets.
 * @throws Error with the end of the log of the part that did not start
 */
export async function startQueue(options: N8nOptions = {}): Promise<Queue> {
	const commands = ensureDatabases(options.log);
	const started: Array<{ stop(): Promise<void> }> = [];
	const keep = <T extends { stop(): Promise<void> }>(part: T): T => {
		started.unshift(part);
		return part;
	};
	const stop = async () => {
		for (const part of started.splice(0)) await part.stop();
	};
	try {
		const redis = keep(await startRedis(commands.redis));
		const postgres = keep(await startPostgres(commands.postgres));
		const env = {
			EXECUTIONS_MODE: 'queue',
			OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
			N8N_ENCRYPTION_KEY: randomBytes(24).toString('hex'),
			QUEUE_BULL_REDIS_HOST: '127.0.0.1',
			QUEUE_BULL_REDIS_PORT: String(redis.port),
			DB_TYPE: 'postgresdb',
			DB_POSTGRESDB_HOST: '127.0.0.1',
			DB_POSTGRESDB_PORT: String(postgres.port),
			DB_POSTGRESDB_DATABASE: 'postgres',
			DB_POSTGRESDB_USER: 'n8n',
			...options.env,
		};
		const main = keep(await startN8n({ ...options, env }));
		const addWorker = async () => {
			const health = { QUEUE_HEALTH_CHECK_PORT: String(await freePort()) };
			return keep(await startWorker({ ...options, env: { ...env, ...health } }));
		};
		return { main, addWorker, stop };
	} catch (error) {
		await stop();
		throw error;
	}
}
