import {
	contentDigest,
	instanceDigest,
	newClientRequestId,
	readClientRequestId,
	withoutSignature,
} from '../../../nodes/RunwayActTwo/aimlapi/clientRequestId';

const CONTENT = contentDigest(['a', 'b']);
const newId = (executionId: string | undefined = '17', itemIndex = 3) =>
	newClientRequestId({ executionId, runIndex: '0', itemIndex, instanceId: 'i' }, CONTENT);

it('is within the header’s alphabet and length, whatever the execution is called', () => {
	for (const executionId of ['17', 'ä/ö '.repeat(100), '', undefined]) {
		expect(newId(executionId, 99_999)).toMatch(/^[\w.:-]{1,128}$/);
	}
});

it('is another one for every POST', () => {
	expect(new Set(Array.from({ length: 1000 }, () => newId())).size).toBe(1000);
});

it('tells execution, instance and content', () => {
	const instance = instanceDigest('i');
	expect(readClientRequestId(newId())).toEqual({ executionId: '17', instance, content: CONTENT });
	expect(
		readClientRequestId(
			newClientRequestId(
				{ executionId: undefined, runIndex: '0', itemIndex: 0, instanceId: 'i' },
				CONTENT,
			),
		),
	).toEqual({ instance, content: CONTENT });
});

it('of version 1.0.0 tells the execution alone', () => {
	expect(readClientRequestId('n8n.17.0.3.1.0123456789abcdef')).toEqual({ executionId: '17' });
	expect(readClientRequestId('n8n.t1700000000000.0.0.1.0123456789abcdef')).toEqual({});
});

it.each(['', 'n8n.17', 'someone-else', 'n8n.17.0.0.1.xyz'])('“%s” is not ours', (id) => {
	expect(readClientRequestId(id)).toBeUndefined();
});

it('parts of the content cannot run into one another', () => {
	expect(contentDigest(['ab', 'c'])).not.toBe(contentDigest(['a', 'bc']));
	expect(CONTENT).toMatch(/^[\da-f]{16}$/);
});

it.each([
	[
		'https://b.s3.amazonaws.com/f.mp4?X-Amz-Date=1&X-Amz-Signature=2&X-Amz-Expires=3&v=4',
		'https://b.s3.amazonaws.com/f.mp4?v=4',
	],
	[
		'https://storage.googleapis.com/b/f?X-Goog-Signature=2&X-Goog-Date=1',
		'https://storage.googleapis.com/b/f',
	],
	['https://c.cloudfront.net/f?Expires=1&Signature=2&Key-Pair-Id=3', 'https://c.cloudfront.net/f'],
	[
		'https://a.blob.core.windows.net/f?sv=1&st=2&se=3&sr=b&sp=r&sig=4',
		'https://a.blob.core.windows.net/f',
	],
	['https://cdn.aimlapi.com/f.mp4?_jwt=a.b.c', 'https://cdn.aimlapi.com/f.mp4'],
	['https://example.com/f?st=10&sp=2&policy=x', 'https://example.com/f?st=10&sp=2&policy=x'],
])('%s names the same file as %s', (link, name) => {
	expect(withoutSignature(link)).toBe(name);
});
