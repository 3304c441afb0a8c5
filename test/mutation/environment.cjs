'use strict';

const { TestEnvironment } = require('jest-environment-node');
const n8nWorkflow = require('n8n-workflow');

/** The mutant that a test has found. */
let found;

/**
 * Makes a mutant cheap. It lends n8n-workflow to each test file, as to load it anew takes longer than
 * most mutants need; its errors tell causes by `instanceof Error`, so the test of those causes loads its
 * own. And it runs no further test once one has found the mutant, which jest can do only when asked on
 * its command line.
 */
module.exports = class extends TestEnvironment {
	constructor(config, context) {
		super(config, context);
		const loadsItsOwn = context.testPath.endsWith('networkError.test.cts');
		this.global.n8nWorkflow = loadsItsOwn ? require.resolve('n8n-workflow') : n8nWorkflow;
	}

	handleTestEvent({ name, test }) {
		const mutant = process.env.__STRYKER_ACTIVE_MUTANT__;
		if (mutant === undefined) return;
		if (name === 'test_fn_failure') found = mutant;
		if (name === 'test_start' && found === mutant) test.mode = 'skip';
	}
};
