'use strict';

/** The package's main: the built node and credential classes, for tools and tests. n8n itself loads
 * the files that package.json lists under `n8n`. */
module.exports = {
	...require('./dist/credentials/AimlapiApi.credentials.js'),
	...require('./dist/nodes/RunwayActTwo/RunwayActTwo.node.js'),
	...require('./dist/nodes/RunwayActTwo/RunwayActTwoTrigger.node.js'),
};
