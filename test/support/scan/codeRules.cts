import ts from 'typescript';

/** What n8n gives a node, and Node's digests: nothing that reads files, spawns or connects. */
const MODULES = ['n8n-workflow', 'crypto', 'node:crypto'];

const RUNS_TEXT = ['eval', 'Function', 'WebAssembly', 'importScripts'];
const REACHES_THE_MACHINE = ['process', 'global', 'globalThis', '__dirname', '__filename', 'Deno'];
const CONNECTS = ['fetch', 'XMLHttpRequest', 'WebSocket', 'EventSource'];
const SILENCED = ['console'];

/**
 * What a reviewer would ask about in built code, by its syntax and not its spelling: each as a line
 * number and what stands there. A property or a parameter of the same name is none.
 */
export function suspectCode(path: string, text: string): string[] {
	const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true, ts.ScriptKind.JS);
	const found: string[] = [];
	const report = (node: ts.Node, what: string) => {
		const { line } = file.getLineAndCharacterOfPosition(node.getStart());
		found.push(`${path}:${line + 1} ${what}`);
	};
	const visit = (node: ts.Node): void => {
		if (ts.isIdentifier(node) && isReference(node)) {
			if (RUNS_TEXT.includes(node.text)) report(node, `runs text as code: ${node.text}`);
			if (REACHES_THE_MACHINE.includes(node.text))
				report(node, `reaches the machine: ${node.text}`);
			if (CONNECTS.includes(node.text)) report(node, `connects past n8n: ${node.text}`);
			if (SILENCED.includes(node.text)) report(node, `uses the console: ${node.text}`);
			if (node.text === 'require' && !isPlainRequire(node, path)) report(node, 'loads a module');
		}
		if (node.kind === ts.SyntaxKind.ImportKeyword) report(node, 'loads a module');
		if (isConstructorOfConstructor(node)) report(node, 'runs text as code: constructor');
		ts.forEachChild(node, visit);
	};
	visit(file);
	return found;
}

/** Not the name in `a.name`, `{ name: … }` or a declaration. */
function isReference(node: ts.Identifier): boolean {
	const { parent } = node;
	if (ts.isPropertyAccessExpression(parent)) return parent.name !== node;
	if (ts.isPropertyAssignment(parent) || ts.isMethodDeclaration(parent))
		return parent.name !== node;
	return !ts.isPropertyDeclaration(parent) && !ts.isParameter(parent);
}

/** `require("name")` of a module in the list, or of a file of the package itself. */
function isPlainRequire(node: ts.Identifier, path: string): boolean {
	const call = node.parent;
	if (!ts.isCallExpression(call) || call.expression !== node || call.arguments.length !== 1)
		return false;
	const [name] = call.arguments;
	if (!ts.isStringLiteral(name)) return false;
	return (
		MODULES.includes(name.text) ||
		(path === 'index.js' && name.text.startsWith('./dist/')) ||
		// What both nodes do is in one file, which is read like any other.
		(/^dist\/nodes\/\w+\/\w+\.node\.js$/.test(path) && name.text === './nodes.js')
	);
}

/** `[].map.constructor("…")`: the function Function without its name. */
function isConstructorOfConstructor(node: ts.Node): boolean {
	if (!ts.isCallExpression(node)) return false;
	const called = node.expression;
	const name = ts.isPropertyAccessExpression(called)
		? called.name.text
		: ts.isElementAccessExpression(called) && ts.isStringLiteral(called.argumentExpression)
			? called.argumentExpression.text
			: '';
	return name === 'constructor';
}
