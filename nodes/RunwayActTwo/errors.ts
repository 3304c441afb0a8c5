/**
 * What happened and what to do about it, in the two parts of n8n's errors, apart from n8n's own error
 * classes so that the rules which write it can be tested without n8n.
 */
export interface ErrorDetails {
	message: string;
	description: string;
	/** Of an input that cannot be used, what to do instead: the part of the description that others share. */
	advice?: string;
	/** HTTP status or network code, where there was one. */
	httpCode?: string;
	failure?: DeclaredFailure;
}

/**
 * Why an operation failed, as errors declare it to n8n from release 3.37 on; earlier ones ignore it.
 * Source: n8n's page on error handling, “Declaring why an operation failed”.
 */
export type DeclaredFailure =
	| { cause: 'credential-invalid' }
	| {
			cause: 'rate-limited' | 'quota-exhausted' | 'temporarily-unavailable';
			/** What the API asked to wait at least. */
			retryAfterMs?: number;
	  };

/** Why something a user gave cannot be used. It never repeats a link, which may hold a secret. */
export interface Problem {
	/** The rest of a sentence that begins with the field's name. */
	rule: string;
	/** What to do instead, in whole sentences. */
	advice: string;
}

/** Thrown by everything below execution/, which turns it into n8n's errors. */
export class ActTwoError extends Error {
	constructor(
		readonly details: ErrorDetails,
		/** Set as soon as a generation exists: nothing paid for may be lost. */
		readonly generationId?: string,
	) {
		super(details.message);
		this.name = 'ActTwoError';
	}
}
