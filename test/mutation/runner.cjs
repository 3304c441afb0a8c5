'use strict';

const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const { basename, join } = require('node:path');
const { default: TestRunner } = require('jest-runner');

/** In Stryker's copy of the package, and gone with it. */
const NAMES = join(__dirname, 'names.json');

/** From the bottom floor up: what a low file's own tests find, the whole node's need not. */
const FLOORS = ['time', 'limits', 'aimlapi', 'polling', 'fields', 'media', 'execution'];

/**
 * Makes a mutant cheaper still: its file's own tests run first, a test file without a test that reaches
 * the mutant isn't loaded, and none is once a test has found the mutant.
 */
module.exports = class extends TestRunner {
	async runTests(tests, watcher, options) {
		if (process.env.__STRYKER_ACTIVE_MUTANT__ === undefined) return this.#firstRun(tests, watcher);
		let found = false;
		this.on('test-file-success', ([, { numFailingTests, testExecError }]) => {
			found ||= numFailingTests > 0 || testExecError !== undefined;
		});
		this.on('test-file-failure', () => {
			found = true;
		});
		for (const test of this.#inOrder(this.#reaching(tests))) {
			if (!found) await super.runTests([test], watcher, options);
		}
	}

	/** Runs everything and notes which file has which tests. */
	async #firstRun(tests, watcher) {
		const names = {};
		this.on('test-file-success', ([{ path }, { testResults }]) => {
			names[path] = testResults.map(({ fullName }) => fullName);
		});
		await super.runTests(tests, watcher, { serial: true });
		writeFileSync(NAMES, JSON.stringify(names));
	}

	#reaching(tests) {
		const { testNamePattern } = this._globalConfig;
		if (!testNamePattern || !existsSync(NAMES)) return tests;
		const names = JSON.parse(readFileSync(NAMES, 'utf8'));
		const reaches = new RegExp(testNamePattern, 'i');
		return tests.filter(({ path }) => names[path]?.some((name) => reaches.test(name)) ?? true);
	}

	#inOrder(tests) {
		const own = this._globalConfig.nonFlagArgs.map((file) => `${basename(file, '.ts')}.test.cts`);
		const place = ({ path }) => {
			if (own.includes(basename(path))) return -1;
			const floor = FLOORS.findIndex((name) => path.includes(`/unit/${name}/`));
			return floor === -1 ? FLOORS.length : floor;
		};
		return [...tests].sort((one, other) => place(one) - place(other));
	}
};
