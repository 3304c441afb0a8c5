/** What no document says, in the order of the report. */
export const QUESTIONS = {
	offered: 'Is the model still offered?',
	price: 'What does it cost by the catalogue?',
	schema: 'Does the live schema agree with this package?',
	key: 'What may the key read?',
	id: 'What form does the ID have?',
	headers: 'Which headers come with the response?',
	statuses: 'Which statuses come, and when?',
	logs: 'When do the usage logs show the request, and what do they say before the end?',
	frameSize: 'Is the frame size honored?',
	sound: 'Is the sound of the reference kept?',
	link: 'How long does the link of the video live?',
	cost: 'What was charged, against the estimate?',
	fourMegabytes: 'Is a file of 4 MB taken inside the request (data URI)?',
	eightMegabytes: 'Is one of 8 MB?',
} as const;

export type QuestionName = keyof typeof QUESTIONS;

const MAX_ANSWER = 1200;

/**
 * A report to attach to an issue. It holds whatever was answered, names what was not, and shows no key,
 * no token of a link, and of an ID only its form.
 */
export class Report {
	private readonly answers = new Map<QuestionName, string>();
	private readonly hidden = new Map<string, string>();

	constructor(private readonly heading: string[]) {}

	/** From now on `text` is shown as `as`. */
	hide(text: string, as: string): void {
		if (text === '') return;
		this.hidden.set(text, as);
		this.hidden.set(encodeURIComponent(text), as);
	}

	/** Added to what is known already. */
	answer(question: QuestionName, text: string): void {
		const before = this.answers.get(question);
		this.answers.set(question, before === undefined ? text : `${before} ${text}`);
	}

	isAnswered(question: QuestionName): boolean {
		return this.answers.has(question);
	}

	/** Runs one part; whatever it throws is the answer to what it leaves open. */
	async part<T>(questions: QuestionName[], run: () => Promise<T>): Promise<T | undefined> {
		try {
			return await run();
		} catch (error) {
			for (const question of questions) {
				if (!this.isAnswered(question)) {
					this.answer(question, `Not answered: ${(error as Error).message}.`);
				}
			}
			return undefined;
		}
	}

	toString(): string {
		const rows = Object.entries(QUESTIONS).map(
			([name, question]) =>
				`| ${question} | ${cell(this.safe(this.answers.get(name as QuestionName) ?? 'Not asked.'))} |`,
		);
		return [
			...this.heading.map((line) => this.safe(line)),
			'',
			'| Question | Answer |',
			'|---|---|',
			...rows,
			'',
		].join('\n');
	}

	/** Longest first, so that no secret is left over from within another one. */
	safe(text: string): string {
		return [...this.hidden]
			.sort(([a], [b]) => b.length - a.length)
			.reduce((shown, [secret, as]) => shown.replaceAll(secret, as), text)
			.replace(/Bearer\s+\S+/gi, 'Bearer [key]')
			.replace(/\beyJ[\w-]*(\.[\w-]*){1,2}/g, '[token]')
			.replace(/(https?:\/\/[^\s?|"'<>]+)\?[^\s|"'<>]+/g, '$1?[query]')
			.replace(/[\w.+-]+@[\w-]+\.[\w.-]+/g, '[address]');
	}
}

/** One cell of a table: one line, at most 1200 characters. */
function cell(text: string): string {
	const line = text.replace(/\s+/g, ' ').replaceAll('|', '\\|').trim();
	return line.length > MAX_ANSWER ? `${line.slice(0, MAX_ANSWER)}…` : line;
}

/** The form of an ID without the ID: letters as a, digits as 9. */
export function formOf(id: string): string {
	return id.replace(/[a-z]/g, 'a').replace(/[A-Z]/g, 'A').replace(/\d/g, '9');
}

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

export const dollars = (usd: number): string => `${Number(usd.toFixed(4))} USD`;
