import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';

import { file } from '../support/media/fileHost.cts';
import { isOutside, kinds, pathOfKind, prepareKinds, probes } from '../support/media/kinds.cts';
import { itemsOf } from '../support/n8n/client.cts';
import { RELEASE } from '../support/n8n/release.cts';
import { startN8nSession, withFakeAimlapi } from '../support/n8n/session.cts';
import type { N8nSession } from '../support/n8n/session.cts';
import { ACT_TWO, actTwoWorkflow, TRIGGER } from '../support/n8n/workflows.cts';
import { playHosts } from '../support/services/hosts.cts';
import type { Hosts } from '../support/services/hosts.cts';

const SECONDS = { min: 3, max: 30 };
const RATIO = { min: 0.4, max: 2.5 };
/** What is read of a file whose host ignores ranges. */
const START_BYTES = 128 * 1024;
const MAX_RUN_MS = 100_000;

const TYPES: Record<string, string> = {
	'.jpg': 'image/jpeg',
	'.mkv': 'video/x-matroska',
	'.mov': 'video/quicktime',
	'.mp4': 'video/mp4',
	'.ogv': 'video/ogg',
	'.png': 'image/png',
	'.webm': 'video/webm',
	'.webp': 'image/webp',
};
const ASSETS = 'test/support/fakeAimlapi/assets';
const GOOD = {
	character: { name: 'good.png', content: readFileSync(`${ASSETS}/character.png`) },
	reference: { name: 'good.mp4', content: readFileSync(`${ASSETS}/performance.mp4`) },
};
type Input = keyof typeof GOOD;

interface Judged {
	name: string;
	content: Buffer;
	/** By ffprobe, and by the way in which it was made. */
	isGood: Record<Input, boolean>;
}

let files: Judged[];
let hosts: Hosts;
let session: N8nSession;
beforeAll(async () => {
	await prepareKinds();
	const probed = probes();
	files = kinds().map(({ name, kind }) => {
		const { hasVideo, ratio = 1 } = probed[name];
		const isVideo = kind === 'video' && hasVideo;
		const isShaped = ratio >= RATIO.min && ratio <= RATIO.max;
		return {
			name,
			content: readFileSync(pathOfKind(name)),
			isGood: {
				character: kind === 'image' || (isVideo && isShaped),
				reference: isVideo && !isOutside(probed[name], SECONDS),
			},
		};
	});
	hosts = await playHosts(mkdtempSync(join(tmpdir(), 'act-two-kinds-')), {
		'ranges.example.com': serving(true),
		'plain.example.com': serving(false),
	});
	session = await startN8nSession({
		...hosts.env,
		N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem',
	});
}, 900_000);
afterAll(async () => {
	await session?.n8n.stop();
	await hosts?.close();
});

function serving(ranges: boolean): Parameters<typeof playHosts>[1][string] {
	const handlers = new Map(
		[...files, ...Object.values(GOOD)].map(({ name, content }) => {
			const type = TYPES[extname(name)] ?? 'application/octet-stream';
			return [`/${name}`, file(content, { ranges, type })];
		}),
	);
	return async (request, response) => await handlers.get(request.url ?? '')?.(request, response);
}

interface Way {
	host: string;
	asFile?: boolean;
	/** Whether the node can read what it needs. */
	isRead: (content: Buffer) => boolean;
}

/** Those of the files that were sent to AIMLAPI, each with a good file as the other input. */
async function bought(asked: Judged[], input: Input, { host, asFile }: Way): Promise<Judged[]> {
	const other = input === 'character' ? 'reference' : 'character';
	return await withFakeAimlapi(session.client, {}, async (fake, credential) => {
		const { nodes, connections, ...rest } = actTwoWorkflow(
			credential,
			{
				operation: 'create',
				characterType: 'detect',
				[`${other}Url`]: `https://ranges.example.com/${GOOD[other].name}`,
				...(asFile
					? { [`${input}Source`]: 'file', [`${input}BinaryPropertyName`]: 'data' }
					: { [`${input}Url`]: '={{ $json.url }}' }),
				options: { maxConcurrentGenerations: 50 },
			},
			asked.map(({ name }) => ({ url: `https://${host}/${name}` })),
			{ onError: 'continueRegularOutput' },
		);
		const fetching = {
			...nodes[0],
			id: 'fetch',
			name: 'Fetch',
			type: 'n8n-nodes-base.httpRequest',
			typeVersion: 4.2,
			parameters: {
				url: '={{ $json.url }}',
				options: { response: { response: { responseFormat: 'file' } } },
			},
		};
		const to = (node: string) => ({ main: [[{ node, type: 'main', index: 0 }]] });
		const saved = await session.client.createWorkflow({
			...rest,
			nodes: asFile ? [...nodes, fetching] : nodes,
			connections: asFile
				? { ...connections, Items: to('Fetch'), Fetch: to(ACT_TWO) }
				: connections,
		});
		const execution = await session.client.ended(
			await session.client.run(saved, TRIGGER),
			MAX_RUN_MS,
		);
		const items = itemsOf(execution, ACT_TWO);
		expect(items).toHaveLength(asked.length);
		const sent = asked.filter((_, index) => typeof items[index].json.id === 'string');
		expect(fake.count('create')).toBe(sent.length);
		return sent;
	});
}

const namesOf = (judged: Judged[]) => judged.map(({ name }) => name);

describe.each<[way: string, Way]>([
	['as files', { host: 'ranges.example.com', asFile: true, isRead: () => true }],
	['by links', { host: 'ranges.example.com', isRead: () => true }],
	[
		'by links of a host that ignores ranges',
		{ host: 'plain.example.com', isRead: ({ length }) => length <= START_BYTES },
	],
])(`in n8n ${RELEASE}, files of all kinds %s`, (_, way) => {
	it.each<Input>(['reference', 'character'])(
		'as the %s: none that works is refused, none that cannot work is paid for',
		async (input) => {
			const sent = await bought(files, input, way);
			const good = files.filter(({ isGood }) => isGood[input]);
			expect(namesOf(good.filter((one) => !sent.includes(one)))).toEqual([]);
			const cannotWork = ({ content, isGood }: Judged) => !isGood[input] && way.isRead(content);
			let wrong = sent.filter(cannotWork);
			// A busy machine may serve a link too late, which then is sent unread.
			for (let again = 0; again < 3 && wrong.length > 0; again++) {
				wrong = await bought(wrong, input, way);
			}
			expect(namesOf(wrong)).toEqual([]);
		},
		4 * MAX_RUN_MS,
	);
});
