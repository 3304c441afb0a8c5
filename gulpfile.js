'use strict';

const { spawn } = require('node:child_process');
const { mkdir, rm, writeFile } = require('node:fs/promises');
const { build } = require('esbuild');
const { dest, parallel, series, src } = require('gulp');

const clean = async () => await rm('dist', { recursive: true, force: true });

const checkTypes = () =>
	spawn(process.execPath, [require.resolve('typescript/bin/tsc'), '--noEmit'], {
		stdio: 'inherit',
	});

const NODES = 'dist/nodes/RunwayActTwo';

const options = {
	bundle: true,
	external: ['n8n-workflow'],
	platform: 'node',
	target: 'node20',
	charset: 'utf8',
};

/** One file for what both nodes do and one for the credential, with the names and line breaks of the source: who reviews the package reads what was published. */
const bundle = async () =>
	await Promise.all([
		build({
			...options,
			stdin: {
				contents: ['RunwayActTwo', 'RunwayActTwoTrigger']
					.map((name) => `export { ${name} } from './${name}.node';`)
					.join(''),
				resolveDir: 'nodes/RunwayActTwo',
			},
			outfile: `${NODES}/nodes.js`,
		}),
		build({
			...options,
			entryPoints: ['credentials/AimlapiApi.credentials.ts'],
			outdir: 'dist/credentials',
		}),
	]);

/** n8n looks for each node in a file of its name. */
const nodeFiles = async () => {
	await mkdir(NODES, { recursive: true });
	for (const name of ['RunwayActTwo', 'RunwayActTwoTrigger']) {
		await writeFile(
			`${NODES}/${name}.node.js`,
			`'use strict';\n\nexports.${name} = require('./nodes.js').${name};\n`,
		);
	}
};

const assets = () =>
	src(['icons/*.svg', 'nodes/**/*.node.json'], { base: '.', encoding: false }).pipe(dest('dist'));

exports.clean = clean;
exports.build = series(clean, parallel(checkTypes, bundle, nodeFiles, assets));
exports.default = exports.build;
