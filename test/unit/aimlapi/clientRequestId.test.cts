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

it('a client request ID is within the header’s alphabet and length, whatever the execution is called', () => {
	for (const executionId of ['17', 'ä/ö '.repeat(100), '', undefined]) {
		expect(newId(executionId, 99_999)).toMatch(/^[\w.:-]{1,128}$/);
	}
});

it('every POST has another client request ID', () => {
	expect(new Set(Array.from({ length: 1000 }, () => newId())).size).toBe(1000);
});

it('a client request ID tells execution, instance and content', () => {
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

it('a client request ID names the execution in letters that a header may have, or else the time', () => {
	expect(newId('a/b c')).toMatch(/^n8n\.a_b_c\.0\.3\./);
	const [, time] = /^n8n\.t(\d+)\./.exec(
		newClientRequestId(
			{ executionId: undefined, runIndex: '0', itemIndex: 0, instanceId: 'i' },
			CONTENT,
		),
	) as string[];
	expect(Math.abs(Number(time) - Date.now())).toBeLessThan(60_000);
});

it('a client request ID is told apart from those of other n8n instances', () => {
	expect(instanceDigest('j')).not.toBe(instanceDigest('i'));
});

it('a client request ID of version 1.0.0 tells the execution alone', () => {
	expect(readClientRequestId('n8n.17.0.3.1.0123456789abcdef')).toEqual({ executionId: '17' });
	expect(readClientRequestId('n8n.t1700000000000.0.0.1.0123456789abcdef')).toEqual({});
	expect(readClientRequestId('n8n..0.0.1.0123456789abcdef')).toEqual({});
	for (const executionId of ['at17', 't17a', 't']) {
		const id = `n8n.${executionId}.12.34.ab.0123456789abcdef`;
		expect(readClientRequestId(id)).toEqual({ executionId });
	}
});

it.each([
	...['', 'n8n.17', 'someone-else', 'n8n.17.0.0.1.xyz', 'xn8n.17.0.3.1.0123456789abcdef'],
	...['n8n.17.0.3.1.0123456789abcdef0', 'n8n.17.0.3.1.12345678.0123456789abcdef.x'],
])('“%s” is no client request ID of this package', (id) => {
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

/** Of each service the name that shows a signature, those that go with it, and those that do not. */
it.each<[signed: string, goes: string[], stays: string[]]>([
	['X-Amz-Signature', ['X-Amz-Date', 'x-amz-security-token'], ['my-x-amz-date', 'x-am']],
	['X-Goog-Signature', ['X-Goog-Date', 'x-goog-expires'], ['my-x-goog-date', 'x-goo']],
	[
		'Signature',
		['Expires', 'AWSAccessKeyId', 'GoogleAccessId', 'Key-Pair-Id', 'Policy'],
		['my-expires', 'expires-at', 'id'],
	],
	['sig', ['sv', 'se', 'st', 'sp', 'sr', 'spr', 'skoid', 'SKE'], ['asv', 'sva', 's', 'sx', 'sk']],
	['_jwt', [], ['a_jwt', '_jwta']],
])('where a link is signed by %s, only what goes with it is left out', (signed, goes, stays) => {
	const link = (...names: string[]) =>
		`https://example.com/f?${names.map((name) => `${name}=1`).join('&')}`;
	expect(withoutSignature(link(...goes, signed, ...stays))).toBe(link(...stays));
	for (const name of [`a${signed}`, `${signed}a`]) {
		expect(withoutSignature(link(name, ...goes))).toBe(link(name, ...goes));
	}
});
