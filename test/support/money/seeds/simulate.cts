import { seededRandom } from '../../random.cts';
import { Choices } from '../choices.cts';
import type { StartProcess } from '../loadNode.cts';
import { MemoryApi } from '../memoryApi.cts';
import { World } from '../world.cts';
import { Draw } from './draw.cts';
import { characterOf, Files } from './files.cts';
import { InFront } from './inFront.cts';
import { calmPlan, CREATES, drawPlan, toldPlan } from './plan.cts';
import type { Plan } from './plan.cts';
import { brokenPromises } from './promises.cts';
import type { Item, Told } from './told.cts';
import { Workflow } from './workflow.cts';

export interface Played {
	/** The promises that the node broke. */
	broken: string[];
	/** What was to happen, and what did. */
	story: string;
	/** The kinds of all that was drawn and happened. */
	kinds: Set<string>;
	items: number;
	payments: number;
}

/** Longer than anything that ends at all. */
const LIMIT_MS = 30 * 24 * 3_600_000;
/** Of generations that were created before all this. */
const AGES_MS = [1_000, 20_000, 3 * 3_600_000];
const OLD_ENDS = [
	...Array<'with a video'>(6).fill('with a video'),
	...(['without a video', 'never'] as const),
];
const UNKNOWN_ID = 'generation-unknown';

/** Plays what one seed draws, with the real node. */
export async function simulate(start: StartProcess, seed: number): Promise<Played> {
	const draw = new Draw(seededRandom(seed));
	const plan = drawPlan(draw);
	const world = new World();
	const choices = new Choices([], (of, what) => {
		const share = what === 'logs' ? plan.logsFault : plan.faults.creation;
		return draw.chance(share) ? draw.whole(0, of - 1) : 0;
	});
	const api = new MemoryApi(world, choices, () => draw.one(plan.generationMs));
	const told: Told = {
		...{
			plan,
			world,
			api,
			executions: [],
			rest: [],
			processes: 1,
			wasKilled: false,
			broken: new Set(),
		},
		inFront: new InFront(world, api, draw, plan),
		files: new Files(world, draw, plan),
	};
	const workflow = new Workflow(told, start);
	for (const { afterMs, byMs } of plan.jumps) {
		world.after(afterMs, () => (world.wallOffset += byMs));
	}
	if (plan.killAfterMs !== undefined) {
		world.after(plan.killAfterMs, () => (told.wasKilled = true));
	}
	const items = itemsOf(told, draw);
	for (const [index, afterMs] of plan.starts.entries()) {
		world.after(afterMs, () => {
			if (index > 0 && plan.startsElsewhere) workflow.move();
			void workflow.execute(plan, items);
		});
	}
	const areOver = (count: number) => () =>
		told.executions.length === count && told.executions.every(({ isOver }) => isOver);
	const isAllOver = areOver(plan.starts.length);
	const hasEnded = await world.pass(() => told.wasKilled || isAllOver(), LIMIT_MS);
	if (!hasEnded) told.broken.add('an execution never ended');
	else {
		if (told.wasKilled) {
			world.forgetTimers();
			workflow.move();
			for (const execution of told.executions) execution.isOver = true;
		}
		if (world.sleepers > 0) told.broken.add(`${world.sleepers} timers of the node were left`);
		const heard = world.heardTimeouts();
		if (heard > 0) told.broken.add(`${heard} time limits of requests were still listened to`);
		await rest(told, draw, workflow);
	}
	brokenPromises(told);
	return {
		broken: [...told.broken],
		story: `${toldPlan(plan)} ${String(choices)}`,
		kinds: kindsOf(told, choices),
		items: told.executions.reduce((sum, { runs }) => sum + (runs[0]?.items.length ?? 0), 0),
		payments: api.payments.length,
	};
}

/** After all that one more item and a list, when nothing goes wrong any more. */
async function rest(told: Told, draw: Draw, workflow: Workflow): Promise<void> {
	const { world, inFront, files } = told;
	const plan = calmPlan(told.plan);
	draw.isCalm = true;
	world.elapsed = Math.max(world.elapsed, inFront.leftAloneUntil);
	const item = withPictures([plan.count], plan, files);
	const inTurn = async () => {
		await workflow.execute({ ...plan, steps: ['createAndWait'] }, item);
		await workflow.execute({ ...plan, steps: ['getMany'] }, [{ json: {} }]);
	};
	let isOver = false;
	void inTurn().then(() => (isOver = true));
	if (!(await world.pass(() => isOver, LIMIT_MS))) told.broken.add('nothing works any more');
	told.rest = told.executions.slice(-2);
}

function kindsOf({ plan, inFront, files, executions, wasKilled }: Told, { made }: Choices) {
	return new Set([
		...plan.steps,
		plan.source,
		...made.map(({ option }) => option),
		...inFront.faults,
		...files.faults,
		...(wasKilled ? ['killed'] : []),
		...executions.flatMap(({ ids, runs }) => [
			...(ids.length > 1 ? ['Retry'] : []),
			...(runs.some(({ stoppedAt }) => stoppedAt !== undefined) ? ['stopped'] : []),
		]),
	]);
}

function itemsOf({ plan, api, files }: Told, draw: Draw): Item[] {
	if (CREATES.has(plan.steps[0]) || plan.steps[0] === 'estimateCost') {
		return withPictures(plan.pictures, plan, files);
	}
	for (let index = 0; index < plan.count; index++) {
		const ends = draw.one(OLD_ENDS);
		api.payments.push({
			...{ id: `generation-${index + 1}`, clientRequestId: `old-${index}`, content: '', ends },
			...{ at: -draw.one(AGES_MS), takesMs: draw.one(plan.generationMs) },
		});
	}
	return plan.pictures.map((picture) => ({
		json: { id: draw.chance(0.03) ? UNKNOWN_ID : `generation-${picture + 1}` },
	}));
}

function withPictures(pictures: number[], { source }: Plan, files: Files): Item[] {
	return pictures.map((number) => {
		const picture = `picture-${number}.`;
		return source.startsWith('files')
			? { picture, json: { name: picture }, binary: { ...files.ofItem(number) } }
			: { picture, json: { character: characterOf(number) } };
	});
}
