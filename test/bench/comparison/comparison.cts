import type { N8nClient } from '../../support/n8n/client.cts';
import { latenessMs } from './figures.cts';
import type { Figures } from './figures.cts';
import { runCase } from './runCase.cts';
import type { Case, Contender } from './runCase.cts';
import type { Fakes, FakeSettings } from '../shared/fakes.cts';

/** 200 generations of 45 to 54 s, evenly spread, in an order that is not theirs. */
const DURATIONS_MS = Array.from({ length: 200 }, (_, index) => 45_000 + ((index * 79) % 200) * 45);
/** One item's time depends on where its end falls between two polls, so these are averaged. */
const SINGLE_MS = Array.from({ length: 10 }, (_, index) => 45_000 + index * 1000);
/** 20 lengths around 45 s, so that chance decides when the polls fall. */
const AROUND_45_MS = Array.from({ length: 20 }, (_, index) => 43_900 + index * 115);
const TEN_MINUTES_MS = 600_000;
const ADMITTED_AT_ONCE = 10;
/** How often Runway renews what it tells of a task, at most. */
const REFRESH_MS = 5000;

export interface Compared {
	name: string;
	runs: ComparedRun[];
}

export interface ComparedRun extends Figures {
	by: Contender;
	status: string;
}

export interface Alone {
	name: string;
	runs: number;
	/** The execution's end over the generation's own time, averaged. */
	ratio: number;
	/** The same for a client that polls at the very moment when the state tells the end. */
	leastRatio: number;
	latenessSeconds: number;
	polls: number;
}

/** The node and the loop in one n8n. The long ones run beside the others and hardly load it. */
export async function comparison(
	client: N8nClient,
	fakes: Fakes,
	quick: boolean,
	log: (line: string) => void,
): Promise<{ compared: Compared[]; alone: Alone[] }> {
	const seconds = quick ? 0.2 : 1;
	const durationsMs = DURATIONS_MS.map((ms) => ms * seconds);
	const around45Ms = AROUND_45_MS.map((ms) => ms * seconds);
	/** One after the other, so that they do not slow each other down. */
	const compare = async (name: string, contenders: Contender[], given: Omit<Case, 'by'>) => {
		const compared: Compared = { name, runs: [] };
		for (const by of contenders) {
			const { status, figures } = await runCase(client, fakes, { by, ...given });
			compared.runs.push({ by, status, ...figures });
		}
		log(`${name}: ${compared.runs.map(told).join(', ')}`);
		return compared;
	};
	const compareSingles = async (name: string): Promise<Compared> => {
		const average = async (by: Contender): Promise<ComparedRun> => {
			const outcomes = await Promise.all(
				SINGLE_MS.map(async (ms) => {
					const server = { durationsMs: [ms * seconds] };
					return await runCase(client, fakes, { by, items: 1, server });
				}),
			);
			const status = outcomes.find((run) => run.status !== 'success')?.status ?? 'success';
			return { by, status, ...averageOf(outcomes.map(({ figures }) => figures)) };
		};
		const runs = await Promise.all([average('node'), average('loop')]);
		log(`${name}: ${runs.map(told).join(', ')}`);
		return { name, runs };
	};
	const alone = async (
		name: string,
		lengthsMs: number[],
		options: Partial<FakeSettings> = {},
	): Promise<Alone> => {
		const runs = await Promise.all(
			lengthsMs.map(async (ms) => {
				const server = { ...options, durationsMs: [ms] };
				const { figures, log } = await runCase(client, fakes, { by: 'node', items: 1, server });
				const { refreshMs = 1 } = options;
				const leastRatio = (Math.ceil(ms / refreshMs) * refreshMs) / ms;
				return { ...figures, leastRatio, lateMs: latenessMs(log)[0] };
			}),
		);
		const average = (of: (run: (typeof runs)[0]) => number) =>
			runs.reduce((sum, run) => sum + of(run), 0) / runs.length;
		const result = {
			name,
			runs: runs.length,
			ratio: average(({ ratio }) => ratio),
			leastRatio: average(({ leastRatio }) => leastRatio),
			latenessSeconds: average(({ lateMs }) => lateMs) / 1000,
			polls: average(({ polls }) => polls),
		};
		log(`${name}: ${result.ratio.toFixed(3)}, ${result.polls} polls`);
		return result;
	};
	const manyItems = quick ? 40 : 200;
	/** Many items at an API that takes so many requests a second. */
	const limited = async (limits: number[]): Promise<Compared[]> => {
		const results: Compared[] = [];
		for (const maxRequestsPerSecond of limits) {
			results.push(
				await compare(
					`${manyItems} items, ${maxRequestsPerSecond} requests a second`,
					['node', 'loop'],
					{
						items: manyItems,
						server: { durationsMs, maxRequestsPerSecond },
						options: { maxConcurrentGenerations: manyItems },
					},
				),
			);
		}
		return results;
	};
	const oneAfterTheOther = async () => ({
		compared: [
			await compareSingles('1 item, average of 10 lengths'),
			await compare('20 items', ['node', 'loop'], { items: 20, server: { durationsMs } }),
			await compare(`${manyItems} items, all at once`, ['node', 'loop'], {
				items: manyItems,
				server: { durationsMs },
				options: { maxConcurrentGenerations: manyItems },
			}),
			...(await limited(quick ? [4] : [4, 20])),
		],
		around45: await alone('45 s', around45Ms),
		refreshed: await alone('45 s, its state refreshed every 5 s', around45Ms, {
			refreshMs: REFRESH_MS * seconds,
		}),
	});
	const [admitted, tenMinutes, { compared, around45, refreshed }] = await Promise.all([
		compare(
			`${manyItems} items, the server admits ${ADMITTED_AT_ONCE} at a time`,
			['node', 'loop'],
			{ items: manyItems, server: { durationsMs, maxConcurrent: ADMITTED_AT_ONCE } },
		),
		alone('10 minutes', [quick ? TEN_MINUTES_MS / 10 : TEN_MINUTES_MS]),
		oneAfterTheOther(),
	]);
	return { compared: [...compared, admitted], alone: [around45, refreshed, tenMinutes] };
}

const told = ({ by, status, ratio }: ComparedRun) =>
	`${by} ${status === 'success' ? ratio.toFixed(3) : status}`;

function averageOf(runs: Figures[]): Figures {
	const average = (name: keyof Figures) =>
		runs.reduce((sum, run) => sum + run[name], 0) / runs.length;
	return Object.fromEntries(
		(Object.keys(runs[0]) as Array<keyof Figures>).map((name) => [name, average(name)]),
	) as unknown as Figures;
}
