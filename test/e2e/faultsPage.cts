/** What was seen of one fault in one phase. */
export interface Seen {
	fault: string;
	phase: string;
	outcome: string;
}

interface Row {
	outcome: string;
	phases: string[];
	faults: string[];
}

const MAX_EXCEPTIONS = 5;

const KINDS: Array<{ title: string; about: string; fits: (outcome: string) => boolean }> = [
	{
		title: 'You get the video',
		about: 'The fault passes, or the generation is found in the usage logs.',
		fits: (outcome) => outcome === 'The video',
	},
	{
		title: 'You get the link, and a hint instead of the file',
		about: 'The video is there. Get Video downloads it later.',
		fits: (outcome) => outcome.startsWith('The link'),
	},
	{
		title: 'The item fails, and its message contains the generation ID',
		about: 'Wait for Video and Get Video take the ID. Nothing has to be paid again.',
		fits: (outcome) => outcome.includes('(generation ID)'),
	},
	{
		title: 'The item fails, and a generation may have been started',
		about:
			'The request was not sent again. The description contains the request ID; check your usage before you start a new execution.',
		fits: (outcome) => outcome.includes('a generation may have been started'),
	},
	{
		title: 'The item fails, and nothing was started',
		about: 'Fix what the message names, then try again.',
		fits: () => true,
	},
];

/** All that was seen, by what it means to the user, as Markdown. */
export function faultTables(all: Seen[]): string {
	const left = new Set(all);
	const sections = KINDS.map(({ title, about, fits }) => {
		const own = [...left].filter(({ outcome }) => fits(outcome));
		for (const one of own) left.delete(one);
		const rows = rowsOf(own).map(({ outcome, phases, faults }) =>
			['', outcome, phases.join('; '), listOf(faults, phases, all), ''].join(' | ').trim(),
		);
		return [`## ${title}`, '', about, '', '| You see | When | Fault |', '|---|---|---|', ...rows];
	});
	return sections.map((lines) => lines.join('\n')).join('\n\n');
}

/** One row for each outcome and set of faults: the number of an HTTP status tells no two apart. */
function rowsOf(all: Seen[]): Row[] {
	const rows: Row[] = [];
	const outcomeOf = ({ outcome }: Seen) => outcome.replace(/HTTP \d+/, 'HTTP …');
	for (const outcome of new Set(all.map(outcomeOf))) {
		const same = all.filter((one) => outcomeOf(one) === outcome);
		for (const phase of new Set(same.map((one) => one.phase))) {
			const faults = same.filter((one) => one.phase === phase).map(({ fault }) => fault);
			const row = rows.find(
				(one) => one.outcome === outcome && one.faults.join() === faults.join(),
			);
			if (row) row.phases.push(phase);
			else rows.push({ outcome, phases: [phase], faults });
		}
	}
	return rows;
}

/** All faults of these phases, all but a few, or some. */
function listOf(faults: string[], phases: string[], all: Seen[]): string {
	const possible = all.filter(({ phase }) => phases.includes(phase)).map(({ fault }) => fault);
	const others = [...new Set(possible)].filter((fault) => !faults.includes(fault));
	if (others.length === 0) return 'Every one';
	return others.length < MAX_EXCEPTIONS && others.length < faults.length
		? `Every one but ${others.join(', ')}`
		: faults.join(', ');
}
