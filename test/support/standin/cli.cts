import { startStandin } from './server.cts';
import type { LoggedRequest } from './server.cts';

const port = Number(process.env.PORT ?? 4010);

startStandin({ port, durationMs: 15_000 }).then(
	(standin) => {
		console.log(`The stand-in for AIMLAPI listens at ${standin.url}.`);
		console.log(
			`In n8n, create an AIMLAPI credential with Base URL ${standin.url} and API Key ${standin.key}.`,
		);
		console.log('A generation takes 15 seconds. Ctrl-C ends it.\n');
		standin.on('answered', ({ kind, status, generationId, generationStatus }: LoggedRequest) => {
			console.log([kind, status, generationId, generationStatus].filter(Boolean).join('  '));
		});
	},
	(error: NodeJS.ErrnoException) => {
		console.error(
			error.code === 'EADDRINUSE'
				? `Port ${port} is taken. Choose another one: PORT=4011 npm run standin`
				: error.message,
		);
		process.exitCode = 1;
	},
);
