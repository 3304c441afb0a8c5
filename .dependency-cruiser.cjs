'use strict';

const NODE = '^nodes/RunwayActTwo/';

/** The floors of the node, the lowest first: a folder imports itself and what lies below it. */
const FLOORS = [
	['errors\\.ts', 'time/'],
	['limits/'],
	['aimlapi/'],
	['polling/'],
	['fields/'],
	['media/'],
	['execution/'],
	['operations/steps/'],
	['operations/', 'trigger/'],
];

const floorRules = FLOORS.flatMap((folders, floor) => {
	const below = FLOORS.slice(0, floor).flat();
	return folders.map((folder) => ({
		name: `${folder.replace(/[\\/]|\.ts$/g, '')}-imports-only-what-is-below`,
		severity: 'error',
		comment: 'An arrow never goes up; see Architecture in CONTRIBUTING.md.',
		from: { path: NODE + folder },
		to: { path: NODE, pathNot: `${NODE}(${[folder, ...below].join('|')})` },
	}));
});

/** Type-only imports count too. */
/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
	forbidden: [
		...floorRules,
		{
			name: 'no-circles',
			severity: 'error',
			comment: 'Every file can be read without the files that use it.',
			from: {},
			to: { circular: true },
		},
		{
			name: 'no-circles-of-folders',
			severity: 'error',
			scope: 'folder',
			from: {},
			to: { circular: true },
		},
		{
			name: 'what-decides-knows-no-n8n',
			severity: 'error',
			comment: 'What decides about money and time can be tested without n8n and without HTTP.',
			from: { path: `${NODE}(errors\\.ts|limits/|polling/|media/inspection/)` },
			to: { path: 'n8n-workflow' },
		},
		{
			name: 'the-api-knows-only-types-of-n8n',
			severity: 'error',
			from: { path: `${NODE}aimlapi/` },
			to: { path: 'n8n-workflow', dependencyTypesNot: ['type-only'] },
		},
		{
			name: 'no-orphans',
			severity: 'error',
			comment: 'A file that nobody imports is deleted.',
			from: { orphan: true, pathNot: ['\\.node\\.ts$', '\\.credentials\\.ts$'] },
			to: {},
		},
	],
	options: {
		tsPreCompilationDeps: true,
		tsConfig: { fileName: 'tsconfig.json' },
		doNotFollow: { path: 'node_modules' },
	},
};
