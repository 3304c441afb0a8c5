import type { GenerationRequest, MediaUrl } from '../../../nodes/RunwayActTwo/aimlapi/contract';
import {
	base64Length,
	requestBody,
	withOtherLink,
} from '../../../nodes/RunwayActTwo/aimlapi/requestBody';

const LINK = 'https://example.com/ä "quoted".mp4';

const request = (character: MediaUrl, reference: MediaUrl): GenerationRequest => ({
	model: 'runway/act_two',
	character: { type: 'image', url: character },
	reference: { type: 'video', url: reference },
	frame_size: '1280:720',
	body_control: true,
	seed: 7,
});

it('the body is the JSON of a request with links', async () => {
	const body = await requestBody(request(LINK, LINK));
	expect(JSON.parse(body.toString('utf8'))).toEqual(request(LINK, LINK));
});

/** A file in memory, which may turn out shorter than it was said to be. */
const fileOf = (content: Buffer, size = content.length) => ({
	size,
	read: async (offset: number, length: number) => content.subarray(offset, offset + length),
	close: jest.fn(),
});

const bytesOf = (count: number) =>
	Buffer.from(Array.from({ length: count }, (_, index) => (index * 7) % 256));

it.each([1, 2, 3, 4, 24_575, 24_576, 24_577, 400_000])(
	'carries two files of %i bytes as data URIs',
	async (bytes) => {
		const content = bytesOf(bytes);
		const files = [fileOf(content), fileOf(content)];
		const body = await requestBody(
			request(
				{ contentType: 'image/png', content: files[0] },
				{ contentType: 'video/mp4', content: files[1] },
			),
		);
		const base64 = content.toString('base64');
		expect(JSON.parse(body.toString('utf8'))).toEqual(
			request(`data:image/png;base64,${base64}`, `data:video/mp4;base64,${base64}`),
		);
		for (const { close } of files) expect(close).toHaveBeenCalled();
	},
);

it.each([0, 1, 2, 3, 4, 24_576])('%i bytes are as long in base64 as is said', (bytes) => {
	expect(base64Length(bytes)).toBe(Buffer.alloc(bytes).toString('base64').length);
});

describe('a link that has changed', () => {
	const NEW = 'https://example.com/new "one".mp4';
	const changed = async (character: string, reference: string, link: string) =>
		JSON.parse(String(withOtherLink(await requestBody(request(character, reference)), link, NEW)));

	it('is changed wherever it is, and nothing else', async () => {
		const other = `https://example.com/?url=${LINK}`;
		expect(await changed(LINK, other, LINK)).toEqual(request(NEW, other));
		expect(await changed(other, LINK, LINK)).toEqual(request(other, NEW));
		expect(await changed(LINK, LINK, LINK)).toEqual(request(NEW, NEW));
		expect(await changed(other, other, LINK)).toEqual(request(other, other));
	});
});

it('a file that is shorter than its storage says leaves no gap', async () => {
	const content = fileOf(bytesOf(300_000), 400_000);
	const body = await requestBody(request(LINK, { contentType: 'video/mp4', content }));
	const base64 = bytesOf(300_000).toString('base64');
	expect(JSON.parse(body.toString('utf8'))).toEqual(
		request(LINK, `data:video/mp4;base64,${base64}`),
	);
});

it('a file that cannot be read is closed', async () => {
	const read = async () => await Promise.reject(new Error('It is gone'));
	const content = { ...fileOf(bytesOf(10)), read };
	await expect(requestBody(request(LINK, { contentType: 'video/mp4', content }))).rejects.toThrow(
		'It is gone',
	);
	expect(content.close).toHaveBeenCalled();
});
