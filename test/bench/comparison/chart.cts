import type { ComparedRun } from './comparison.cts';
import type { Results } from '../tables.cts';

const WIDTH = 720;
const LEFT = 250;
const SCALE = 300;
const BAR = 16;
const BAR_GAP = 4;
const ROW_GAP = 22;
const TOP = 64;
/** No one colour of text is legible on white and on dark, so the chart brings its own background. */
const STYLE = `<style>
.background { fill: #ffffff; stroke: #d0d7de; }
text { fill: #424a53; }
.node { fill: #2f62e0; }
.loop { fill: #c46a1b; }
@media (prefers-color-scheme: dark) {
.background { fill: #161b22; stroke: #30363d; }
text { fill: #c9d1d9; }
.node { fill: #6f96f7; }
.loop { fill: #e89a52; }
}
</style>`;

/** One bar for each run of a case: the time lost over the generation's own. */
export function chart({ compared }: Pick<Results, 'compared'>): string {
	const lost = ({ status, ratio }: ComparedRun) =>
		status === 'success' ? (ratio - 1) * 100 : undefined;
	const most = Math.max(...compared.flatMap(({ runs }) => runs.map((run) => lost(run) ?? 0)));
	const bar = (y: number, run: ComparedRun) => {
		const percent = lost(run);
		const width = percent === undefined ? 0 : Math.max(1, (percent / most) * SCALE);
		const label = percent === undefined ? 'ends with an error' : `+${percent.toFixed(1)}%`;
		return `<rect x="${LEFT}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" rx="2" class="${run.by}"/><text x="${(LEFT + width + 8).toFixed(1)}" y="${y + 13}">${run.by}: ${label}</text>`;
	};
	let y = TOP;
	const rows = compared.map(({ name, runs }) => {
		const height = runs.length * (BAR + BAR_GAP);
		const parts = [
			`<text x="${LEFT - 12}" y="${y + height / 2 + 2}" text-anchor="end">${short(name)}</text>`,
			...runs.map((run, index) => bar(y + index * (BAR + BAR_GAP), run)),
		];
		y += height + ROW_GAP - BAR_GAP;
		return parts.join('\n');
	});
	return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y}" viewBox="0 0 ${WIDTH} ${y}" role="img" aria-label="Time lost beyond the generation's own time, node and loop" font-family="system-ui, sans-serif" font-size="14">
${STYLE}
<rect class="background" x="0.5" y="0.5" width="${WIDTH - 1}" height="${y - 1}" rx="6"/>
<text x="16" y="26" font-size="16" font-weight="600">Time lost beyond the generation’s own time</text>
<text x="16" y="46" font-size="12">The node and a loop of HTTP Request, Wait 10 s and IF. Shorter is better.</text>
${rows.join('\n')}
</svg>
`;
}

const short = (name: string) =>
	name.replace(/, average.*/, '').replace(', the server admits', ', admitted');
