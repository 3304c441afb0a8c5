/**
 * What went wrong and what to do about it, in n8n's two parts, apart from n8n's own error classes so
 * that the rules which write it can be tested without n8n.
 */
export interface Trouble {
	message: string;
	description: string;
	/** HTTP status or network code, where there was one. */
	httpCode?: string;
}

/** Thrown by everything below execution/, which turns it into n8n's errors. */
export class TroubleError extends Error {
	constructor(
		readonly trouble: Trouble,
		/** Set as soon as a generation exists: nothing paid for may be lost. */
		readonly generationId?: string,
	) {
		super(trouble.message);
		this.name = 'TroubleError';
	}
}
