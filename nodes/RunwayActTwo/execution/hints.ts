import type { IExecuteFunctions } from 'n8n-workflow';

/** What users should know of a run that went well, gathered over its items and shown once. */
export class Hints {
	private firstExpiry: string | undefined;
	private hasFiles = false;
	private readonly skipped: string[] = [];
	private readonly uncheckedHosts = new Map<string, string>();
	private readonly remarks = new Set<string>();
	private readonly unknown = new Map<string, string>();

	/** A link in the output stops working at `expiry`, an ISO time. */
	linkExpires(expiry: string, hasFile: boolean): void {
		this.hasFiles ||= hasFile;
		if (this.firstExpiry === undefined || expiry < this.firstExpiry) this.firstExpiry = expiry;
	}

	/** A finished video is in the output as a link only. */
	notDownloaded(generationId: string, reason: string): void {
		this.skipped.push(`${generationId} (${reason})`);
	}

	/** A link is sent without having been checked. Its host is named, because a link may hold a secret. */
	linkNotChecked(link: string, reason: string): void {
		this.uncheckedHosts.set(new URL(link).hostname, reason);
	}

	/** Something about an input that may go wrong. */
	remark(sentence: string): void {
		this.remarks.add(sentence);
	}

	/** Something is missing in the output, because nobody says it. */
	notKnown(what: string, reason: string): void {
		this.unknown.set(what, reason);
	}

	/** As hints above the node's output, which n8n keeps with a successful run only. */
	show(context: IExecuteFunctions): void {
		const show = (message: string, type?: 'warning') =>
			context.addExecutionHints({ message, type, location: 'outputPane' });
		if (this.skipped.length > 0) {
			const [first, ...others] = this.skipped;
			show(
				`Not downloaded: the video of generation ${first}${others.length > 0 ? ` and ${others.length} more` : ''}. Its link is in videoUrl. To try the download again, use Get Video with the ID.`,
				'warning',
			);
		}
		if (this.uncheckedHosts.size > 0) {
			const [[host, reason], ...others] = this.uncheckedHosts;
			show(
				`Could not check the link to ${host} (${reason})${others.length > 0 ? ` and ${others.length} more. They were` : '. It was'} sent to AIMLAPI as is.`,
			);
		}
		if (this.remarks.size > 0) {
			const [first, ...others] = this.remarks;
			show(`${first}${others.length > 0 ? ` (and ${others.length} more)` : ''}.`);
		}
		for (const [what, reason] of this.unknown) show(`${what} is not known: ${reason}.`);
		if (this.firstExpiry !== undefined) {
			show(
				`The video link expires on ${this.firstExpiry.slice(0, 16).replace('T', ' ')} UTC. ${this.hasFiles ? 'The downloaded file does not. ' : ''}Use Get Video to get a new link.`,
			);
		}
	}
}
