import { createRequire } from 'node:module';
import type { IExecuteFunctions } from 'n8n-workflow';

type Helpers = Pick<IExecuteFunctions['helpers'], 'httpRequest'>;

/** n8n-core's own request helper, as nodes get it. */
export function requestHelpers(): Helpers {
	const { getRequestHelperFunctions } = createRequire(__filename)(
		'n8n-core/dist/execution-engine/node-execution-context/utils/request-helper-functions',
	) as { getRequestHelperFunctions: (...args: unknown[]) => Helpers };
	return getRequestHelperFunctions({}, {}, {});
}
