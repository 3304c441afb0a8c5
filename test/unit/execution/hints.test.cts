import { Hints } from '../../../nodes/RunwayActTwo/execution/hints';

/** Where the output is, and as no warning unless it says so. */
function shown(hints: Hints, warnings = 0): string[] {
	const added: Array<{ message: string; location: string; type?: string }> = [];
	hints.show({ addExecutionHints: (hint: (typeof added)[0]) => added.push(hint) } as never);
	for (const { location } of added) expect(location).toBe('outputPane');
	expect(added.filter(({ type }) => type === 'warning')).toHaveLength(warnings);
	return added.map(({ message }) => message);
}

it('where there is nothing to say, no hint is shown', () => {
	expect(shown(new Hints())).toEqual([]);
});

it('many links make one hint, of the first that expires', () => {
	const hints = new Hints();
	hints.linkExpires('2026-02-02T10:00:00.000Z', true);
	hints.linkExpires('2026-01-01T10:00:00.000Z', false);
	hints.linkExpires('2026-01-15T10:00:00.000Z', false);
	expect(shown(hints)).toEqual([
		'The video link expires on 2026-01-01 10:00 UTC. The downloaded file does not. Use Get Video to get a new link.',
	]);
});

it('a link without a file is told without one', () => {
	const hints = new Hints();
	hints.linkExpires('2026-01-01T10:00:00.000Z', false);
	expect(shown(hints)).toEqual([
		'The video link expires on 2026-01-01 10:00 UTC. Use Get Video to get a new link.',
	]);
});

it('many remarks make one hint, and the same one is no second', () => {
	const hints = new Hints();
	hints.remark('It may be distorted');
	hints.remark('It may be distorted');
	expect(shown(hints)).toEqual(['It may be distorted.']);
	hints.remark('It may be cut off');
	expect(shown(hints)).toEqual(['It may be distorted (and 1 more).']);
});

it('many missing files make one hint, with the first and the number of others', () => {
	const hints = new Hints();
	hints.notDownloaded('a', 'it is too large');
	const rest = 'Its link is in videoUrl. To try the download again, use Get Video with the ID.';
	const of = 'Not downloaded: the video of generation a (it is too large)';
	expect(shown(hints, 1)).toEqual([`${of}. ${rest}`]);
	hints.notDownloaded('b', 'it is too large');
	expect(shown(hints, 1)).toEqual([`${of} and 1 more. ${rest}`]);
});

it('links that could not be checked make one hint, which names the host alone', () => {
	const hints = new Hints();
	hints.linkNotChecked('https://example.com/a?token=secret', 'its host returned HTTP 500');
	expect(shown(hints)).toEqual([
		'Could not check the link to example.com (its host returned HTTP 500). It was sent to AIMLAPI as is.',
	]);
	hints.linkNotChecked('https://example.org/b', 'its host is not reachable: ENOTFOUND');
	expect(shown(hints)).toEqual([
		'Could not check the link to example.com (its host returned HTTP 500) and 1 more. They were sent to AIMLAPI as is.',
	]);
});
