import { exampleNames, NOTE_TYPE, notesOf, readExample } from '../../support/examples.cts';
import type { WorkflowNode } from '../../support/n8n/client.cts';

/** Sizes in n8n's editor, in pixels, with the name below the node. */
const NODE = { width: 100, height: 150 };
const AGENT = { width: 260, height: 150 };

function boxOf({ type, parameters, position = [NaN, NaN] }: WorkflowNode) {
	const [left, top] = position;
	const note = parameters as { width: number; height: number };
	const size = type === NOTE_TYPE ? note : type.endsWith('.agent') ? AGENT : NODE;
	return { left, top, right: left + size.width, bottom: top + size.height };
}

type Box = ReturnType<typeof boxOf>;

const overlap = (a: Box, b: Box) =>
	a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

describe.each(exampleNames())('example %s', (name) => {
	const { nodes, connections } = readExample(name);

	it('holds no credentials and no data of a run', () => {
		expect(nodes.filter((node) => 'credentials' in node)).toEqual([]);
		expect(readExample(name)).not.toHaveProperty('pinData');
	});

	it('says how to set it up', () => {
		expect(notesOf(readExample(name))).toMatch(/^## Setup\n/);
	});

	it('has tidy places: on the grid, nothing over anything, connections to the right', () => {
		const boxes = nodes.map(boxOf);
		for (const [index, { left, top }] of boxes.entries()) {
			expect([left % 20, top % 20].map(Math.abs)).toEqual([0, 0]);
			for (const other of boxes.slice(index + 1)) {
				expect(overlap(boxes[index], other)).toBe(false);
			}
		}
		const leftOf = (wanted: string) =>
			boxOf(nodes.find((node) => node.name === wanted) as WorkflowNode).left;
		for (const [from, { main = [] }] of Object.entries(
			connections as Record<string, { main?: Array<Array<{ node: string }>> }>,
		)) {
			for (const { node } of main.flat()) expect(leftOf(node)).toBeGreaterThan(leftOf(from));
		}
	});

	it('has nodes and connections of the same names, each once', () => {
		const names = nodes.map((node) => node.name);
		expect(new Set(names).size).toBe(names.length);
		expect(new Set(nodes.map(({ id }) => id)).size).toBe(nodes.length);
		for (const from of Object.keys(connections)) expect(names).toContain(from);
	});
});
