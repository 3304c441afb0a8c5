import type { Results } from './tables.cts';

const WIDTH = 720;
const LEFT = 250;
const SCALE = 320;
const BAR = 16;
const ROW = 58;
const TOP = 64;
/** Legible on white and on GitHub's dark background: grey text, no background of its own. */
const TEXT = '#808890';
const COLOURS = { node: '#4f7df3', loop: '#e08a3c' };

/** One bar for the node and one for the loop in each case: the time lost over the generation's own. */
export function chart({ compared }: Pick<Results, 'compared'>): string {
	const lost = (ratio: number) => (ratio - 1) * 100;
	const most = Math.max(
		...compared.flatMap(({ node, loop }) => [
			lost(node.ratio),
			loop?.status === 'success' ? lost(loop.ratio) : 0,
		]),
	);
	const bar = (y: number, by: 'node' | 'loop', percent: number | undefined) => {
		const width = percent === undefined ? 0 : Math.max(1, (percent / most) * SCALE);
		const label = percent === undefined ? 'ends with an error' : `+${percent.toFixed(1)} %`;
		return `<rect x="${LEFT}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" rx="2" fill="${COLOURS[by]}"/><text x="${(LEFT + width + 8).toFixed(1)}" y="${y + 13}">${by}: ${label}</text>`;
	};
	const rows = compared.map(({ name, node, loop }, index) => {
		const y = TOP + index * ROW;
		const loopLost = loop?.status === 'success' ? lost(loop.ratio) : undefined;
		return [
			`<text x="${LEFT - 12}" y="${y + 22}" text-anchor="end">${short(name)}</text>`,
			bar(y, 'node', lost(node.ratio)),
			...(loop ? [bar(y + BAR + 4, 'loop', loopLost)] : []),
		].join('\n');
	});
	const height = TOP + compared.length * ROW;
	return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Time lost beyond the generation's own time, node and loop" font-family="system-ui, sans-serif" font-size="14" fill="${TEXT}">
<text x="16" y="26" font-size="16" font-weight="600">Time lost beyond the generation’s own time</text>
<text x="16" y="46" font-size="12">The node, and a loop of HTTP Request, Wait 10 s and IF. Shorter is better.</text>
${rows.join('\n')}
</svg>
`;
}

const short = (name: string) =>
	name.replace(/, average.*/, '').replace(', the server admits', ', admitted');
