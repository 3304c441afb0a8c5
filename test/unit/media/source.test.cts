import { loadMedia } from '../../../nodes/RunwayActTwo/media/source';

const LINK = 'https://example.com/short';
const services = {
	linkChecker: { finalUrl: async (link: string) => await Promise.resolve(`${link}/now`) },
} as never;
const source = { kind: 'url' as const, label: 'Reference', role: 'reference' as const, url: LINK };

it.each([
	['that was checked is sent as the address where it leads now', true, `${LINK}/now`],
	['that was not checked is sent as it is', undefined, undefined],
])('a link %s, and is the same input whenever that is', async (_, isChecked, now) => {
	const media = await loadMedia(services, { ...source, isChecked }, 0);
	expect([media.url, await media.urlNow?.(), media.fingerprint()]).toEqual([LINK, now, LINK]);
});

it('a link that has expired since its check is refused, and names the input', async () => {
	const expired = {
		linkChecker: {
			finalUrl: async () =>
				await Promise.resolve({ rule: 'has expired (HTTP 403)', advice: 'Get a new link.' }),
		},
	} as never;
	const media = await loadMedia(expired, { ...source, isChecked: true }, 3);
	await expect(media.urlNow?.()).rejects.toMatchObject({
		message: 'Reference link has expired (HTTP 403) [item 3]',
		details: { description: 'Get a new link. Nothing was sent for item 3.' },
	});
});
