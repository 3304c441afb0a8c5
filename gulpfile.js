'use strict';

const { spawn } = require('node:child_process');
const { rm } = require('node:fs/promises');
const { build } = require('esbuild');
const { dest, parallel, series, src } = require('gulp');

const clean = async () => await rm('dist', { recursive: true, force: true });

const checkTypes = () =>
	spawn(process.execPath, [require.resolve('typescript/bin/tsc'), '--noEmit'], {
		stdio: 'inherit',
	});

/** One file for the node and one for the credential, with the line breaks and indents of the source, so that a reviewer can read what was published; its names are shortened, or the package would be larger than 60 kB. */
const bundle = async () =>
	await build({
		entryPoints: [
			'nodes/RunwayActTwo/RunwayActTwo.node.ts',
			'credentials/AimlapiApi.credentials.ts',
		],
		outdir: 'dist',
		outbase: '.',
		bundle: true,
		external: ['n8n-workflow'],
		platform: 'node',
		target: 'node20',
		charset: 'utf8',
		minifySyntax: true,
		minifyIdentifiers: true,
	});

const assets = () =>
	src(['icons/*.svg', 'nodes/**/*.node.json'], { base: '.', encoding: false }).pipe(dest('dist'));

exports.clean = clean;
exports.build = series(clean, parallel(checkTypes, bundle, assets));
exports.default = exports.build;
