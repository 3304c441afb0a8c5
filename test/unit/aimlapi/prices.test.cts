import { ACT_TWO } from '../../../nodes/RunwayActTwo/aimlapi/model';
import {
	BALANCE_PATH,
	costOf,
	pricePath,
	readBalance,
	readPrice,
} from '../../../nodes/RunwayActTwo/aimlapi/prices';
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

	it('is one where all that the settings leave agree', () => {
		const rate = { price: 0.065, unit: 'seconds', per: 1 };
		const variants = [
			rate,
			{ ...rate, unit: 'second' },
			{ when: { frame_size: 'x' }, ...rate, price: 9 },
		];
		expect(priceOf({ kind: 'variants', variants })).toEqual({ kind: 'perSecond', usd: 0.065 });
		const minutes = { kind: 'fixed', units: [{ price: 3.9, unit: ' MINUTES ', per: 1 }] };
		expect(priceOf(minutes)).toEqual({ kind: 'perSecond', usd: 0.065 });
		for (const unit of ['generation', 'video', 'request']) {
			const whole = { kind: 'fixed', units: [{ price: 0.65, unit, per: 2, currency: 'usd' }] };
			expect(priceOf({ ...whole, currency: 'EUR' })).toEqual({ kind: 'perVideo', usd: 0.325 });
		}
	});

	const NOT_SHOWN = "AIMLAPI's model catalogue does not show it";
	const UNKNOWN_FORM = "AIMLAPI's model catalogue shows it in an unknown form";
	const NO_SINGLE = 'AIMLAPI lists no single price for these settings';
	const rate = { price: 0.065, unit: 'second', per: 1 };
	const fixed = (changes: object) => ({ kind: 'fixed', units: [{ ...rate, ...changes }] });
	it.each<[what: string, reason: string, pricing: unknown, parameters?: object]>([
		[
			...([
				'without the number of units',
				'AIMLAPI does not say for how many units it is',
			] as const),
			PRICINGS.withoutPer,
		],
		['in another currency', 'AIMLAPI shows it in EUR', PRICINGS.inEuros],
		['in no currency', 'AIMLAPI shows it in another currency', fixed({ currency: 5 })],
		['that varies', 'AIMLAPI has no fixed price for this model', PRICINGS.variable],
		...[{ frame_size: '960:960' }, {}].map((parameters): [string, string, unknown, object] => [
			...(['for settings that are not listed', NO_SINGLE, PRICINGS.byFrameSize] as const),
			parameters,
		]),
		[
			...(['listed twice and differently', NO_SINGLE] as const),
			{ kind: 'variants', variants: [rate, { ...rate, price: 0.07 }] },
		],
		[
			...(['listed by the second and by the video', NO_SINGLE] as const),
			{ kind: 'variants', variants: [rate, { ...rate, unit: 'video' }] },
		],
		[
			...(['listed twice and not known', 'AIMLAPI charges by “token”'] as const),
			{ kind: 'variants', variants: [1, 2].map((price) => ({ ...rate, price, unit: 'token' })) },
		],
		['of no variants', NO_SINGLE, { kind: 'variants' }],
		[
			...(['of several units', 'AIMLAPI charges by several units'] as const),
			{ kind: 'fixed', units: [rate, { ...rate, unit: 'token' }] },
		],
		['of no units', 'AIMLAPI charges by several units', { kind: 'fixed' }],
		['of units that are none', 'AIMLAPI charges by several units', { kind: 'fixed', units: '1' }],
		['by a unit nobody knows', 'AIMLAPI charges by “token”', fixed({ unit: 'Token' })],
		['with an inherited unit', 'AIMLAPI charges by “constructor”', fixed({ unit: 'constructor' })],
		['of nothing', NOT_SHOWN, fixed({ price: 0 })],
		['below nothing', NOT_SHOWN, fixed({ price: -1 })],
		['that is a word', NOT_SHOWN, fixed({ price: 'cheap' })],
		['per nothing', 'AIMLAPI does not say for how many units it is', fixed({ per: 0 })],
		['of a kind that nobody knows', UNKNOWN_FORM, { kind: 'auction' }],
		['that is a list', UNKNOWN_FORM, []],
		['that is missing', NOT_SHOWN, null],
	])('is not guessed, and why is said: one %s', (_, reason, pricing, parameters = LARGE) => {
		expect(priceOf(pricing, parameters)).toEqual({ kind: 'unknown', reason });
	});

	it.each([undefined, null, 'text', {}, { data: {} }, { data: [null] }, []])(
		'is not guessed from %j in place of the catalogue',
		(body) => {
			expect(readPrice(body, ACT_TWO, LARGE)).toEqual({ kind: 'unknown', reason: NOT_SHOWN });
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
	for (const odd of ['', '  ', 'much', Infinity, null, true, undefined]) {
		expect(readBalance({ current_balance: odd, currency: 'USD' })).toBeUndefined();
	}
	for (const odd of [undefined, {}, { current_balance: 5 }])
		expect(readBalance(odd)).toBeUndefined();
});

it('is asked for at the paths of the documentation', () => {
	expect(BALANCE_PATH).toBe('/v2/billing');
	expect(pricePath(ACT_TWO)).toBe('/v1/models?id=runway%2Fact_two&include=pricing');
});
