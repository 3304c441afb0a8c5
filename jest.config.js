/** @type {import('jest').Config} */
module.exports = {
	testMatch: ['<rootDir>/test/unit/**/*.test.cts'],
	moduleFileExtensions: ['js', 'ts', 'cts', 'json', 'node'],
	testEnvironment: 'node',
	transform: {
		'\\.c?ts$': ['ts-jest', { tsconfig: 'test/tsconfig.json' }],
	},
};
