import { validateLink } from '../../../nodes/RunwayActTwo/media/link';

it('umlauts are no matter, however many links were checked before', () => {
	// Node 20's URL.canParse is wrong about them once V8 has optimised the caller.
	for (let index = 0; index < 200_000; index++)
		validateLink(`https://example.com/${index % 10}.png`);
	for (let index = 0; index < 1000; index++) {
		expect(validateLink('https://bücher.example/ä.png')).toEqual({
			url: 'https://xn--bcher-kva.example/%C3%A4.png',
		});
	}
});
