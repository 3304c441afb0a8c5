import { readFileSync } from 'node:fs';

import { ACT_TWO } from '../../../nodes/RunwayActTwo/aimlapi/model';
import {
	frameSizeFor,
	loadRequest,
} from '../../../nodes/RunwayActTwo/operations/steps/creationRequest';
import { items, virtualNode } from '../../support/money/virtualNode.cts';
import type { Api, RunOf } from '../../support/money/virtualNode.cts';

const asset = (name: string, mimeType: string) => ({
	bytes: readFileSync(`test/support/fakeAimlapi/assets/${name}`),
	mimeType,
});
const FILES = {
	stored: {
		character: asset('character.png', 'image/png'),
		reference: asset('performance.mp4', 'video/mp4'),
	},
};
const BY_FILES = {
	...{ operation: 'create', characterSource: 'file', referenceSource: 'file' },
	...{ characterBinaryPropertyName: 'character', referenceBinaryPropertyName: 'reference' },
};

const BOTH_WAYS =
	'The file was sent inside the request, and once more as a temporary link to this n8n instance. ';

const idsOf = ({ outputs, error }: RunOf) => {
	if (error) throw error;
	return outputs?.map(({ json }) => json.id);
};

/** A node, and what it sends. */
function sending(answer?: Api['create']) {
	const sent: Array<Record<string, unknown>> = [];
	const node = virtualNode({
		create: (id, body) => {
			sent.push(body);
			return answer ? answer(id, body) : { status: 201, body: { id } };
		},
	});
	return { node, sent };
}

/** An execution whose first run has created `g0` and failed before its video was there. */
async function createdBefore(changes: object = {}) {
	let barred = true;
	const node = virtualNode({
		retrieve: (id) =>
			barred
				? { status: 401, body: { message: 'No' } }
				: { status: 200, body: { id, status: 'completed', video: 'https://example.com/v.mp4' } },
	});
	const { run, execution } = node.start(changes);
	await node.end(run);
	expect(run.error?.message).toMatch(/generation g0/);
	barred = false;
	return { node, execution };
}

describe('what is sent', () => {
	it('is what the form says, and no more', async () => {
		const { node, sent } = sending();
		await node.run({ parameters: { operation: 'create' } });
		expect(sent).toEqual([
			{
				model: 'runway/act_two',
				character: { type: 'image', url: 'https://example.com/0.jpg' },
				reference: { type: 'video', url: 'https://example.com/reference.mp4' },
				frame_size: '1280:720',
			},
		]);
	});

	it('has the options that are set, and AIMLAPI’s frame size where the shape is not known', async () => {
		const { node, sent } = sending();
		const options = { bodyControl: false, expressionIntensity: 4, seed: 5 };
		const chosen = { operation: 'create', characterType: 'video', frameSize: 'match', options };
		await node.run({ parameters: chosen });
		expect(sent).toEqual([
			{
				model: 'runway/act_two',
				character: { type: 'video', url: 'https://example.com/0.jpg' },
				reference: { type: 'video', url: 'https://example.com/reference.mp4' },
				frame_size: '1280:720',
				body_control: false,
				expression_intensity: 4,
				seed: 5,
			},
		]);
	});

	it('is a file within the request, whose kind is seen and whose shape is matched', async () => {
		const { node, sent } = sending();
		const parameters = { ...BY_FILES, characterType: 'detect', frameSize: 'match' };
		expect(idsOf(await node.run({ ...FILES, parameters }))).toEqual(['g0']);
		expect(sent[0]).toMatchObject({
			character: { type: 'image', url: expect.stringMatching(/^data:image\/png;base64,/) },
			reference: { type: 'video', url: expect.stringMatching(/^data:video\/mp4;base64,/) },
			frame_size: '960:960',
		});
	});

	it('is several items’ files at the same time, where they are small', async () => {
		const { node } = sending();
		await node.run({ ...FILES, items: items(3), parameters: BY_FILES });
		const [first, , third] = node.requests.filter(({ method }) => method === 'POST');
		expect(third.at - first.at).toBeLessThan(200);
	});

	it('is once more the file as a link where the first is refused', async () => {
		const { node, sent } = sending((id, { character }) =>
			(character as { url: string }).url.startsWith('data:')
				? { status: 400, body: { message: 'character.url is not valid' } }
				: { status: 201, body: { id } },
		);
		expect(idsOf(await node.run({ ...FILES, parameters: BY_FILES }))).toEqual(['g1']);
		expect(sent[1].character).toEqual({ type: 'image', url: 'https://n8n.example.com/character' });
	});

	it.each([
		[19_799, 2],
		[19_800, 1],
	])('and refused after %i ms of 20 s is sent %i times', async (ms, posts) => {
		const { node, sent } = sending(
			async (id) =>
				await new Promise((resolve) => {
					const answer = { status: 400, body: { message: 'character.url is not valid' } };
					node.world.after(id === 'g0' ? ms : 0, () => resolve(answer));
				}),
		);
		const parameters = { ...BY_FILES, operation: 'createAndWait', options: { timeout: 20 } };
		await node.run({ ...FILES, parameters });
		expect(sent).toHaveLength(posts);
	});

	it.each([
		['both as a file and as a link', 'https://n8n.example.com', 2, BOTH_WAYS],
		[
			'as a file that no link leads to',
			'http://localhost:5678',
			1,
			'The file was sent inside the request. ',
		],
	])('and refused %s is told so in the words of the form', async (_, n8nUrl, posts, told) => {
		const { node, sent } = sending(() => ({
			status: 400,
			body: { message: 'character.url is not valid' },
		}));
		const { error } = await node.run({ ...FILES, n8nUrl, parameters: BY_FILES });
		expect(error?.description).toMatch(/^AIMLAPI said: “the character file is not valid”\. /);
		expect(error?.description).toContain(told);
		expect(sent).toHaveLength(posts);
	});

	it('is one file as a link, where only one of the two is a file', async () => {
		const { node, sent } = sending(() => ({ status: 400, body: { message: 'Invalid' } }));
		const { error } = await node.run({
			...FILES,
			parameters: { ...BY_FILES, referenceSource: 'url' },
		});
		expect(error?.description).toContain(BOTH_WAYS);
		expect(sent.map(({ character }) => (character as { url: string }).url)).toEqual([
			expect.stringMatching(/^data:image\/png/),
			'https://n8n.example.com/character',
		]);
		const { node: local } = sending(() => ({ status: 400, body: { message: 'Invalid' } }));
		const parameters = { ...BY_FILES, referenceSource: 'url' };
		const run = await local.run({ ...FILES, n8nUrl: 'http://localhost:5678', parameters });
		expect(run.error?.description).toContain('The file was sent inside the request. ');
	});

	it('is a large file as a link alone, and refused is told so', async () => {
		const { character, reference } = FILES.stored;
		const large = Buffer.concat([character.bytes, Buffer.alloc(6 * 1024 * 1024)]);
		const stored = { character: { ...character, bytes: large }, reference };
		const { node, sent } = sending(() => ({ status: 400, body: { message: 'Invalid' } }));
		const parameters = { ...BY_FILES, referenceSource: 'url' };
		const { error } = await node.run({ stored, parameters });
		expect(sent).toMatchObject([{ character: { url: 'https://n8n.example.com/character' } }]);
		expect(error?.description).toContain(
			' The file was sent as a temporary link to this n8n instance, which must be reachable from the internet. ',
		);
	});

	it('is no image in the place of the performance', async () => {
		const { node, sent } = sending();
		const parameters = { ...BY_FILES, referenceBinaryPropertyName: 'character' };
		const { error } = await node.run({ ...FILES, parameters });
		expect(error?.message).toMatch(/^Reference Video file must be a video .*, not PNG/);
		expect(sent).toEqual([]);
	});

	it('and refused with links of the user’s own says nothing of files', async () => {
		const { node, sent } = sending(() => ({
			status: 400,
			body: { message: 'character.url is not valid' },
		}));
		const { error } = await node.run({ parameters: { operation: 'create' } });
		expect(error?.description).toBe(
			'AIMLAPI said: “character.url is not valid”. Change the fields named here, then try again.',
		);
		expect(sent).toHaveLength(1);
	});

	it('whose shape does not fit the chosen one is told in a hint', async () => {
		const { node } = sending();
		await node.run({ ...FILES, parameters: { ...BY_FILES, frameSize: '1584:672' } });
		expect(node.hints).toEqual([
			"'Frame Size' 1584:672 cuts off 58% of a character of 480 × 480 pixels. Match the Character cuts off less.",
		]);
		const { node: matching } = sending();
		await matching.run({ ...FILES, parameters: { ...BY_FILES, frameSize: 'match' } });
		expect(matching.hints).toEqual([]);
	});
});

it('an item that was not created before is refused where its options cannot be read', async () => {
	const { node, sent } = sending();
	const { error } = await node.run({
		evaluated: { 'options.maxConcurrentGenerations': 'many' },
	});
	expect(error?.message).toMatch(/^'Max Concurrent Generations' must be/);
	expect(sent).toEqual([]);
});

it('a link that was checked is sent as it is at the moment, any other as it was given', async () => {
	let now = 'https://example.com/character.jpg';
	const input = (role: 'characterImage' | 'reference', url: string) => ({
		...{ kind: 'url' as const, label: role, role, url, isChecked: role === 'characterImage' },
	});
	const loaded = await loadRequest(
		{
			...{ context: {} as never, model: ACT_TWO },
			linkChecker: { finalUrl: async () => await Promise.resolve(now) } as never,
		},
		{
			characterType: 'image',
			character: input('characterImage', now),
			reference: input('reference', 'https://example.com/reference.mp4'),
			...{ settings: { frame_size: '1280:720' }, checkLinks: true },
		},
		0,
	);
	const links = async () => {
		const { character, reference } = JSON.parse(String(await loaded.body())) as Record<
			string,
			{ url: string }
		>;
		return [character.url, reference.url];
	};
	for (const url of [now, 'https://cdn.example.com/1?signed', 'https://cdn.example.com/2?signed']) {
		now = url;
		expect(await links()).toEqual([url, 'https://example.com/reference.mp4']);
	}
});

describe('an item that was created before', () => {
	it.each<[what: string, changes: object]>([
		[
			'whose inputs cannot be used any more',
			{ evaluated: { characterUrl: 'no link', frameSize: '' } },
		],
		[
			'whose options cannot be read any more',
			{ evaluated: { 'options.maxConcurrentGenerations': 'many' } },
		],
		[
			'with options that are no part of the video',
			{ parameters: { options: { checkLinks: true, timeout: 90 } } },
		],
	])('%s gets its video, and nothing is checked', async (_, changes) => {
		const { node, execution } = await createdBefore();
		const sent = node.requests.length;
		expect(idsOf(await node.run({ ...execution, ...changes }))).toEqual(['g0']);
		expect(node.posts).toBe(1);
		expect(node.requests).toHaveLength(sent + 1);
	});

	it.each<[what: string, parameters: Record<string, unknown>]>([
		['another seed', { options: { seed: 1, timeout: 60 } }],
		['another frame size', { frameSize: '960:960' }],
		['another performance', { referenceUrl: 'https://example.com/other.mp4' }],
		['another kind of character', { characterType: 'video' }],
	])('is another one with %s', async (_, parameters) => {
		const { node, execution } = await createdBefore();
		expect(idsOf(await node.run({ ...execution, parameters }))).toEqual(['g1']);
	});
});

describe('as a tool', () => {
	const tool = { isTool: true, parameters: { operation: 'create' } };

	it('the same request is the same video, whatever else differs', async () => {
		const node = virtualNode();
		const { run, execution } = node.start(tool);
		await node.end(run);
		const again = {
			...execution,
			parameters: { ...tool.parameters, options: { checkLinks: true } },
		};
		expect(idsOf(await node.run({ ...again, evaluated: { checkLinks: false } }))).toEqual(['g0']);
		expect(node.posts).toBe(1);
	});

	it.each<[what: string, evaluated: Record<string, unknown>]>([
		['character', { characterUrl: 'https://example.com/other.jpg' }],
		['performance', { referenceUrl: 'https://example.com/other.mp4' }],
		['frame size', { frameSize: '960:960' }],
		['kind of character', { characterType: 'video' }],
	])('another %s is another video', async (_, evaluated) => {
		const node = virtualNode();
		const { run, execution } = node.start(tool);
		await node.end(run);
		expect(idsOf(await node.run({ ...execution, evaluated }))).toEqual(['g1']);
	});

	it.each<[what: string, changes: object, ids: string[]]>([
		['the same file', { characterBinaryPropertyName: 'character' }, ['g0']],
		['another file', { characterBinaryPropertyName: 'other' }, ['g1']],
	])('%s in n8n’s storage is the same or another video', async (_, changes, ids) => {
		const stored = { ...FILES.stored, other: FILES.stored.character };
		const parameters = { ...BY_FILES, referenceSource: 'url' };
		const node = virtualNode();
		const { run, execution } = node.start({ isTool: true, stored, parameters });
		await node.end(run);
		const again = { ...execution, stored, parameters: { ...parameters, ...changes } };
		expect(idsOf(await node.run(again))).toEqual(ids);
	});

	it.each([
		['the same', 0, ['g0']],
		['another', 1, ['g1']],
	])('%s file in memory is the same or another video', async (_, more, ids) => {
		const inMemory = (added: number) => {
			const { bytes, mimeType } = FILES.stored.character;
			const data = Buffer.concat([bytes, Buffer.alloc(added)]).toString('base64');
			return { files: [{ character: { data, mimeType } }] };
		};
		const parameters = { ...BY_FILES, referenceSource: 'url' };
		const node = virtualNode();
		const { run, execution } = node.start({ isTool: true, parameters, ...inMemory(0) });
		await node.end(run);
		expect(idsOf(await node.run({ ...execution, ...inMemory(more) }))).toEqual(ids);
	});

	it('another account buys its own', async () => {
		const { run, execution } = await start(virtualNode());
		expect(idsOf(run)).toEqual(['g0']);
		const other = virtualNode();
		const { nodeContext } = execution;
		expect(idsOf(await other.run({ ...tool, nodeContext }))).toEqual(['g0']);
		expect(other.posts).toBe(1);
	});

	it('inputs are checked even where the video exists', async () => {
		const node = virtualNode();
		const { execution } = await start(node);
		const { error } = await node.run({ ...execution, evaluated: { characterUrl: 'no link' } });
		expect(error?.message).toContain("'Character URL' must be a URL");
	});

	async function start(node: ReturnType<typeof virtualNode>) {
		const { run, execution } = node.start(tool);
		await node.end(run);
		return { run, execution };
	}
});

it.each([
	[1920, 1080, '1280:720'],
	[1080, 1920, '720:1280'],
	[640, 480, '1104:832'],
	[480, 640, '832:1104'],
	[500, 500, '960:960'],
	[2100, 900, '1584:672'],
	[848, 480, '1280:720'],
])('a character of %i × %i pixels is matched by %s', (width, height, frameSize) => {
	expect(frameSizeFor('match', { width, height }, ACT_TWO)).toBe(frameSize);
});

it('a frame size is the chosen one, the nearest to the character’s shape, or AIMLAPI’s default', () => {
	expect(frameSizeFor('720:1280', { width: 100, height: 100 }, ACT_TWO)).toBe('720:1280');
	expect(frameSizeFor('match', { width: 100, height: 100 }, ACT_TWO)).toBe('960:960');
	for (const info of [undefined, {}, { width: 100 }, { height: 100 }]) {
		const model = { ...ACT_TWO, defaultFrameSize: '720:1280' };
		expect(frameSizeFor('match', info, model)).toBe('720:1280');
	}
});
