import type { Workflow, WorkflowNode } from '../support/n8n/client.cts';
import { ACT_TWO, actTwoWorkflow, createThenWait, WAIT } from '../support/n8n/workflows.cts';
import { seededRandom } from '../support/seed.cts';

/** The host of the inputs, played by the soak. */
export const FILES = 'files.example.com';
const CHARACTER = `https://${FILES}/character.png`;
const LINKS = {
	characterUrl: CHARACTER,
	referenceUrl: `https://${FILES}/performance.mp4`,
	frameSize: 'match',
};
const MAX_ITEMS = 5;
const MAX_RETRIES = 3;
/** Many generations outlast the short one: the execution fails, and is retried. */
const TIMEOUTS_SECONDS = { short: 4, long: 60 };

/** What a user does, all of it decided by a number. */
export interface Job {
	kind: keyof typeof KINDS;
	/** One for each item: the fake API is sent it as the option Seed, so that items can be told apart. */
	seeds: number[];
	timeoutSeconds: number;
	/** When the first execution is stopped. */
	stopAfterMs?: number;
	/** How often a failed execution is retried before its videos are fetched by Get Many Videos. */
	retries: number;
}

type Build = (credentialId: string, parameters: object, items: object[]) => Omit<Workflow, 'id'>;

const KINDS = {
	'one item': (credentialId, parameters, items) =>
		actTwoWorkflow(credentialId, { ...parameters }, items),
	'several items': (credentialId, parameters, items) =>
		actTwoWorkflow(credentialId, { ...parameters }, items),
	'a file': (credentialId, parameters, items) =>
		withFile(actTwoWorkflow(credentialId, { ...parameters, characterSource: 'file' }, items)),
	'Create, then Wait': (credentialId, parameters, items) =>
		createThenWait(credentialId, { ...parameters }, items),
	'Continue On Fail': (credentialId, parameters, items) =>
		actTwoWorkflow(credentialId, { ...parameters }, items, { onError: 'continueRegularOutput' }),
	'Retry On Fail': (credentialId, parameters, items) =>
		actTwoWorkflow(credentialId, { ...parameters }, items, {
			retryOnFail: true,
			maxTries: 3,
			waitBetweenTries: 1000,
		}),
} satisfies Record<string, Build>;

const KIND_NAMES = Object.keys(KINDS) as Array<Job['kind']>;

/** Seeds that no other job has. */
const seedsOf = (number: number, count: number) =>
	Array.from({ length: count }, (_, index) => number * MAX_ITEMS + index);

/** One job of each kind without trouble, numbered from `first`. */
export function plainJobs(first: number): Job[] {
	return KIND_NAMES.map((kind, index) => ({
		kind,
		seeds: seedsOf(first + index, 2),
		timeoutSeconds: TIMEOUTS_SECONDS.long,
		retries: 0,
	}));
}

/** How many jobs are plain for each user. */
export const PLAIN_JOBS = KIND_NAMES.length;

/** The job with this number. */
export function plan(number: number, seed: number): Job {
	const random = seededRandom(seed + number);
	const upTo = (count: number) => Math.floor(random() * count);
	const kind = KIND_NAMES[upTo(KIND_NAMES.length)];
	return {
		kind,
		seeds: seedsOf(number, kind === 'one item' ? 1 : 1 + upTo(MAX_ITEMS)),
		timeoutSeconds: random() < 0.3 ? TIMEOUTS_SECONDS.short : TIMEOUTS_SECONDS.long,
		...(random() < 0.2 && { stopAfterMs: 300 + upTo(8000) }),
		retries: random() < 0.7 ? MAX_RETRIES : 0,
	};
}

/** The workflow for these of a job's items. */
export function workflowOf(
	{ kind, timeoutSeconds }: Job,
	credentialId: string,
	seeds: number[],
): Omit<Workflow, 'id'> {
	const waits = kind !== 'Create, then Wait';
	const options = {
		seed: "={{ $('Items').item.json.seed }}",
		...(waits && { pollingInterval: 1, timeout: timeoutSeconds }),
	};
	const items = seeds.map((seed) => ({ seed }));
	return KINDS[kind](credentialId, { ...LINKS, options }, items);
}

/** The node whose output is the videos. */
export const resultNodeOf = ({ kind }: Job) => (kind === 'Create, then Wait' ? WAIT : ACT_TWO);

/** n8n's HTTP Request gets the character for each item. */
function withFile({ nodes, connections, ...rest }: Omit<Workflow, 'id'>): Omit<Workflow, 'id'> {
	const response = { response: { responseFormat: 'file', outputPropertyName: 'character' } };
	const fetching: WorkflowNode = {
		id: 'fetching',
		name: 'Character',
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.2,
		position: [330, 0],
		parameters: { url: CHARACTER, options: { response } },
	};
	const to = (node: string) => ({ main: [[{ node, type: 'main', index: 0 }]] });
	return {
		...rest,
		nodes: [...nodes, fetching],
		connections: { ...connections, Items: to(fetching.name), [fetching.name]: to(ACT_TWO) },
	};
}
