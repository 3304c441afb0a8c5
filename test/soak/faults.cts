import * as fault from '../support/fakeAimlapi/faults.cts';
import type { Fault } from '../support/fakeAimlapi/faults.cts';
import type { FakeAimlapi, RequestKind } from '../support/fakeAimlapi/server.cts';

const SHARE = 0.25;

const tooMany = (headers = {}) => fault.status(429, 'Too Many Requests', headers);
const brokenJson = fault.body('{"id": "');

/** Each fault as often as its number says; those that take half a minute or more are rare. */
const FAULTS: Partial<Record<RequestKind, Array<[weight: number, Fault]>>> = {
	create: [
		[10, tooMany()],
		[10, tooMany({ 'retry-after': '1' })],
		[2, fault.status(500)],
		[2, fault.reset],
		[10, fault.accepted(fault.reset)],
		[10, fault.accepted(fault.html(502))],
		[10, fault.accepted(fault.status(504))],
		[10, fault.accepted(brokenJson)],
		[0.5, fault.accepted(fault.hang)],
	],
	retrieve: [
		[10, tooMany()],
		[10, tooMany({ 'retry-after': '2' })],
		[10, fault.status(500)],
		[10, fault.status(503)],
		[10, fault.html(502)],
		[10, fault.html(200)],
		[10, fault.reset],
		[10, fault.truncated],
		[10, brokenJson],
		[1, fault.hang],
		[1, fault.trickle()],
	],
	download: [
		[10, tooMany()],
		[10, fault.status(500)],
		[10, fault.html(200)],
		[10, fault.reset],
		[10, fault.truncated],
		[10, fault.expiredLink],
		[1, fault.hang],
	],
	logs: [
		[10, tooMany({ 'retry-after': '1' })],
		[10, fault.status(500)],
		[10, fault.html(502)],
		[10, fault.reset],
		[10, brokenJson],
	],
};

/** What the fake API answered. */
export interface Answers {
	all: number;
	faults: number;
	/** Creations that were accepted and whose answer was a fault. */
	lost: number;
}

/** From now on a quarter of the fake API's answers is a fault. */
export function addFaults(fake: FakeAimlapi, random: () => number): Answers {
	const answers = { all: 0, faults: 0, lost: 0 };
	fake.on('request', () => answers.all++);
	for (const [kind, faults] of Object.entries(FAULTS)) {
		const met: Fault = (context) => {
			answers.faults++;
			pick(
				faults,
				random,
			)({
				...context,
				accept: () => {
					const accepted = context.accept();
					if (accepted) answers.lost++;
					return accepted;
				},
			});
		};
		fake.fail(kind as RequestKind, met, Infinity, () => random() < SHARE);
	}
	return answers;
}

function pick<T>(weighted: Array<[weight: number, value: T]>, random: () => number): T {
	const total = weighted.reduce((sum, [weight]) => sum + weight, 0);
	let rest = random() * total;
	return (weighted.find(([weight]) => (rest -= weight) < 0) ?? weighted[0])[1];
}
