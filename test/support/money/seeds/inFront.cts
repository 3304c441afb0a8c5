import type { MemoryApi, Request } from '../memoryApi.cts';
import { networkError, PAGE_IN_FRONT } from '../memoryApi.cts';
import type { World } from '../world.cts';
import type { Draw } from './draw.cts';
import type { Plan } from './plan.cts';

/** What may become of a request that is no creation. */
export const REQUEST_FAULTS = [
	'HTTP 500',
	'HTTP 503',
	'HTTP 404',
	'HTTP 429',
	'HTTP 429, and when to come again',
	'a page from in front',
	'half of the response',
	'a connection that breaks',
	'a connection that is refused',
	'no response',
	'a response without end',
	'a response after 20 s',
] as const;
/** Rare, because it ends what it happens to. */
const REFUSED_KEY = 0.01;
const SECOND_MS = 1000;
const SLOW_MS = 20_000;

type Response = Awaited<ReturnType<MemoryApi['send']>> & { statusCode: number; body: string };

/** The API with its limits, and with faults by chance at every request but the creations. */
export class InFront {
	/** What went wrong. */
	readonly faults = new Set<string>();
	/** How often the logs did not say all that there is. */
	lackingLogs = 0;
	/** Until when the API asked to be left alone. */
	leftAloneUntil = 0;
	/** When each request of the last second came. */
	private recent: number[] = [];

	constructor(
		private readonly world: World,
		private readonly api: MemoryApi,
		private readonly draw: Draw,
		private readonly plan: Plan,
	) {}

	get told(): Set<string> {
		return this.api.told;
	}

	async send(request: Request): Promise<object> {
		const response = (await this.answer(request).catch((error: Error) => error)) as
			| Response
			| Error;
		const isLogs = /\/logs\?/.test(request.url);
		const isWhole =
			!(response instanceof Error) && response.statusCode === 200 && isJson(response.body);
		if (isLogs && !(isWhole && this.api.logs === 'show it')) this.lackingLogs++;
		if (response instanceof Error) throw response;
		return response;
	}

	private async answer(request: Request): Promise<object> {
		if (this.draw.isCalm) return await this.api.send(request);
		const isCreation = request.method === 'POST';
		if (this.isTooMuch(isCreation)) {
			await this.world.sleep(100);
			return this.tooMany(this.plan.limits.retryAfterS);
		}
		if (isCreation || !this.draw.chance(this.plan.faults.other))
			return await this.api.send(request);
		return await this.fail(request);
	}

	private isTooMuch(isCreation: boolean): boolean {
		const { perSecond = Infinity, atOnce = Infinity } = this.plan.limits;
		const { elapsed } = this.world;
		this.recent = this.recent.filter((at) => at > elapsed - SECOND_MS);
		if (this.recent.length >= perSecond) return true;
		this.recent.push(elapsed);
		return (
			isCreation &&
			atOnce < Infinity &&
			this.api.payments.filter((payment) => this.api.isRunning(payment)).length >= atOnce
		);
	}

	private tooMany(retryAfterS: number | undefined): object {
		this.api.throttled++;
		if (retryAfterS === undefined) return this.api.refuse(429);
		this.leftAloneUntil = Math.max(this.leftAloneUntil, this.world.elapsed + retryAfterS * 1000);
		return this.api.refuse(429, { 'retry-after': String(retryAfterS) });
	}

	private async fail(request: Request): Promise<object> {
		const { world, api, draw } = this;
		const { timeout = 300_000 } = request;
		await world.sleep(100);
		if (draw.chance(REFUSED_KEY)) return api.refuse(403);
		const fault = draw.one(REQUEST_FAULTS);
		this.faults.add(fault);
		switch (fault) {
			case 'HTTP 500':
				return api.refuse(500);
			case 'HTTP 503':
				return api.refuse(503);
			case 'HTTP 404':
				return api.refuse(404);
			case 'HTTP 429':
				return this.tooMany(undefined);
			case 'HTTP 429, and when to come again':
				return this.tooMany(draw.one([1, 10, 60]));
			case 'a page from in front':
				return PAGE_IN_FRONT;
			case 'half of the response': {
				const whole = (await api.send(request)) as Response;
				return { ...whole, body: whole.body.slice(0, whole.body.length / 2) };
			}
			case 'a connection that breaks':
				throw networkError('ECONNRESET');
			case 'a connection that is refused':
				throw networkError('ECONNREFUSED', 'connect');
			case 'no response':
				await world.sleep(timeout);
				throw networkError('ECONNABORTED');
			case 'a response without end':
				return await new Promise<never>(() => {});
			case 'a response after 20 s':
				await world.sleep(SLOW_MS);
				return await api.send(request);
		}
	}
}

function isJson(text: string): boolean {
	return text.endsWith('}');
}
