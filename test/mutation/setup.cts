/** Each of hundreds of mutants runs the generated responses, so it runs few of them, whatever a test asks for. */
jest.mock('fast-check', () => {
	const { default: fc } = jest.requireActual<typeof import('fast-check')>('fast-check');
	const assertFew = ((property, parameters) =>
		fc.assert(property, { ...parameters, numRuns: 50 })) as typeof fc.assert;
	return { __esModule: true, default: { ...fc, assert: assertFew } };
});
