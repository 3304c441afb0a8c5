import { ACT_TWO } from '../../../nodes/RunwayActTwo/aimlapi/model';
import {
	dollars,
	refusalAboveMaxCost,
	refuseCost,
} from '../../../nodes/RunwayActTwo/operations/steps/maxCost';
import type { PricedItem } from '../../../nodes/RunwayActTwo/operations/steps/maxCost';

const PER_SECOND = { kind: 'perSecond', usd: 0.065 } as const;

const items = (...seconds: Array<number | undefined>): PricedItem[] =>
	seconds.map((length, itemIndex) => ({
		itemIndex,
		estimate: { price: PER_SECOND, ...(length !== undefined && { seconds: length }) },
	}));

it('Max Cost lets a sum through to the cent, and refuses the next hundredth of one', () => {
	expect(refuseCost(items(10, 10), 1.3)).toBeUndefined();
	expect(refuseCost(items(10, 10), 1.2999)).toBeDefined();
	// 0.1 and 0.2 are not 0.3 to a computer.
	const tenths = [1, 2].map((seconds, itemIndex) => ({
		itemIndex,
		estimate: { price: { kind: 'perSecond', usd: 0.1 } as const, seconds },
	}));
	expect(refuseCost(tenths, 0.3)).toBeUndefined();
});

it('a refusal names the sum, the number of items and the price', () => {
	const refusal = refuseCost(items(30, 30, 12.3), 4.5);
	expect(refusal?.message).toBe("3 videos would cost $4.6995, more than 'Max Cost' allows ($4.50)");
	expect(refusal?.description).toBe(
		"3 items, 72.3 seconds, at $0.065 a second. Nothing was sent. Send fewer or shorter videos, or raise 'Max Cost'.",
	);
	expect(refuseCost(items(30), 0)?.message).toMatch(/^1 video would cost \$1\.95, /);
});

it('a price by the video needs no length', () => {
	const price = { kind: 'perVideo', usd: 0.325 } as const;
	const two = [0, 1].map((itemIndex) => ({ itemIndex, estimate: { price } }));
	expect(refuseCost(two, 0.65)).toBeUndefined();
	expect(refuseCost(two, 0.64)?.description).toMatch(/at \$0\.325 a video/);
});

it('Max Cost refuses where the price is not known, and says why', () => {
	const price = { kind: 'unknown', reason: 'AIMLAPI shows it in EUR' } as const;
	expect(refuseCost([{ itemIndex: 0, estimate: { price, seconds: 5 } }], 100)).toEqual({
		message: "'Max Cost' cannot be checked: the price is not known",
		description:
			"AIMLAPI shows it in EUR. Nothing was sent. To create the videos all the same, remove 'Max Cost'; a limit of the API key itself at https://aimlapi.com/app/keys still holds.",
	});
	const lower = { kind: 'unknown', reason: 'this key may not ask' } as const;
	expect(refuseCost([{ itemIndex: 0, estimate: { price: lower } }], 1)?.description).toMatch(
		/^This key may not ask\. /,
	);
});

it('Max Cost refuses where a length is not known, and says of which items', () => {
	expect(refuseCost(items(5, undefined, 5, undefined), 100)).toMatchObject({
		message: "'Max Cost' cannot be checked: the length of the reference video is not known",
		description: expect.stringContaining('(item 1, 3)'),
	});
	expect(
		refuseCost(items(...Array.from({ length: 13 }, () => undefined)), 1)?.description,
	).toContain('(item 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 3 more)');
	expect(refuseCost(items(...Array.from({ length: 10 }, () => undefined)), 1)?.description).toMatch(
		/^Neither the file nor its host says it \(item 0, 1, 2, 3, 4, 5, 6, 7, 8, 9\)\. Use a file or another link, and turn on 'Check Links'\. Nothing was sent\. /,
	);
});

it('a refusal names each price once where they differ', () => {
	const perVideo = { kind: 'perVideo', usd: 0.3 } as const;
	const both = [...items(10, 10), { itemIndex: 2, estimate: { price: perVideo, seconds: 2.04 } }];
	expect(refuseCost(both, 1)).toEqual({
		message: "3 videos would cost $1.60, more than 'Max Cost' allows ($1.00)",
		description:
			"3 items, 22 seconds, at $0.065 a second or $0.30 a video. Nothing was sent. Send fewer or shorter videos, or raise 'Max Cost'.",
	});
	expect(refuseCost(items(30), 1)?.description).toMatch(/^1 item, 30 seconds, at /);
	expect(refuseCost([{ itemIndex: 0, estimate: { price: perVideo } }], 0.1)?.description).toMatch(
		/^1 item, 0 seconds, at \$0\.30 a video\. /,
	);
});

describe('of an execution', () => {
	const pricing = { kind: 'fixed', units: [{ unit: 'video', price: 0.3, per: 1 }] };
	const asked: string[] = [];
	const client = {
		lookUp: async (path: string) => {
			asked.push(path);
			const body = { data: [{ id: ACT_TWO.id, pricing }] };
			return { kind: 'response', status: 200, body };
		},
	};
	const item = (itemIndex: number, maxCostUsd?: number) => ({
		session: { client, model: ACT_TWO },
		itemIndex,
		params: {
			request: { settings: { frame_size: '1280:720' }, character: {}, reference: {}, maxCostUsd },
		},
	});
	const refuse = async (...of: object[]) =>
		await refusalAboveMaxCost((params: never) => params)(of as never);
	beforeEach(() => asked.splice(0));

	it('the strictest limit counts for all items', async () => {
		const refusal = await refuse(item(0, 5), item(1, 0.5), item(2));
		expect(refusal?.itemIndexes).toEqual([0, 1, 2]);
		expect(refusal?.error.message).toBe(
			"3 videos would cost $0.90, more than 'Max Cost' allows ($0.50)",
		);
		await expect(refuse(item(0, 5), item(1, 0.9), item(2))).resolves.toBeUndefined();
	});

	it('without a limit nothing is asked', async () => {
		await expect(refuse(item(0), item(1))).resolves.toBeUndefined();
		expect(asked).toEqual([]);
	});

	it('what was created before is not counted', async () => {
		const before = { itemIndex: 1, params: { earlier: { kind: 'created' } } };
		await expect(refuse(item(0, 0.3), before)).resolves.toBeUndefined();
		await expect(refuse(item(2, 0.2), before)).resolves.toMatchObject({ itemIndexes: [2] });
		await expect(refuse(before)).resolves.toBeUndefined();
	});
});

it('Max Cost has nothing against what is paid for already', () => {
	expect(refuseCost([], 0)).toBeUndefined();
});

it.each([
	[0, '$0.00'],
	[12, '$12.00'],
	[0.5, '$0.50'],
	[0.065, '$0.065'],
	[4.6995, '$4.6995'],
])('%d dollars are written as %s', (usd, text) => {
	expect(dollars(usd)).toBe(text);
});
