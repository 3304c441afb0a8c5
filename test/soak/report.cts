import { SOAK_HEADING } from '../bench/shared/page.cts';
import { head, row } from '../bench/tables.cts';

export interface Line {
	what: string;
	value: string;
	/** Absent where nothing is demanded. */
	holds?: boolean;
}

/** What the soak did and found, as a section in Markdown. */
export function report(introduction: string, lines: Line[]): string {
	const verdict = ({ holds }: Line) => (holds === undefined ? '' : holds ? 'yes' : '**no**');
	return `${SOAK_HEADING}

${introduction}

${head(['', '', 'As it must be'])}
${lines.map((line) => row([line.what, line.value, verdict(line)])).join('\n')}
`;
}

export const informs = (what: string, value: unknown): Line => ({ what, value: String(value) });

export const demands = (what: string, value: unknown, holds: boolean): Line => ({
	what,
	value: String(value),
	holds,
});
