import type { ICredentialDataDecryptedObject as Credential, IExecuteFunctions } from 'n8n-workflow';

import { checkBaseUrl } from '../aimlapi/baseUrl';
import { aimlapiClient } from '../aimlapi/client';
import type { AimlapiClient } from '../aimlapi/client';
import { digestOf } from '../aimlapi/clientRequestId';
import type { Endpoint } from '../aimlapi/contract';
import type { Model } from '../aimlapi/model';
import { readItemSettings } from '../fields/perItem';
import { ConcurrencyLimiter } from '../limits/concurrencyLimiter';
import type { CreationGate } from '../limits/creationGate';
import { limitsOf } from '../limits/keyLimits';
import { linkChecker } from '../media/linkCheck';
import type { LinkChecker } from '../media/linkCheck';
import { logSearch } from '../polling/logSearch';
import type { LogSearch } from '../polling/logSearch';
import { abortableClock } from '../time/clock';
import type { Clock } from '../time/clock';
import { checkpointsOf } from './checkpoint';
import type { OpenCheckpoint } from './checkpoint';
import { Hints } from './hints';
import { progressOf } from './progress';
import type { Progress } from './progress';

export const CREDENTIAL_TYPE = 'aimlapiApi';
/** Files that are in memory at once to be sent within requests. */
const MAX_UPLOAD_BYTES = 32 * 1024 * 1024;
/** Of which every item takes its share; a little more than 1, as shares do not add up exactly. */
const ALL_ROOM = 1 + 1e-6;

/** What all items share during one execution of the node. */
export interface SharedSession {
	context: IExecuteFunctions;
	model: Model;
	openCheckpoint: OpenCheckpoint;
	linkChecker: LinkChecker;
	clock: Clock;
	/** By the bytes of files. */
	uploads: ConcurrencyLimiter;
	hints: Hints;
	/** For a person who looks on. */
	progress: Progress;
	/** The IDs of the generations that are being polled. */
	polled: Set<string>;
	/** The IDs of all generations that are the items' own. */
	created: Set<string>;
	/** Those of them whose items are not done, by item. */
	unfinished: Map<number, string>;
	/** Creations without an answer so far: never given up, so that what is paid for is saved. */
	posts: Set<Promise<unknown>>;
	/** Ends with the node's execution, or when one item fails and the workflow does not continue. */
	signal: AbortSignal;
}

/** What an item works with: its own account, endpoint and share of the room. */
export interface Session extends SharedSession {
	/** The account, as a text that tells nothing of the key. */
	account: string;
	client: AimlapiClient;
	findInLogs: LogSearch;
	/** Shared with all executions of the same key. */
	creations: CreationGate;
	/** Runs an item's work when there is room for it. */
	run<T>(work: () => Promise<T>): Promise<T>;
}

export interface StartedSession extends SharedSession {
	/**
	 * The session of one item, whose credential and options may be expressions.
	 * @param isPaid whether its generation exists: then options that cannot be read count as not set
	 * @throws ActTwoError when one of them is invalid; n8n's error when there is no credential
	 */
	ofItem(itemIndex: number, isPaid: boolean): Promise<Session>;
	/** Takes all listeners off the signal. */
	close(): void;
}

/** What the items of one account share. */
interface Account {
	creations: CreationGate;
	clients: Record<Endpoint, AimlapiClient>;
	findInLogs: LogSearch;
}

/** Sends nothing. */
export function startSession(
	context: IExecuteFunctions,
	model: Model,
	signal: AbortSignal,
): StartedSession {
	const clock = abortableClock(signal);
	// Ends with the whole execution only, as a POST does when another item has failed.
	const execution = abortableClock(
		context.getExecutionCancelSignal() ?? new AbortController().signal,
	);
	const limiter = new ConcurrencyLimiter(ALL_ROOM, clock);
	const uploads = new ConcurrencyLimiter(MAX_UPLOAD_BYTES, clock);
	const shared: SharedSession = {
		context,
		model,
		linkChecker: linkChecker(context, clock, signal),
		openCheckpoint: checkpointsOf(context),
		clock,
		uploads,
		hints: new Hints(),
		progress: progressOf({
			count: context.getInputData().length,
			show:
				context.getMode() === 'manual'
					? (line: string) => context.sendMessageToUI(line)
					: undefined,
			clock,
		}),
		polled: new Set(),
		created: new Set(),
		unfinished: new Map(),
		posts: new Set(),
		signal,
	};

	const accounts = new Map<string, Account>();
	const openAccount = (id: string, baseUrl: string, data: Credential): Account => {
		const { rateLimiter, creations } = limitsOf(id);
		const credential = { id: '', name: '', type: CREDENTIAL_TYPE, data };
		const clientOf = (endpoint: Endpoint) =>
			aimlapiClient(context, {
				credential,
				baseUrl,
				endpoint,
				model,
				rateLimiter,
				clock,
				signal,
				onCancel: execution.onStop,
			});
		const clients = { runway: clientOf('runway'), universal: clientOf('universal') };
		return { creations, clients, findInLogs: logSearch(clients.runway.listLogs, clock) };
	};

	return {
		...shared,
		async ofItem(itemIndex, isPaid) {
			const data = await context.getCredentials<Credential>(CREDENTIAL_TYPE, itemIndex);
			const baseUrl = checkBaseUrl(data.baseUrl);
			const { endpoint, maxConcurrentGenerations } = readItemSettings(context, itemIndex, isPaid);
			const account = digestOf([baseUrl, String(data.apiKey)]);
			const opened = accounts.get(account) ?? openAccount(account, baseUrl, data);
			accounts.set(account, opened);
			return {
				...shared,
				account,
				client: opened.clients[endpoint],
				findInLogs: opened.findInLogs,
				creations: opened.creations,
				run: async (work) => await limiter.run(work, 1 / maxConcurrentGenerations),
			};
		},
		close: () => {
			clock.close();
			execution.close();
		},
	};
}
