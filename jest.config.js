'use strict';

const testsIn = (folder) => `<rootDir>/test/${folder}/**/*.test.cts`;

const MEDIA_CORPUS = '<rootDir>/test/support/media/prepare.cts';

const tier = (name, settings = {}) => ({
	displayName: name,
	testMatch: [testsIn(name)],
	moduleFileExtensions: ['js', 'ts', 'cts', 'json', 'node'],
	transform: { '\\.c?ts$': ['ts-jest', { tsconfig: 'test/tsconfig.json' }] },
	...settings,
});

/** @type {import('jest').Config} */
module.exports = {
	projects: [
		tier('unit', {
			testMatch: ['unit', 'support', 'bench', 'probe'].map(testsIn),
			globalSetup: MEDIA_CORPUS,
		}),
		tier('engine', {
			setupFilesAfterEnv: ['<rootDir>/test/engine/environment.cts'],
			globalSetup: MEDIA_CORPUS,
		}),
		tier('e2e', { globalSetup: '<rootDir>/test/e2e/install.cts' }),
		tier('browser'),
		tier('queue'),
	],
	testTimeout: 120_000,
};
