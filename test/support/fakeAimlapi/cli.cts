import { startFakeAimlapi } from './server.cts';
import type { LoggedRequest } from './server.cts';

const port = Number(process.env.PORT ?? 4010);

startFakeAimlapi({ port, durationMs: 15_000 }).then(
	(fake) => {
		console.log(`The fake AIMLAPI listens at ${fake.url}.`);
		console.log(
			`In n8n, create an AIMLAPI credential with Base URL ${fake.url} and API Key ${fake.key}.`,
		);
		console.log('A generation takes 15 seconds. Ctrl-C ends it.\n');
		fake.on('answered', ({ kind, status, generationId, generationStatus }: LoggedRequest) => {
			console.log([kind, status, generationId, generationStatus].filter(Boolean).join('  '));
		});
	},
	(error: NodeJS.ErrnoException) => {
		console.error(
			error.code === 'EADDRINUSE'
				? `Port ${port} is taken. Choose another one: PORT=4011 npm run fake-api`
				: error.message,
		);
		process.exitCode = 1;
	},
);
