'use strict';

const NODE = '^nodes/RunwayActTwo/';
const inside = (...folders) => `${NODE}(${folders.join('|')})`;

/** The layers of the node; CONTRIBUTING.md says the same in words. Type-only imports count too. */
/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
	forbidden: [
		{
			name: 'no-circles',
			severity: 'error',
			comment: 'Every file can be read without the files that use it.',
			from: {},
			to: { circular: true },
		},
		{
			name: 'no-orphans',
			severity: 'error',
			comment: 'A file that nobody imports is deleted.',
			from: { orphan: true, pathNot: ['\\.node\\.ts$', '\\.credentials\\.ts$'] },
			to: {},
		},
		{
			name: 'errors-on-the-ground-floor',
			severity: 'error',
			comment: 'errors.ts is known to all and knows nothing.',
			from: { path: inside('errors\\.ts') },
			to: {},
		},
		{
			name: 'api-knows-no-node',
			severity: 'error',
			comment: 'aimlapi/ knows errors, and of polling only the clock and the limits of requests.',
			from: { path: inside('aimlapi/') },
			to: {
				path: NODE,
				pathNot: inside('aimlapi/', 'errors\\.ts', 'polling/(clock|rateLimiter|timeout)\\.ts'),
			},
		},
		{
			name: 'pure-files-know-no-n8n',
			severity: 'error',
			comment: 'What decides about money and time can be tested without n8n and without HTTP.',
			from: {
				path: inside(
					'errors\\.ts',
					'aimlapi/(classify|contract|logs|messages|networkError|outcome|requestBody|untrusted)\\.ts',
					'polling/(learnedRate|logSearch|poll|rateLimiter|schedule|timeout)\\.ts',
					'media/(link|mediaRules|pageHosts)\\.ts',
					'media/inspection/',
				),
			},
			to: { path: 'n8n-workflow' },
		},
		{
			name: 'polling-knows-only-the-api',
			severity: 'error',
			from: { path: inside('polling/') },
			to: { path: NODE, pathNot: inside('polling/', 'aimlapi/', 'errors\\.ts') },
		},
		{
			name: 'fields-know-only-the-api',
			severity: 'error',
			from: { path: inside('fields/') },
			to: { path: NODE, pathNot: inside('fields/', 'aimlapi/', 'errors\\.ts') },
		},
		{
			name: 'media-knows-no-operation',
			severity: 'error',
			from: { path: inside('media/') },
			to: { path: inside('operations/', 'RunwayActTwo\\.node\\.ts') },
		},
		{
			name: 'execution-knows-of-operations-only-the-type',
			severity: 'error',
			comment: 'And of media only the link checker, which a session holds.',
			from: { path: inside('execution/') },
			to: {
				path: inside('operations/', 'media/'),
				pathNot: inside('operations/operation\\.ts', 'media/linkCheck\\.ts'),
			},
		},
		{
			name: 'operations-know-no-node',
			severity: 'error',
			comment: 'Nobody imports operations/index.ts but the node itself.',
			from: { path: NODE, pathNot: inside('RunwayActTwo\\.node\\.ts') },
			to: { path: inside('RunwayActTwo\\.node\\.ts', 'operations/index\\.ts') },
		},
	],
	options: {
		tsPreCompilationDeps: true,
		tsConfig: { fileName: 'tsconfig.json' },
		doNotFollow: { path: 'node_modules' },
	},
};
