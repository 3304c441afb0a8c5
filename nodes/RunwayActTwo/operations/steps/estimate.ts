import type { AimlapiClient } from '../../aimlapi/client';
import { metricsPath, readTypicalSeconds } from '../../aimlapi/metrics';
import type { TypicalSeconds } from '../../aimlapi/metrics';
import { BALANCE_PATH, costOf, pricePath, readBalance, readPrice } from '../../aimlapi/prices';
import type { Price } from '../../aimlapi/prices';
import type { Session } from '../../execution/session';
import { backoffDelay } from '../../time/backoff';
import { frameSizeFor } from './creationRequest';
import type { CreationRequest } from './creationRequest';

/** A fact about the account or the model, or why it is not known, as the end of a sentence. */
type Fact<T> = { value: T } | { reason: string };

/** How often one of them is asked for. None of these requests may hold a video up for long. */
const MAX_ATTEMPTS = 3;

/** What one request will cost, as far as that can be known before it is sent. */
export interface Estimate {
	/** Width:height in pixels, as it would be asked for. */
	frameSize: string;
	price: Price;
	/** Of the reference video. */
	seconds?: number;
	/** Price times length, in US dollars. */
	costUsd?: number;
}

/** Never rejects, unless the execution is stopped. */
export async function estimate(
	session: Session,
	{ settings, character, characterType, reference }: CreationRequest,
): Promise<Estimate> {
	const { model } = session;
	const frameSize = frameSizeFor(settings.frame_size, character.info, model);
	const parameters = { ...settings, frame_size: frameSize, character_type: characterType };
	const catalogue = await look(session, pricePath(model));
	const price: Price =
		'value' in catalogue
			? readPrice(catalogue.value, model, parameters)
			: { kind: 'unknown', reason: catalogue.reason };
	const seconds = reference.info?.durationSeconds;
	return { frameSize, price, seconds, costUsd: costOf(price, seconds) };
}

/** The account's balance in US dollars. */
export async function findBalance(session: Session): Promise<Fact<number>> {
	return read(await look(session, BALANCE_PATH), readBalance, 'AIMLAPI sent it in an unknown form');
}

/** How long generations take at this moment. */
export async function findTypicalSeconds(session: Session): Promise<Fact<TypicalSeconds>> {
	return read(
		await look(session, metricsPath(session.model)),
		(body) => readTypicalSeconds(body, session.model),
		'no generation has finished in the last minutes',
	);
}

/** Tells a person who looks on how far an item is. */
export function noteProgress(
	session: Session,
	itemIndex: number,
	progress: 'queued' | 'generating',
): void {
	session.progress.note(itemIndex, progress, async () => {
		const typical = await findTypicalSeconds(session);
		return 'value' in typical ? typical.value : undefined;
	});
}

function read<T>(
	found: Fact<unknown>,
	reader: (body: unknown) => T | undefined,
	otherwise: string,
): Fact<T> {
	if ('reason' in found) return found;
	const value = reader(found.value);
	return value === undefined ? { reason: otherwise } : { value };
}

/** Each is asked for once in an execution, however many items want it. */
const asked = new WeakMap<AimlapiClient, Map<string, Promise<Fact<unknown>>>>();

async function look(session: Session, path: string): Promise<Fact<unknown>> {
	const answers = asked.get(session.client) ?? new Map<string, Promise<Fact<unknown>>>();
	asked.set(session.client, answers);
	const answer = answers.get(path) ?? ask(session, path);
	answers.set(path, answer);
	return await answer;
}

async function ask({ client, clock }: Session, path: string): Promise<Fact<unknown>> {
	for (let attempt = 1; ; attempt++) {
		const outcome = await client.lookUp(path);
		if (outcome.kind === 'noResponse')
			return { reason: `AIMLAPI did not respond (${outcome.code})` };
		const { status, body } = outcome;
		if (status === 200 && body !== undefined) return { value: body };
		if (body && (status === 401 || status === 403)) {
			return { reason: "this API key isn't allowed to read it" };
		}
		if (status < 429 || attempt === MAX_ATTEMPTS) {
			return { reason: `AIMLAPI did not say (HTTP ${status})` };
		}
		await clock.sleep(backoffDelay(attempt, clock.random()));
	}
}
