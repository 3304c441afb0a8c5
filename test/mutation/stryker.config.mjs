/** What guards money, and what decides: see docs/mutation.md. */
const NODE = 'nodes/RunwayActTwo/';

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
	testRunner: 'jest',
	jest: { configFile: 'test/mutation/jest.config.js' },
	coverageAnalysis: 'perTest',
	mutate: [
		...['aimlapi', 'operations', 'execution', 'polling', 'limits'].map(
			(folder) => `${NODE}${folder}/**/*.ts`,
		),
		...['mediaRules', 'link', 'pageHosts'].map((file) => `${NODE}media/${file}.ts`),
	],
	concurrency: 1,
	timeoutMS: 8_000,
	reporters: ['clear-text', 'progress', 'json'],
	jsonReporter: { fileName: 'test/mutation/report.json' },
	clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
	tempDirName: '.stryker-tmp',
	disableTypeChecks: true,
};
