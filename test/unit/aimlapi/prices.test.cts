import { ACT_TWO } from '../../../nodes/RunwayActTwo/aimlapi/model';
import { costOf, readBalance, readPrice } from '../../../nodes/RunwayActTwo/aimlapi/prices';
import type { Price } from '../../../nodes/RunwayActTwo/aimlapi/prices';
import { BALANCE, catalogue, PRICINGS } from '../../support/fakeAimlapi/account.cts';

const QUERY = new URLSearchParams({ id: ACT_TWO.id, include: 'pricing' });
const LARGE = { frame_size: '1280:720' };

const priceOf = (pricing: unknown, parameters: object = LARGE): Price =>
	readPrice(catalogue(QUERY, { pricing }), ACT_TWO, parameters);

describe('the price of a request', () => {
	it('is read for a second, whatever number of them the rate is for', () => {
		expect(priceOf(PRICINGS.fixed)).toEqual({ kind: 'perSecond', usd: 0.065 });
		expect(priceOf(PRICINGS.perHundredSeconds)).toEqual({ kind: 'perSecond', usd: 0.065 });
		const minute = { kind: 'fixed', units: [{ price: '3.90', unit: 'Minute', per: 1 }] };
		expect(priceOf(minute)).toEqual({ kind: 'perSecond', usd: 0.065 });
	});

	it('may be one for the whole video', () => {
		expect(priceOf(PRICINGS.perGeneration)).toEqual({ kind: 'perVideo', usd: 0.325 });
	});

	it('follows the parameters of the request', () => {
		expect(priceOf(PRICINGS.byFrameSize)).toMatchObject({ usd: 0.065 });
		expect(priceOf(PRICINGS.byFrameSize, { frame_size: '640:480' })).toMatchObject({ usd: 0.02 });
	});

	it('is found where the model is listed under its alias', () => {
		const listed = catalogue(QUERY, { id: 'runwayml/act-two', aliases: ['act_two', ACT_TWO.id] });
		expect(readPrice(listed, ACT_TWO, LARGE)).toEqual({ kind: 'perSecond', usd: 0.065 });
		const other = catalogue(new URLSearchParams(), { id: 'runway/gen4' });
		expect(readPrice(other, ACT_TWO, LARGE)).toMatchObject({ kind: 'unknown' });
	});

	const rate = { price: 0.065, unit: 'second', per: 1 };
	it.each<[what: string, pricing: unknown, parameters?: object]>([
		['without the number of units', PRICINGS.withoutPer],
		['in another currency', PRICINGS.inEuros],
		['that varies', PRICINGS.variable],
		['for a frame size that is not listed', PRICINGS.byFrameSize, { frame_size: '960:960' }],
		['that depends on a setting left out', PRICINGS.byFrameSize, {}],
		[
			'listed twice and differently',
			{ kind: 'variants', variants: [{ ...rate }, { ...rate, price: 0.07 }] },
		],
		['of several units', { kind: 'fixed', units: [rate, { ...rate, unit: 'token' }] }],
		['by a unit that nobody knows', { kind: 'fixed', units: [{ ...rate, unit: 'token' }] }],
		['of nothing', { kind: 'fixed', units: [{ ...rate, price: 0 }] }],
		['per nothing', { kind: 'fixed', units: [{ ...rate, per: 0 }] }],
		['below nothing', { kind: 'fixed', units: [{ ...rate, price: -1 }] }],
		['that is a word', { kind: 'fixed', units: [{ ...rate, price: 'cheap' }] }],
		['of a kind that nobody knows', { kind: 'auction' }],
		['that is missing', null],
		['that is a list', []],
		['with an inherited unit', { kind: 'fixed', units: [{ ...rate, unit: 'constructor' }] }],
	])('is not guessed: one %s', (_, pricing, parameters = LARGE) => {
		expect(priceOf(pricing, parameters)).toEqual({ kind: 'unknown', reason: expect.any(String) });
	});

	it.each([undefined, null, 'text', {}, { data: {} }, { data: [null] }, []])(
		'is not guessed from %j in place of the catalogue',
		(body) => {
			expect(readPrice(body, ACT_TWO, LARGE)).toMatchObject({ kind: 'unknown' });
		},
	);
});

it('gives the cost of a video to a hundredth of a cent', () => {
	expect(costOf({ kind: 'perSecond', usd: 0.065 }, 12.34)).toBe(0.8021);
	expect(costOf({ kind: 'perSecond', usd: 0.1 }, 3)).toBe(0.3);
	expect(costOf({ kind: 'perVideo', usd: 0.325 }, undefined)).toBe(0.325);
	expect(costOf({ kind: 'perSecond', usd: 0.065 }, undefined)).toBeUndefined();
	expect(costOf({ kind: 'unknown', reason: '' }, 10)).toBeUndefined();
});

it('reads a balance in US dollars, an overdrawn one too, and no other', () => {
	expect(readBalance(BALANCE)).toBe(12.5);
	expect(readBalance({ current_balance: '0.75', currency: 'usd' })).toBe(0.75);
	expect(readBalance({ current_balance: -2, currency: 'USD' })).toBe(-2);
	expect(readBalance({ current_balance: 12.5, currency: 'EUR' })).toBeUndefined();
	for (const odd of [undefined, {}, { balance: 5 }, { current_balance: '', currency: 'USD' }]) {
		expect(readBalance(odd)).toBeUndefined();
	}
});
