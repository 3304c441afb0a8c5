/** Written out once more, apart from the node's own contract: the two must agree, not share. */
export const MODEL = 'runway/act_two';
const FRAME_SIZES = '1280:720 720:1280 1104:832 832:1104 960:960 1584:672 848:480 640:480'.split(
	' ',
);

/** Runway's data-URI limits in bytes after base64: https://docs.dev.runwayml.com/assets/inputs/ */
const DATA_URI_LIMITS = { image: 5 * 1024 ** 2, video: 16 * 1024 ** 2 };

const MIME_TYPES = { image: 'image/(jpeg|png|webp)', video: 'video/[\\w.+-]+' };

/** Runway takes HTTPS and a name, no IP address; loopback is for the tests' own files. */
function isReachable(link: string): boolean {
	if (!URL.canParse(link) || link.length > 2048) return false;
	const { protocol, hostname } = new URL(link);
	if (/^(127\.0\.0\.1|localhost|\[::1\])$/.test(hostname)) return /^https?:$/.test(protocol);
	return protocol === 'https:' && !/^[\d.]+$|^\[/.test(hostname);
}

type Check = (value: unknown, path: string) => string[];

const expected = (what: string, value: unknown, path: string) => [
	`Expected ${what} at "${path}", received ${JSON.stringify(value)?.slice(0, 80)}`,
];

const oneOf =
	(choices: readonly unknown[]): Check =>
	(value, path) =>
		choices.includes(value) ? [] : expected(`one of ${choices.join(', ')}`, value, path);

const whole =
	(from: number, to: number): Check =>
	(value, path) =>
		Number.isInteger(value) && (value as number) >= from && (value as number) <= to
			? []
			: expected(`integer from ${from} to ${to}`, value, path);

const uri =
	(kind: 'image' | 'video'): Check =>
	(value, path) => {
		if (typeof value !== 'string') return expected('string', value, path);
		if (value.startsWith('data:')) {
			const header = new RegExp(`^data:${MIME_TYPES[kind]};base64,`).exec(value)?.[0];
			const fits =
				header !== undefined &&
				value.length <= DATA_URI_LIMITS[kind] &&
				isBase64(value.slice(header.length));
			return fits ? [] : expected(`${kind} data URI within the limit`, value, path);
		}
		return isReachable(value) ? [] : expected('https URL or data URI', value, path);
	};

/** Looks for what is not: to match millions of characters takes a regular expression its whole stack. */
const isBase64 = (content: string): boolean =>
	content !== '' && !/[^A-Za-z0-9+/]/.test(content.replace(/=+$/, ''));

/** Unknown fields are refused; those in `optional` may be absent. */
function shape(fields: Record<string, Check>, optional: string[] = []): Check {
	return (value, path) => {
		if (typeof value !== 'object' || value === null || Array.isArray(value))
			return expected('object', value, path);
		const given = value as Record<string, unknown>;
		const unknown = Object.keys(given).filter((key) => !(key in fields));
		return [
			...unknown.map((key) => `Unexpected field "${path}${key}"`),
			...Object.entries(fields).flatMap(([key, check]) =>
				given[key] === undefined && optional.includes(key)
					? []
					: check(
							given[key],
							`${path}${key}${key === 'character' || key === 'reference' ? '.' : ''}`,
						),
			),
		];
	};
}

/** The contract's errors to a creation request; empty when there are none. */
export function validationErrors(body: unknown): string[] {
	const character = (body as { character?: { type?: unknown } } | null)?.character;
	const kind = character?.type === 'video' ? 'video' : 'image';
	return shape(
		{
			model: oneOf([MODEL]),
			character: shape({ type: oneOf(['image', 'video']), url: uri(kind) }),
			reference: shape({ type: oneOf(['video']), url: uri('video') }),
			frame_size: oneOf(FRAME_SIZES),
			body_control: oneOf([true, false]),
			expression_intensity: whole(1, 5),
			seed: whole(0, 4_294_967_295),
		},
		['frame_size', 'body_control', 'expression_intensity', 'seed'],
	)(body, '');
}

const HOUR_MS = 3_600_000;

/** How far back `period` asks, in milliseconds: a number and `h` or `d`; an hour unless set. */
export function periodMs(period = '1h'): number {
	return parseInt(period) * (period.endsWith('d') ? 24 : 1) * HOUR_MS;
}

/** What the contract does not allow in the query of the logs; empty when it is right. */
export function logsQueryErrors(query: Record<string, string>): string[] {
	const { start, end } = query;
	const spanMs = Date.parse(end) - Date.parse(start);
	const { period = '1h', model = MODEL, status = 'failed', limit = '50', offset = '0' } = query;
	const known = ['period', 'start', 'end', 'model', 'status', 'limit', 'offset'];
	const number = (text: string, from: number, to: number) =>
		/^\d+$/.test(text) && Number(text) >= from && Number(text) <= to;
	return [
		...Object.keys(query)
			.filter((key) => !known.includes(key))
			.map((key) => `Unexpected parameter "${key}"`),
		...(/^\d+[hd]$/.test(period) && periodMs(period) > 0 && periodMs(period) <= 92 * 24 * HOUR_MS
			? []
			: expected('a number and h or d, 92 days at most', period, 'period')),
		...((start === undefined && end === undefined) || (spanMs > 0 && spanMs <= 92 * 24 * HOUR_MS)
			? []
			: expected('start and end, 92 days apart at most', `${start} ${end}`, 'start')),
		...(model === MODEL ? [] : expected(MODEL, model, 'model')),
		...(/^(succeeded|failed)$/.test(status) ? [] : expected('a status', status, 'status')),
		...(number(limit, 1, 100) ? [] : expected('integer from 1 to 100', limit, 'limit')),
		...(number(offset, 0, Infinity) ? [] : expected('integer from 0', offset, 'offset')),
	];
}
