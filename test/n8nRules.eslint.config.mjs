// Every rule of n8n's plugin for community nodes, also those that n8n only warns about or leaves out:
// a reviewer of n8n reads with all of them. n8n's own configuration must stay as it is.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

import tseslint from 'typescript-eslint';

const ofNodeCli = createRequire(createRequire(import.meta.url).resolve('@n8n/node-cli/eslint'));
const { default: plugin } = await import(
	pathToFileURL(ofNodeCli.resolve('@n8n/eslint-plugin-community-nodes')).href
);

const NAMESPACE = '@n8n/community-nodes';

export default tseslint.config({
	files: ['nodes/**/*.ts', 'credentials/**/*.ts', 'package.json'],
	plugins: { [NAMESPACE]: plugin },
	languageOptions: {
		parser: tseslint.parser,
		parserOptions: { extraFileExtensions: ['.json'] },
	},
	rules: Object.fromEntries(
		Object.keys(plugin.rules).map((rule) => [`${NAMESPACE}/${rule}`, 'error']),
	),
});
