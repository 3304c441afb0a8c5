import { loadMedia } from '../../../nodes/RunwayActTwo/media/source';

const LINK = 'https://example.com/short';
const services = {
	linkChecker: { finalUrl: async (link: string) => await Promise.resolve(`${link}/now`) },
} as never;

it.each([
	['that is redirected is sent as the address where that leads now', true, `${LINK}/now`],
	['that is not redirected is sent as it is', false, LINK],
	['that was not checked is sent as it is', undefined, LINK],
])('a link %s, and is the same input whenever that is', async (_, isRedirected, sent) => {
	const media = await loadMedia(services, {
		kind: 'url',
		label: 'Reference',
		role: 'reference',
		url: LINK,
		isRedirected,
	});
	expect([media.url, media.fingerprint()]).toEqual([sent, LINK]);
});
