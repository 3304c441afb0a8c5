import { createRequire } from 'node:module';
import { join } from 'node:path';
import {
	BinaryDataConfig,
	BinaryDataService,
	ExecutionLifecycleHooks,
	WorkflowExecute,
} from 'n8n-core';
import { createRunExecutionData, NodeHelpers, Workflow } from 'n8n-workflow';
import type {
	IBinaryData,
	ICredentialsExpressionResolveValues,
	IDataObject,
	IExecuteData,
	IExecuteFunctions,
	IHttpRequestOptions,
	INode,
	INodeExecutionData,
	INodeType,
	IRun,
	IRunExecutionData,
	IWorkflowExecuteAdditionalData,
	NodeExecutionHint,
} from 'n8n-workflow';

const { AimlapiApi, RunwayActTwo } = createRequire(__filename)('../../index.js') as {
	AimlapiApi: new () => {
		authenticate: (
			credential: object,
			request: IHttpRequestOptions,
		) => Promise<IHttpRequestOptions>;
	};
	RunwayActTwo: new () => INodeType;
};

/** n8n-core's own copy: the container that holds its services. */
const { Container } = createRequire(require.resolve('n8n-core'))('@n8n/di') as {
	Container: { get<T>(type: new (...args: never[]) => T): T };
};

const NODE_TYPE = 'n8n-nodes-runway-act-two.runwayActTwo';

type Credential = { apiKey: string; baseUrl: string };

/** What a user sets: parameters, input items, and settings of the node such as onError. */
export interface NodeSettings {
	credential: Credential;
	/** The credential of an item, where its fields are expressions. */
	credentialOf?: (item: IDataObject) => Credential;
	parameters: IDataObject;
	items?: INodeExecutionData[];
	settings?: Partial<INode>;
	/** Where n8n says that it is reached; nowhere unless set. */
	restApiUrl?: string;
	/** n8n's own name of the execution; the same for all unless set. */
	executionId?: string;
	/** A run before this one in the same execution, to be continued: n8n's retry. */
	before?: IRunExecutionData;
}

export interface EngineRun {
	/** Items of the first and second output. */
	outputs: INodeExecutionData[][];
	error?: Error & { description?: string; context?: IDataObject; httpCode?: string };
	customData: Record<string, string>;
	data: IRunExecutionData;
	status: string;
	/** What the node shows above its output. */
	hints: NodeExecutionHint[];
	/** n8n's signal that the execution is stopped, as the node got it. */
	cancelSignal?: AbortSignal;
}

let binaryReady: Promise<void> | undefined;

/** n8n's binary storage on the file system, as n8n 2 has it by default. */
export async function prepareBinaryStorage(): Promise<void> {
	binaryReady ??= initBinaryStorage();
	await binaryReady;
}

async function initBinaryStorage(): Promise<void> {
	const config = Container.get(BinaryDataConfig);
	config.availableModes = ['filesystem'];
	config.mode = 'filesystem';
	config.localStoragePath = join(process.env.N8N_USER_FOLDER as string, 'binary');
	await Container.get(BinaryDataService).init();
}

/** A file in that storage. */
export async function stored(content: Buffer, mimeType: string): Promise<IBinaryData> {
	await prepareBinaryStorage();
	const location = {
		type: 'execution' as const,
		workflowId: 'workflow',
		executionId: 'execution',
	};
	return await Container.get(BinaryDataService).store(location, content, { mimeType, data: '' });
}

/** The built node, run by n8n-core's own engine with its own helpers. */
export function runInEngine(settings: NodeSettings): {
	done: Promise<EngineRun>;
	stop: () => void;
} {
	let stop = () => {};
	const done = (async () => {
		await prepareBinaryStorage();
		const node: INode = {
			id: 'act-two',
			name: 'Runway Act-Two',
			type: NODE_TYPE,
			typeVersion: 1,
			position: [0, 0],
			parameters: settings.parameters as INode['parameters'],
			credentials: { aimlapiApi: { id: '1', name: 'AIMLAPI' } },
			...settings.settings,
		};
		const type = new RunwayActTwo();
		// As n8n makes a tool of a node.
		if (node.type.endsWith('Tool')) type.description.name += 'Tool';
		const { execute } = type;
		let cancelSignal: AbortSignal | undefined;
		type.execute = async function (this: IExecuteFunctions, ...rest) {
			cancelSignal = this.getExecutionCancelSignal();
			return (await execute?.call(this, ...rest)) ?? null;
		};
		const workflow = new Workflow({
			id: 'workflow',
			nodes: [node],
			connections: {},
			active: false,
			nodeTypes: {
				getByName: () => type,
				getByNameAndVersion: () => type,
				getKnownTypes: () => ({}),
			},
		});
		node.parameters =
			NodeHelpers.getNodeParameters(
				type.description.properties,
				node.parameters,
				true,
				false,
				node,
				type.description,
			) ?? {};

		const items = settings.items ?? [{ json: {} }];
		const data = createRunExecutionData({
			startData: {},
			resultData: { runData: {} },
			executionData: {
				contextData: settings.before?.executionData?.contextData ?? {},
				nodeExecutionStack: [
					{ node, data: { main: [items] }, source: null } satisfies IExecuteData,
				],
				metadata: {},
				waitingExecution: {},
				waitingExecutionSource: {},
			},
		});
		const execution = new WorkflowExecute(additionalData(settings), 'manual', data);
		const running = execution.processRunExecutionData(workflow);
		stop = () => running.cancel();
		const run: IRun = await running;
		const [taskData] = run.data.resultData.runData[node.name] ?? [];
		return {
			outputs: (taskData?.data?.main ?? []).map((output) => output ?? []),
			error: run.data.resultData.error as EngineRun['error'],
			customData: run.data.resultData.metadata ?? {},
			data: run.data,
			status: run.status,
			hints: taskData?.hints ?? [],
			cancelSignal,
		};
	})();
	return { done, stop: () => stop() };
}

export function additionalData({
	credential,
	credentialOf = () => credential,
	restApiUrl = '',
	executionId = 'execution',
}: Pick<
	NodeSettings,
	'credential' | 'credentialOf' | 'executionId' | 'restApiUrl'
>): IWorkflowExecuteAdditionalData {
	/** By the item that n8n would evaluate the credential's expressions for. */
	const getDecrypted = async (...given: unknown[]) => {
		const values = given[6] as ICredentialsExpressionResolveValues | undefined;
		return { ...credentialOf(values?.connectionInputData[values.itemIndex]?.json ?? {}) };
	};
	return {
		executionId,
		hooks: new ExecutionLifecycleHooks('manual', 'execution', {
			id: 'workflow',
			name: 'Act-Two',
			nodes: [],
			connections: {},
			active: false,
			isArchived: false,
			createdAt: new Date(),
			updatedAt: new Date(),
			activeVersionId: null,
		}),
		credentialsHelper: {
			isCredentialUsableByNode: () => true,
			getParentTypes: () => [],
			preAuthentication: async () => undefined,
			getDecrypted,
			authenticate: async (given: object, _: unknown, request: IHttpRequestOptions) =>
				await new AimlapiApi().authenticate(given, request),
		},
		currentNodeExecutionIndex: 0,
		setExecutionStatus: () => {},
		webhookWaitingBaseUrl: 'http://127.0.0.1:5678/webhook-waiting',
		formWaitingBaseUrl: 'http://127.0.0.1:5678/form-waiting',
		restApiUrl,
		instanceBaseUrl: 'http://127.0.0.1:5678/',
		webhookBaseUrl: '',
		webhookTestBaseUrl: '',
		variables: {},
	} as unknown as IWorkflowExecuteAdditionalData;
}
