import { MODEL } from '../../../nodes/RunwayActTwo/aimlapi/contract';
import type { GenerationRequest, MediaUrl } from '../../../nodes/RunwayActTwo/aimlapi/contract';
import { requestBody } from '../../../nodes/RunwayActTwo/aimlapi/requestBody';

const LINK = 'https://example.com/ä "quoted".mp4';

const request = (character: MediaUrl, reference: MediaUrl): GenerationRequest => ({
	model: MODEL,
	character: { type: 'image', url: character },
	reference: { type: 'video', url: reference },
	frame_size: '1280:720',
	body_control: true,
	seed: 7,
});

it('is the JSON of a request with links', () => {
	const body = requestBody(request(LINK, LINK));
	expect(JSON.parse(body.toString('utf8'))).toEqual(request(LINK, LINK));
});

it.each([1, 2, 3, 4, 196_607, 196_608, 196_609, 400_000])(
	'carries two files of %i bytes as data URIs',
	(bytes) => {
		const content = Buffer.from(Array.from({ length: bytes }, (_, index) => (index * 7) % 256));
		const body = requestBody(
			request({ contentType: 'image/png', content }, { contentType: 'video/mp4', content }),
		);
		const base64 = content.toString('base64');
		expect(JSON.parse(body.toString('utf8'))).toEqual(
			request(`data:image/png;base64,${base64}`, `data:video/mp4;base64,${base64}`),
		);
	},
);
