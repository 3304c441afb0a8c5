import { ActTwoError } from '../../errors';
import type { Session } from '../../execution/session';
import type { CreationRequest } from './creationRequest';
import { estimate, findBalance } from './estimate';
import { dollars } from './maxCost';

/** AIMLAPI's own words, which messages.ts quotes. */
const LACK_OF_CREDITS = /“[^”]*(credit|balance|fund)[^”]*”/i;

/**
 * A refusal for lack of credits, with what the account has and what the video would cost where AIMLAPI
 * says so; any other error as it is.
 */
export async function withBalance(
	session: Session,
	request: CreationRequest,
	error: unknown,
): Promise<unknown> {
	if (!(error instanceof ActTwoError)) return error;
	const { httpCode = '', description } = error.details;
	if (!/^40[23]$/.test(httpCode) || !LACK_OF_CREDITS.test(description)) return error;
	const [balance, { costUsd }] = await Promise.all([
		findBalance(session),
		estimate(session, request),
	]);
	const facts = [
		...('value' in balance ? [`The balance is ${dollars(balance.value)}.`] : []),
		...(costUsd === undefined ? [] : [`This video would cost ${dollars(costUsd)}.`]),
	];
	return new ActTwoError(
		{ ...error.details, description: [description, ...facts].join(' ') },
		error.generationId,
	);
}
