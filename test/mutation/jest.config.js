'use strict';

const { join } = require('node:path');

/** The unit tests as Stryker runs them: one project, types not checked again for each mutant. */
const { projects } = require('../../jest.config.js');

const unit = projects.find(({ displayName }) => displayName === 'unit');

/** @type {import('jest').Config} */
module.exports = {
	...unit,
	globalSetup: undefined,
	watchman: false,
	roots: ['nodes', 'credentials', 'test/unit', 'test/support', 'test/mutation'].map(
		(folder) => `<rootDir>/${folder}`,
	),
	rootDir: '../..',
	// MUTATE_TESTS: the tests that run, as “{aimlapi/*,polling/schedule}”.
	testMatch: [`<rootDir>/test/unit/${process.env.MUTATE_TESTS ?? '**/*'}.test.cts`],
	testTimeout: 60_000,
	runner: join(__dirname, 'runner.cjs'),
	testEnvironment: join(__dirname, 'environment.cjs'),
	moduleNameMapper: { '^n8n-workflow$': '<rootDir>/test/mutation/n8nWorkflow.cjs' },
	setupFiles: ['<rootDir>/test/mutation/setup.cts'],
	// The first read the built package, which no mutant reaches; the others take too long for each of them.
	testPathIgnorePatterns: [
		...['/test/unit/package/', '/test/unit/media/inspection/', '/test/unit/money/'],
		...['limits/manyItems', 'media/manyLinks'],
	],
	modulePathIgnorePatterns: ['/.stryker-tmp/sandbox[^/]*/.*/package.json'],
	transform: {
		'\\.c?ts$': [
			'ts-jest',
			{ tsconfig: 'test/tsconfig.json', isolatedModules: true, diagnostics: false },
		],
	},
};
