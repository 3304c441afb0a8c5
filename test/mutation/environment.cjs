'use strict';

const { TestEnvironment } = require('jest-environment-node');
const n8nWorkflow = require('n8n-workflow');

/**
 * Lends n8n-workflow to each test file: to load it anew takes longer than most mutants need. Its errors
 * tell causes by `instanceof Error`, so the test of those causes loads its own.
 */
module.exports = class extends TestEnvironment {
	constructor(config, context) {
		super(config, context);
		if (!context.testPath.includes('networkError')) this.global.n8nWorkflow = n8nWorkflow;
	}
};
