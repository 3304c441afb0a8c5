import { setTimeout as sleep } from 'node:timers/promises';
import { FormData, request } from 'undici';

const LOOK_EVERY_MS = 250;
const MAX_WAIT_MS = 60_000;

/** One file input of a form's page. */
export interface FileInput {
	name: string;
	accept: string;
}

/** Opens a form's page as soon as it is live and gives its file inputs. */
export async function openForm(url: string): Promise<FileInput[]> {
	const page = await until(async () => {
		const { statusCode, body } = await request(url);
		const text = await body.text();
		return statusCode === 200 ? text : undefined;
	});
	const inputs = page.match(/<input\s[^>]*type='file'[^>]*>/g) ?? [];
	return inputs.map((input) => ({
		name: /\sname='([^']*)'/.exec(input)?.[1] ?? '',
		accept: /\saccept='([^']*)'/.exec(input)?.[1] ?? '',
	}));
}

/** Sends a form, with one file or several in a field, and gives what n8n answers. */
export async function postForm(
	url: string,
	files: Record<string, File | File[]>,
): Promise<{ formWaitingUrl: string }> {
	const form = new FormData();
	for (const [name, given] of Object.entries(files)) {
		for (const file of [given].flat()) form.append(name, file, file.name);
	}
	const { body } = await request(url, { method: 'POST', body: form });
	return (await body.json()) as { formWaitingUrl: string };
}

/**
 * Sends a form and waits for the page that ends it, by the requests that the page's own script makes.
 * @returns that page's HTML
 */
export async function submitForm(url: string, files: Record<string, File>): Promise<string> {
	const { formWaitingUrl } = await postForm(url, files);
	const status = new URL(formWaitingUrl);
	status.pathname += '/n8n-execution-status';
	await until(async () => {
		const { body } = await request(status);
		return (await body.text()) === 'form-waiting' || undefined;
	});
	const page = await request(formWaitingUrl);
	const html = await page.body.text();
	// The completion page ends the execution by this request.
	const ended = await request(formWaitingUrl, {
		method: 'POST',
		headers: { 'content-type': 'text/plain' },
		body: '[object Object]',
	});
	await ended.body.dump();
	return html;
}

async function until<T>(read: () => Promise<T | undefined>): Promise<T> {
	for (const start = Date.now(); Date.now() - start < MAX_WAIT_MS; await sleep(LOOK_EVERY_MS)) {
		const seen = await read();
		if (seen !== undefined) return seen;
	}
	throw new Error(`The form did not get that far within ${MAX_WAIT_MS} ms`);
}
