import { Api, at } from './api.cts';
import type { Inputs } from './inputs.cts';
import { readBalance, readCatalogue, readDeprecations } from './parts/catalogue.cts';
import { create, describeCreation } from './parts/creation.cts';
import { compareSchema } from './parts/schema.cts';
import { describeVideo } from './parts/video.cts';
import { describeWatch, watch } from './parts/watch.cts';
import type { Pace } from './parts/watch.cts';
import { costOf } from './price.cts';
import type { Price } from './price.cts';
import { dollars, Report } from './report.cts';
import type { QuestionName } from './report.cts';

export interface ProbeOptions {
	baseUrl: string;
	key: string;
	/** What the report begins with. */
	heading: string[];
	inputs: Inputs;
	pace: Pace;
	/** For one request, in milliseconds. */
	requestTimeoutMs: number;
	/** Asked once, before anything is paid for: what it will cost, for people. */
	mayPay: (costs: string) => Promise<boolean>;
	say: (line: string) => void;
}

const MEGABYTE = 1024 ** 2;

const PAID: QuestionName[] = [
	'id',
	'headers',
	'statuses',
	'logs',
	'frameSize',
	'sound',
	'link',
	'cost',
];

/** Asks all questions, each on its own: whatever fails, the report comes. */
export async function probe(options: ProbeOptions): Promise<Report> {
	const { baseUrl, key, inputs, say } = options;
	const report = new Report(options.heading);
	report.hide(key, '[key]');
	const api = new Api(baseUrl, key, options.requestTimeoutMs);
	try {
		say('Free requests: the catalogue, the schema, the balance.');
		const catalogue = await report.part(
			['offered', 'price'],
			async () => await readCatalogue(api, report),
		);
		await report.part(['offered'], async () => await readDeprecations(api, report));
		await report.part(
			['schema'],
			async () => await compareSchema(api, report, catalogue?.schemaUrl),
		);
		const balance = await report.part(['key'], async () => await readBalance(api, report));
		if (await options.mayPay(costsInWords(baseUrl, inputs, catalogue?.price))) {
			await payFor(api, report, options, { price: catalogue?.price, balance });
		}
		return report;
	} finally {
		await api.close();
	}
}

/** At most three generations: what is said before the question. */
function costsInWords(baseUrl: string, { seconds }: Inputs, price?: Price): string {
	const one = costOf(price, seconds);
	const of =
		seconds === undefined ? 'the length of your reference' : `${Math.round(seconds)} seconds`;
	const costs =
		one === undefined
			? 'The price is not known.'
			: `By the catalogue that is about ${dollars(one)}, and ${dollars(3 * one)} if all three are accepted.`;
	return `This sends three paid requests to ${baseUrl}: one generation of ${of}, and the same with a file of 4 MB and of 8 MB inside the request, which are paid for only if they are accepted. ${costs}`;
}

async function payFor(
	api: Api,
	report: Report,
	{ inputs, pace, requestTimeoutMs, say }: ProbeOptions,
	before: { price?: Price; balance?: number },
): Promise<void> {
	say('One generation. This takes about a minute.');
	const wentWell = await report.part(PAID, async () => {
		const creation = await create(api, report, inputs.body);
		if (creation.kind === 'refused')
			throw new Error(`AIMLAPI refused the request: ${creation.words}`);
		describeCreation(report, creation);
		const watched = await watch(api, report, creation, pace);
		describeWatch(report, watched);
		await report.part(['cost'], async () => {
			const after = await readBalance(api);
			report.answer('cost', costsOf(before, after, watched.costUsd, inputs, creation.answer?.json));
		});
		const { end } = watched;
		if (end === undefined) throw new Error('the generation had not ended');
		await report.part(['frameSize', 'sound', 'link'], async () => {
			await describeVideo(report, end, inputs.hasSound, requestTimeoutMs);
		});
		return true;
	});
	if (!wentWell) return leaveOut(report);
	for (const [question, megabytes] of [
		['fourMegabytes', 4],
		['eightMegabytes', 8],
	] as const) {
		say(`A file of ${megabytes} MB inside the request.`);
		await report.part([question], async () => {
			const creation = await create(api, report, await inputs.bodyOf(megabytes * MEGABYTE));
			if (creation.kind === 'refused') return report.answer(question, `No: ${creation.words}.`);
			const watched = await watch(api, report, creation, { ...pace, logsAfterEndMs: 0 });
			const failure = at(watched.end?.json, 'error');
			report.answer(
				question,
				`${creation.id === undefined ? `Not certainly: ${creation.answer ? `HTTP ${creation.answer.status}` : 'no response'}` : 'Yes'}; then ${watched.statuses.at(-1) ?? 'nothing is known'}${failure ? `: ${JSON.stringify(failure)}` : ''}.`,
			);
		});
	}
}

/** Without a generation that works, the two large ones would answer nothing. */
function leaveOut(report: Report): void {
	for (const question of ['fourMegabytes', 'eightMegabytes'] as const) {
		report.answer(question, 'Not asked, because the first generation did not work.');
	}
}

function costsOf(
	{ price, balance }: { price?: Price; balance?: number },
	balanceAfter: number | undefined,
	inLogs: number | undefined,
	inputs: Inputs,
	created: unknown,
): string {
	const estimate = costOf(price, inputs.seconds);
	const usage = at(created, 'meta', 'usage', 'usd_spent');
	const amounts: Array<[what: string, usd: unknown]> = [
		['estimated by the catalogue', estimate],
		['by the response to the creation', usage],
		['by the usage logs', inLogs],
		[
			'less on the balance right after the end',
			balance === undefined || balanceAfter === undefined ? undefined : balance - balanceAfter,
		],
	];
	return amounts
		.map(([what, usd]) => `${typeof usd === 'number' ? dollars(usd) : 'nothing known'} ${what}`)
		.join(', ')
		.concat('.');
}
