import { execFileSync } from 'node:child_process';

const MAX_TOLD = 1500;

/** What a seed broke, where, and the command that plays it again. */
export function toldFailure(seed: number, broken: string[], story: string): string {
	return [
		broken.join('; '),
		`At commit ${commit()}. To play it again: SEED=${seed} npx jest test/unit/money/seeds`,
		story.slice(0, MAX_TOLD),
	].join('\n');
}

/** The seeds mean the same only in the same source. */
function commit(): string {
	const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
	try {
		const isChanged = git('status', '--porcelain') !== '';
		return `${git('rev-parse', '--short', 'HEAD')}${isChanged ? ' + changes' : ''}`;
	} catch {
		return 'unknown';
	}
}
