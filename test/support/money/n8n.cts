import type { IBinaryKeyData, IDataObject, IExecuteFunctions } from 'n8n-workflow';

import type { MemoryApi, Request } from './memoryApi.cts';

/** What n8n keeps of an execution, whatever becomes of its process. */
export interface Execution {
	id: string;
	/** What the parameters' expressions read. */
	items: IDataObject[];
	/** The items' files. */
	files?: Array<IBinaryKeyData | undefined>;
	/** n8n's helpers of files, and of hosts that are not the API's. */
	helpers?: Partial<IExecuteFunctions['helpers']>;
	/** The context data of the node. */
	nodeContext: Record<string, unknown>;
	customData: Map<string, string>;
	isTool: boolean;
	/** Of the process that runs it. */
	apiKey: string;
	/** Parameters over the usual ones, the same for all items. */
	parameters?: Record<string, unknown>;
	/** What their expressions give this time, where that differs from what is written. */
	evaluated?: Record<string, unknown>;
	continueOnFail?: boolean;
}

const OPTIONS: Record<string, unknown> = { checkLinks: false, timeout: 60 };
const PARAMETERS: Record<string, unknown> = {
	operation: 'createAndWait',
	characterType: 'image',
	characterSource: 'url',
	characterUrl: '={{ $json.character }}',
	referenceSource: 'url',
	referenceUrl: 'https://example.com/reference.mp4',
	frameSize: '1280:720',
	downloadVideo: false,
};

export const TIMEOUT_MS = 60_000;

/** n8n as the node sees it in one run. */
export function contextOf(
	execution: Execution,
	runIndex: number,
	api: Pick<MemoryApi, 'send' | 'told'>,
	cancelSignal: AbortSignal | undefined,
	onPostAfterStop: () => void,
): IExecuteFunctions {
	const { id, items, files = [], nodeContext, customData, isTool, apiKey } = execution;
	const options = { ...OPTIONS, ...(execution.parameters?.options as object | undefined) };
	const parameters: Record<string, unknown> = { ...PARAMETERS, ...execution.parameters, options };
	const logger = { debug() {}, info() {}, warn() {}, error() {} };
	const type = `n8n-nodes-runway-act-two.runwayActTwo${isTool ? 'Tool' : ''}`;
	const node = {
		...{ id: 'node', name: 'Runway Act-Two', type, typeVersion: 1, position: [0, 0] },
		parameters,
	};
	const send = async (options: Request, signal: AbortSignal | undefined): Promise<object> => {
		// n8n's plain helper sends also what was stopped before; so nothing but the node prevents it.
		if (options.method === 'POST' && cancelSignal?.aborted) onPostAfterStop();
		return await new Promise((resolve, reject) => {
			let isGivenUp = false;
			const stop = () => {
				isGivenUp = true;
				const error = new Error('canceled');
				reject(Object.assign(error, { code: 'ERR_CANCELED', name: 'CanceledError' }));
			};
			signal?.addEventListener('abort', stop, { once: true });
			void api
				.send(options)
				.then((response) => {
					const [, id] = /^\{"id":"([\w-]+)"/.exec((response as { body: string }).body) ?? [];
					if (id !== undefined && !isGivenUp) api.told.add(id);
					resolve(response);
				}, reject)
				.finally(() => signal?.removeEventListener('abort', stop));
		});
	};
	const inputs = items.map((json, index) => ({
		json,
		...(files[index] && { binary: files[index] }),
	}));
	const context = {
		logger,
		getNode: () => node,
		getInputData: () => inputs,
		getNodeParameter: (name: string, itemIndex: number, fallback?: unknown) => {
			const { evaluated = {} } = execution;
			if (name in evaluated) return evaluated[name];
			const [, option] = /^options\.(.+)$/.exec(name) ?? [];
			const value = option === undefined ? parameters[name] : options[option as never];
			const [, key] = /^=\{\{ \$json\.(\w+) \}\}$/.exec(String(value)) ?? [];
			return (key === undefined ? value : items[itemIndex][key]) ?? fallback;
		},
		getCredentials: async (credentialType: string) => {
			if (credentialType !== 'aimlapiApi') throw new Error('n8n knows no such credential');
			return await Promise.resolve({ apiKey, baseUrl: 'https://api.example.com' });
		},
		getExecutionCancelSignal: () => cancelSignal,
		getExecutionId: () => id,
		getInstanceId: () => 'instance',
		getWorkflow: () => ({ id: 'workflow', name: 'Workflow', active: false }),
		getContext: () => nodeContext,
		getMode: () => 'trigger',
		getWorkflowDataProxy: () => ({
			$execution: {
				customData: {
					get: (key: string) => customData.get(key),
					set: (key: string, value: string) => void customData.set(key, value),
				},
			},
		}),
		evaluateExpression: () => runIndex,
		continueOnFail: () => execution.continueOnFail ?? false,
		addExecutionHints: () => {},
		sendMessageToUI: () => {},
		helpers: {
			...execution.helpers,
			// n8n takes the signal of whoever calls, whatever the options say.
			async httpRequestWithAuthentication(
				this: IExecuteFunctions,
				credentialType: string,
				options: Request,
			) {
				if (credentialType !== 'aimlapiApi') throw new Error('n8n knows no such credential');
				return await send(options, this.getExecutionCancelSignal());
			},
		},
	};
	return context as unknown as IExecuteFunctions;
}
