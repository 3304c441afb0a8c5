import { Hints } from '../../../nodes/RunwayActTwo/execution/hints';

function shown(hints: Hints): string[] {
	const messages: string[] = [];
	hints.show({
		addExecutionHints: ({ message }: { message: string }) => messages.push(message),
	} as never);
	return messages;
}

it('nothing to say, nothing shown', () => {
	expect(shown(new Hints())).toEqual([]);
});

it('many links make one hint, of the first that expires', () => {
	const hints = new Hints();
	hints.linkExpires('2026-02-02T10:00:00.000Z', true);
	hints.linkExpires('2026-01-01T10:00:00.000Z', false);
	const [message, ...others] = shown(hints);
	expect(message).toContain('expires on 2026-01-01 10:00 UTC');
	expect(message).toContain('The downloaded file does not.');
	expect(others).toEqual([]);
});

it('many missing files make one hint, with the first and the number of others', () => {
	const hints = new Hints();
	hints.notDownloaded('a', 'it is too large');
	hints.notDownloaded('b', 'it is too large');
	expect(shown(hints)).toEqual([expect.stringContaining('a (it is too large) and 1 more')]);
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
