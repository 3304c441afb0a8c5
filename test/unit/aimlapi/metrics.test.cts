import { metricsPath, readTypicalSeconds } from '../../../nodes/RunwayActTwo/aimlapi/metrics';
import { ACT_TWO } from '../../../nodes/RunwayActTwo/aimlapi/model';
import { metrics } from '../../support/fakeAimlapi/account.cts';

const QUERY = new URLSearchParams({ aliases: ACT_TWO.id });

it('the metrics say how long half of the generations and nine in ten take, in seconds', () => {
	expect(readTypicalSeconds(metrics(QUERY), ACT_TWO)).toEqual({ median: 44.1, p90: 68.4 });
});

it('the usual time is asked for of the model alone, and read where it is listed among others', () => {
	expect(metricsPath(ACT_TWO)).toBe('/models/metrics?aliases=runway%2Fact_two');
	const [own, other] = [ACT_TWO.id, 'runway/gen4'].map((alias) => ({
		...{ alias, metrics: { duration_ms: { p50: alias === ACT_TWO.id ? 9940 : 1, p90: 9940 } } },
	}));
	expect(readTypicalSeconds({ models: [null, other, own] }, ACT_TWO)).toEqual({
		...{ median: 9.9, p90: 9.9 },
	});
});

it('the usual time is absent where nothing has succeeded lately', () => {
	expect(readTypicalSeconds(metrics(QUERY, 'none'), ACT_TWO)).toBeUndefined();
});

const entry = (duration_ms: unknown, alias: unknown = ACT_TWO.id) => ({
	models: [{ alias, metrics: { duration_ms } }],
});

it.each([
	undefined,
	'text',
	{},
	{ models: {} },
	{ models: [null] },
	entry(null),
	entry({ p50: 1000 }),
	entry({ p50: 0, p90: 0 }),
	entry({ p50: 0, p90: 1000 }),
	entry({ p90: 1000 }),
	entry({ p50: 9000, p90: 1000 }),
	entry({ p50: 'soon', p90: 'later' }),
	entry({ p50: 1000, p90: 2000 }, 'runway/gen4'),
])('the usual time is absent in %j', (body) => {
	expect(readTypicalSeconds(body, ACT_TWO)).toBeUndefined();
});
