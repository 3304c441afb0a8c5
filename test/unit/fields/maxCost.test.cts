import { items, virtualNode } from '../../support/money/virtualNode.cts';

const run = async (maxCost: unknown) => {
	const node = virtualNode();
	const parameters = { operation: 'create', options: { maxCost } };
	return { node, ...(await node.run({ items: items(1), parameters })) };
};

it('an expression that finds no limit is an error, as it would be too late to find out', async () => {
	const { node, error } = await run('={{ $json.budget }}');
	expect(error?.message).toBe("'Max Cost' must be a number from 0 to 1000000 [item 0]");
	expect(error?.description).toBe(
		'Its expression gives nothing. For no limit, remove the option. Nothing was sent for item 0.',
	);
	expect(node.posts).toBe(0);
});

it.each([[''], [null], [undefined]])('a field that holds %p is not set', async (empty) => {
	const { node, error } = await run(empty);
	expect(error).toBeUndefined();
	expect(node.posts).toBe(1);
});
