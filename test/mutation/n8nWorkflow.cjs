'use strict';

const { n8nWorkflow } = globalThis;
module.exports = typeof n8nWorkflow === 'string' ? require(n8nWorkflow) : n8nWorkflow;
