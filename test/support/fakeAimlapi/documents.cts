import { CREATION_SCHEMA } from '../contract/documented.cts';

/** What AIMLAPI publishes for anyone, besides the catalogue: no key, nothing about an account. */
const DOCUMENTS: Record<string, object> = {
	'/v1/models/deprecations': {
		data: [{ id: 'runway/gen3a_turbo', deprecated_at: '2026-01-01', retired_at: '2026-06-01' }],
	},
	'/docs-json': {
		openapi: '3.0.0',
		paths: {
			'/v2/video/generations': {
				post: {
					requestBody: {
						content: { 'application/json': { schema: { $ref: '#/components/schemas/ActTwo' } } },
					},
				},
			},
		},
		components: { schemas: { ActTwo: CREATION_SCHEMA } },
	},
};

/** The document at this path; undefined where none is. */
export const documentAt = (pathname: string): object | undefined =>
	Object.hasOwn(DOCUMENTS, pathname) ? DOCUMENTS[pathname] : undefined;
