import { readFileSync } from 'node:fs';

import { runInEngine } from './engine.cts';
import { closeFakeAimlapi, setup } from './setup.cts';

afterEach(closeFakeAimlapi);

async function created(parameters: object, asset?: string) {
	const content = asset && readFileSync(`test/support/fakeAimlapi/assets/${asset}`);
	const scenario = await setup({
		parameters: { operation: 'create', ...parameters, characterType: 'detect' },
		...(content && {
			items: [
				{
					json: {},
					binary: {
						character: { data: content.toString('base64'), mimeType: 'application/octet-stream' },
					},
				},
			],
		}),
	});
	const { error } = await runInEngine(scenario).done;
	return { error, body: scenario.fake.requests[0]?.body as { character?: { type: string } } };
}

it.each([
	['character.png', 'image'],
	['performance.mp4', 'video'],
])('%s is detected as an %s by its bytes', async (asset, type) => {
	const { error, body } = await created({ characterSource: 'file' }, asset);
	expect(error).toBeUndefined();
	expect(body.character?.type).toBe(type);
});

it.each([
	['https://example.com/a.jpg?x=1', 'image'],
	['https://example.com/a.webm', 'video'],
])('%s, which is not checked, is detected as an %s by its end', async (characterUrl, type) => {
	const { error, body } = await created({ characterUrl });
	expect(error).toBeUndefined();
	expect(body.character?.type).toBe(type);
});

it('asks for a choice where nothing says what the link leads to, and sends nothing', async () => {
	const { error, body } = await created({ characterUrl: 'https://example.com/a' });
	expect(error?.message).toContain("'Character Type' must be Image or Video");
	expect(body).toBeUndefined();
});
